using DToC.Grains;
using DToC.Twin;

namespace DToC.Conformance;

/// <summary>Effects, subscriptions, wake-ups.</summary>
public abstract partial class HostContract
{
    [Fact]
    public async Task Sends_arrive_in_order_and_count_once()
    {
        await using var test = await Start();
        for (var n = 1; n <= 30; n++)
        {
            await test.Tell("a", new ProbeMessage.Pass($"p{n}", new Instant(n), n % 2 == 0 ? "b" : "c", n));
        }

        Assert.True(await test.Until(async () => (await test.State("b")).ReceivedTotal == 240));
        Assert.True(await test.Until(async () => (await test.State("c")).ReceivedTotal == 225));

        await test.Settle();
        Assert.Equal(240, (await test.State("b")).ReceivedTotal);
        Assert.Equal(ProbeAlarms.None, (await test.State("b")).Alarms | (await test.State("c")).Alarms);
        Assert.Equal(0, test.Host.Status().Partitions.Sum(p => p.PendingEffects));
    }

    [Fact]
    public async Task A_subscriber_gets_everything_kept_in_order_and_resumes_by_its_cursor()
    {
        await using var test = await Start();
        for (var n = 1; n <= 12; n++)
        {
            await test.Tell(n % 2 == 0 ? "a" : "b", new ProbeMessage.Tell($"t{n}", new Instant(n)));
        }

        var all = await test.Published(Published.Beginning, 12);
        foreach (var id in new[] { "a", "b" })
        {
            var ofSender = all.Where(p => p.Id.Sender.Id == id).ToList();
            var numbers = ofSender.Select(p => ProbeCodec.ReadPublished(p.Payload.Span).Number);
            Assert.Equal([1, 2, 3, 4, 5, 6], numbers);
            Assert.Equal(ofSender.Select(p => p.Id.Sequence).Order(), ofSender.Select(p => p.Id.Sequence));
        }

        await test.CrashAndRestart();
        var rest = await test.Published(all[4].Cursor, 7);
        Assert.Equal(all.Skip(5).Select(p => p.Id).Order(ById), rest.Select(p => p.Id).Order(ById));
        await Assert.ThrowsAsync<FormatException>(() => test.Published("not a cursor", 1));
    }

    [Fact]
    public async Task A_subscriber_without_a_cursor_gets_what_comes_from_now_on()
    {
        await using var test = await Start();
        await test.Tell("a", new ProbeMessage.Tell("before", new Instant(1)));
        using var stop = new CancellationTokenSource();
        await using var live = test.Host.SubscribeAsync(Topic.Probe, null, stop.Token).GetAsyncEnumerator();
        var next = live.MoveNextAsync().AsTask();

        await test.Tell("a", new ProbeMessage.Tell("after", new Instant(2)));

        Assert.True(await test.WaitFor(next));
        Assert.Equal("after", ProbeCodec.ReadPublished(live.Current.Payload.Span).Id);
        await stop.CancelAsync();
    }

    [Fact]
    public async Task A_wake_up_comes_when_it_is_due_and_not_before()
    {
        await using var test = await Start();
        var at = test.Now.PlusMs(10_000);
        await test.Tell("a", new ProbeMessage.Wake("w1", new Instant(1), "tea", at));
        await test.Tell("a", new ProbeMessage.Wake("w2", new Instant(2), "withdrawn", at));
        await test.Tell("a", new ProbeMessage.Wake("w3", new Instant(3), "withdrawn", Instant.Never));
        await test.Tell("a", new ProbeMessage.Wake("w4", new Instant(4), "later", at));
        await test.Tell("a", new ProbeMessage.Wake("w5", new Instant(5), "later", at.PlusMs(50_000)));

        await test.PassTime(9_000);
        Assert.Equal(0, (await test.State("a")).Woken);

        await test.PassTime(2_000);
        Assert.True(await test.Until(async () => (await test.State("a")).Woken == 1));
        Assert.Equal("later", Assert.Single((await test.State("a")).Wakes).Key);

        await test.PassTime(60_000);
        Assert.True(await test.Until(async () => (await test.State("a")).Woken == 2));
        await test.Settle();
        Assert.Equal(2, (await test.State("a")).Woken);
    }

    [Fact]
    public async Task A_wake_up_comes_after_a_restart_even_when_it_was_due_meanwhile()
    {
        await using var test = await Start();
        await test.Tell("a", new ProbeMessage.Wake("w1", new Instant(1), "soon", test.Now.PlusMs(1_000)));
        await test.Tell("b", new ProbeMessage.Wake("w2", new Instant(2), "later", test.Now.PlusMs(100_000)));

        await test.CrashAndRestart();
        await test.PassTime(5_000);
        Assert.True(await test.Until(async () => (await test.State("a")).Woken == 1));
        Assert.Equal(0, (await test.State("b")).Woken);

        await test.CrashAndRestart();
        await test.PassTime(200_000);
        Assert.True(await test.Until(async () => (await test.State("b")).Woken == 1));
    }

    private static readonly Comparer<EffectId> ById =
        Comparer<EffectId>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));
}
