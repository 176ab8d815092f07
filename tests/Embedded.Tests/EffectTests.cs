using System.Globalization;
using DToC.Conformance;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Tests;

public sealed class EffectTests
{
    [Fact]
    public async Task Messages_between_grains_arrive_once_and_in_order_across_partitions()
    {
        await using var room = new HostRoom(partitions: 3);
        room.Start();
        List<Task<Reply>> replies = [];
        for (var n = 0; n < 5; n++)
        {
            for (var from = 0; from < 20; from++)
            {
                var pass = new ProbeMessage.Pass(room.Id(), room.Now, $"p{(from + n * 7 + 1) % 20}", 1);
                replies.Add(room.SendAsync($"p{from}", pass).AsTask());
            }
        }
        Assert.All(await Task.WhenAll(replies), reply => Assert.IsType<ProbeReply.Applied>(reply));
        await HostRoom.UntilAsync(() => Task.FromResult(Pending(room) == 0));

        var received = 0L;
        for (var i = 0; i < 20; i++)
        {
            var state = await room.StateAsync($"p{i}");
            received += state.ReceivedTotal;
            Assert.Equal(ProbeAlarms.None, state.Alarms);
        }
        Assert.Equal(100, received);
    }

    [Fact]
    public async Task An_effect_that_was_not_delivered_is_delivered_after_a_restart()
    {
        await using var room = new HostRoom(partitions: 2);
        room.Options = room.Options with { LockWait = TimeSpan.FromMilliseconds(50) };
        var (from, to) = OnePerPartition(room.Start());
        using (room.HoldCommits(1))
        {
            // The sender's partition commits; the target's cannot, so the host stops with the effect on its
            // way.
            await room.SendAsync(from, new ProbeMessage.Pass(room.Id(), room.Now, to, 5));
            await HostRoom.UntilAsync(() => Task.FromResult(room.Host!.Status().Partitions[1].FailedCommits > 0));
            await room.Host!.DisposeAsync();
        }
        Assert.Equal(1, room.Number(0, "SELECT count(*) FROM pending_send"));

        room.Start();
        await HostRoom.UntilAsync(() => Task.FromResult(Pending(room) == 0));
        Assert.Equal(5, (await room.StateAsync(to)).ReceivedTotal);
        Assert.Equal(0, room.Number(0, "SELECT count(*) FROM pending_send"));
    }

    [Fact]
    public async Task A_sender_whose_effects_wait_is_told_busy_until_they_are_delivered()
    {
        await using var room = new HostRoom(partitions: 2);
        room.Options = room.Options with { SendBacklogLimit = 1 };
        var (from, to) = OnePerPartition(room.Start());
        using (room.HoldCommits(1))
        {
            await room.SendAsync(from, new ProbeMessage.Pass(room.Id(), room.Now, to, 5));
            Assert.IsType<Reply.Busy>(await room.AddAsync(from, 1));
        }
        await HostRoom.UntilAsync(() => Task.FromResult(Pending(room) == 0));
        Assert.IsType<ProbeReply.Applied>(await room.AddAsync(from, 1));
        Assert.Equal(5, (await room.StateAsync(to)).ReceivedTotal);
    }

    [Fact]
    public async Task A_wake_up_comes_at_its_moment_and_once()
    {
        await using var room = new HostRoom();
        room.Start();
        await room.SendAsync("p", new ProbeMessage.Wake(room.Id(), room.Now, "tea", room.Now.PlusMs(60_000)));
        await room.SendAsync("p", new ProbeMessage.Wake(room.Id(), room.Now, "withdrawn", room.Now.PlusMs(60_000)));
        await room.SendAsync("p", new ProbeMessage.Wake(room.Id(), room.Now, "withdrawn", Instant.Never));
        room.Time.Advance(TimeSpan.FromSeconds(59));
        await room.AddAsync("p", 1);
        Assert.Equal(0, (await room.StateAsync("p")).Woken);

        room.Time.Advance(TimeSpan.FromSeconds(2));
        await HostRoom.UntilAsync(async () => (await room.StateAsync("p")).Woken > 0);

        Assert.Equal(0, Wakes(room));
        room.Time.Advance(TimeSpan.FromSeconds(60));
        await room.AddAsync("p", 1);
        Assert.Equal(1, (await room.StateAsync("p")).Woken);
    }

    [Fact]
    public async Task Many_wake_ups_due_over_a_restart_all_come()
    {
        await using var room = new HostRoom();
        room.Options = room.Options with { WakeWindow = 16 };
        room.Start();
        for (var i = 0; i < 100; i++)
            await room.SendAsync($"p{i}", new ProbeMessage.Wake(room.Id(), room.Now, "w", room.Now.PlusMs(1_000 + i)));
        await room.Host!.DisposeAsync();
        room.Time.Advance(TimeSpan.FromDays(1));

        room.Start();
        await HostRoom.UntilAsync(() => Task.FromResult(Wakes(room) == 0));

        for (var i = 0; i < 100; i++) Assert.Equal(1, (await room.StateAsync($"p{i}")).Woken);
    }

    [Fact]
    public async Task A_subscriber_resumes_after_its_cursor_over_a_restart_and_then_gets_what_comes()
    {
        await using var room = new HostRoom();
        room.Start();
        for (var i = 0; i < 30; i++) await room.SendAsync($"p{i % 3}", new ProbeMessage.Tell(room.Id(), room.Now));
        var first = await TakeAsync(room, Published.Beginning, 10);
        await room.RestartAsync();
        var rest = await TakeAsync(room, first[^1].Cursor, 20);

        await using var live = room.Host!.SubscribeAsync(Topic.Probe, rest[^1].Cursor, default).GetAsyncEnumerator();
        var next = live.MoveNextAsync();
        Assert.False(next.IsCompleted);
        await room.SendAsync("p0", new ProbeMessage.Tell("live", room.Now));
        Assert.True(await HostRoom.SoonAsync(next));
        Assert.Equal("live", ProbeCodec.ReadPublished(live.Current.Payload.Span).Id);

        List<Published> all = [.. first, .. rest, live.Current];
        Assert.Equal(31, all.Select(published => published.Id).Distinct().Count());
        foreach (var sender in all.GroupBy(published => published.Id.Sender))
        {
            var numbers = sender.Select(published => ProbeCodec.ReadPublished(published.Payload.Span).Number).ToList();
            Assert.Equal(Enumerable.Range(1, numbers.Count).Select(n => (long)n), numbers);
        }
    }

    [Fact]
    public async Task A_subscription_from_now_on_skips_what_was_published_before()
    {
        await using var room = new HostRoom();
        room.Start();
        await room.SendAsync("p", new ProbeMessage.Tell("before", room.Now));
        var subscription = room.Host!.SubscribeAsync(Topic.Probe, null, default);
        await room.SendAsync("p", new ProbeMessage.Tell("after", room.Now));
        await using var from = subscription.GetAsyncEnumerator();
        Assert.True(await HostRoom.SoonAsync(from.MoveNextAsync()));
        Assert.Equal("after", ProbeCodec.ReadPublished(from.Current.Payload.Span).Id);

        var next = from.MoveNextAsync();
        await room.Host.DisposeAsync();
        Assert.False(await HostRoom.SoonAsync(next)); // the host stopped: the stream ends
    }

    [Theory]
    [InlineData("nonsense!")]
    [InlineData("")]
    [InlineData("AQ")]
    public async Task A_cursor_that_is_none_is_refused(string cursor)
    {
        await using var room = new HostRoom();
        room.Start();
        Assert.Throws<FormatException>(() => room.Host!.SubscribeAsync(Topic.Probe, cursor, default));
    }

    [Fact]
    public async Task A_cursor_of_another_folder_is_refused()
    {
        await using var one = new HostRoom();
        one.Start();
        await one.SendAsync("p", new ProbeMessage.Tell(one.Id(), one.Now));
        var foreign = (await TakeAsync(one, Published.Beginning, 1))[0].Cursor;
        await using var other = new HostRoom();
        other.Start();
        var refusal = Assert.Throws<FormatException>(() => other.Host!.SubscribeAsync(Topic.Probe, foreign, default));
        Assert.Contains("another data folder", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Published_effects_are_pruned_after_their_retention_and_cursors_stay_good()
    {
        await using var room = new HostRoom(partitions: 1);
        var host = room.Start();
        for (var i = 0; i < 10; i++) await room.SendAsync("p", new ProbeMessage.Tell(Name(i), room.Now));
        var early = (await TakeAsync(room, Published.Beginning, 3))[^1].Cursor;
        room.Time.Advance(TimeSpan.FromDays(8));
        await room.SendAsync("p", new ProbeMessage.Tell(Name(10), room.Now));
        await host.UpkeepAsync();

        Assert.Equal(1, room.Number(0, "SELECT count(*) FROM outbox"));
        await room.RestartAsync();
        await room.SendAsync("p", new ProbeMessage.Tell(Name(11), room.Now));
        var left = await TakeAsync(room, early, 2);
        Assert.Equal("10 11", string.Join(' ', left.Select(p => ProbeCodec.ReadPublished(p.Payload.Span).Id)));
    }

    private static string Name(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Pending(HostRoom room) => room.Host!.Status().Partitions.Sum(p => p.PendingEffects);

    private static long Wakes(HostRoom room) =>
        room.Number(0, "SELECT count(*) FROM wake") + room.Number(1, "SELECT count(*) FROM wake");

    private static (string First, string Second) OnePerPartition(EmbeddedHost host)
    {
        var count = (ulong)host.Partitions.Count;
        string Of(ulong partition) => Enumerable.Range(0, 1_000).Select(i => $"k{i}")
            .First(id => ProbeGrain.Key(id).StableHash() % count == partition);
        return (Of(0), Of(1));
    }

    private static async Task<List<Published>> TakeAsync(HostRoom room, string cursor, int count)
    {
        List<Published> taken = [];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await foreach (var published in room.Host!.SubscribeAsync(Topic.Probe, cursor, limit.Token))
        {
            taken.Add(published);
            if (taken.Count == count) break;
        }
        return taken;
    }
}
