using DToC.Conformance;
using DToC.Embedded.Turns;
using DToC.Embedded.Watching;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Tests.Watching;

public sealed class PartitionWatchTests
{
    private readonly FakeTime _time = new();

    [Fact]
    public void Slowest_turns_are_kept_in_order_for_a_while()
    {
        var watch = new PartitionWatch(_time);
        for (var n = 1; n <= 40; n++) Run(watch, $"p{n % 20}", milliseconds: n);
        var slowest = Read(watch).Slowest;
        Assert.Equal(
            Enumerable.Range(25, 16).Reverse().Select(ms => ms * 1.0),
            slowest.Select(turn => turn.Duration.TotalMilliseconds));
        Assert.Equal(("p0", "Poison"), (slowest[0].Key.Id, slowest[0].Message));
        Assert.Equal(Instant.From(_time.GetUtcNow()).UnixMs, slowest[0].At.UnixMs, 50.0);

        _time.Advance(TimeSpan.FromMinutes(16));
        Assert.Empty(Read(watch).Slowest);
        // What was too fast before is among the slowest now.
        Run(watch, "p1", milliseconds: 2);
        Assert.Equal(2, Assert.Single(Read(watch).Slowest).Duration.TotalMilliseconds);
    }

    [Fact]
    public void Durations_are_those_of_single_turns()
    {
        var watch = new PartitionWatch(_time);
        watch.Begin(Instant.From(_time.GetUtcNow()));
        for (var n = 0; n < 100; n++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(n < 50 ? 1 : 10));
            watch.Ran(DeliveryTo("p"));
        }
        var turns = Read(watch).TurnDurations;
        Assert.Equal((100, 0.55), (turns.Count, Math.Round(turns.SumSeconds, 9)));
        Assert.InRange(turns.Quantile(0.25) ?? 0, 0.000875, 0.001125);
        Assert.InRange(turns.Quantile(0.99) ?? 0, 0.00875, 0.01125);
    }

    [Fact]
    public void Turn_that_is_counted_allocates_nothing()
    {
        var watch = new PartitionWatch(TimeProvider.System);
        var (grain, delivery) = (new Activation(GrainKey.Customer("c-1")), DeliveryTo("c-1"));
        var now = Instant.From(_time.GetUtcNow());
        // Until sixteen turns were slower than any to come, and the code is compiled.
        for (var n = 0; n < 20; n++) watch.Ran(delivery);
        for (var round = 0; ; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var n = 0; n < 100; n++)
            {
                watch.Begin(now);
                watch.Count(grain);
                watch.Ran(delivery);
                watch.Answered(watch.Mark() - now.UnixMs, Reply.Done.Instance);
            }
            if (GC.GetAllocatedBytesForCurrentThread() == before) return;
            // A pause of the machine makes a turn slow, and that is noted.
            Assert.True(round < 1_000, "Hundred turns without an allocation were never seen.");
        }
    }

    [Fact]
    public async Task Answers_and_failed_turns_are_counted_by_kind()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Options = room.Options with { MailboxCapacity = 1, LockWait = TimeSpan.FromMilliseconds(50) };
        room.Start();
        await room.AddAsync("p", 1);
        await room.SendAsync("p", new ProbeMessage.Poison());
        using (room.HoldCommits(0))
        {
            var waiting = room.AddAsync("p", 1);
            Assert.IsType<Reply.Busy>(await room.AddAsync("p", 1));
            Assert.IsType<Reply.Unavailable>(await waiting);
        }
        var status = room.Host!.Status().Partitions[0];
        Assert.Equal(new AnswerCounts(Done: 1, Busy: 1, Unavailable: 1, Failed: 1), status.Answers);
        Assert.Equal((1, 3), (status.FailedTurns, status.AnswerDurations.Count));
        Assert.Equal(status.Turns, status.TurnDurations.Count);
        Assert.Equal(status.Commits, status.CommitDurations.Count);
        Assert.True(status.Activated >= 1);
        Assert.True(status.FileBytes > 0 && status.LogBytes > 0);
    }

    [Fact]
    public async Task Subscriber_is_seen_with_what_it_lacks()
    {
        await using var room = new HostRoom(partitions: 2);
        var host = room.Start();
        using var leaving = new CancellationTokenSource();
        await using var published = host.SubscribeAsync(Topic.Probe, Published.Beginning, leaving.Token)
            .GetAsyncEnumerator(leaving.Token);
        for (var n = 0; n < 10; n++) await room.SendAsync($"p{n}", new ProbeMessage.Tell(room.Id(), room.Now));
        Assert.Empty(host.Status().Subscribers); // it has not begun to read
        Assert.True(await published.MoveNextAsync());
        var subscriber = Assert.Single(host.Status().Subscribers);
        Assert.Equal((Topic.Probe, 9, room.Now), (subscriber.Topic, subscriber.Lag, subscriber.Since));
        for (var n = 1; n < 10; n++) Assert.True(await published.MoveNextAsync());
        Assert.Equal(0, Assert.Single(host.Status().Subscribers).Lag);
        var next = published.MoveNextAsync();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        Assert.Empty(host.Status().Subscribers);
    }

    [Fact]
    public async Task Process_and_disk_say_how_they_are()
    {
        await using var room = new HostRoom();
        var status = room.Start().Status();
        var process = Assert.Single(status.Processes);
        Assert.InRange(process.HeapBytes, 1, 64L << 30);
        Assert.InRange(process.ResidentBytes, 20 << 20, 64L << 30);
        Assert.InRange(process.CpuSeconds, 0.001, 1e9);
        Assert.Equal(room.Now, process.Started);
        Assert.NotNull(status.Disk);
        Assert.InRange(status.Disk.FreeBytes ?? 0, 1, status.Disk.TotalBytes ?? 0);
    }

    private static Delivery DeliveryTo(string probe) =>
        new(ProbeGrain.Key(probe), new ProbeMessage.Poison(), admittedBy: null);

    private static PartitionStatus Read(PartitionWatch watch) => watch.Complete(new PartitionStatus
    {
        Partition = 0, Activations = new Dictionary<GrainKind, int>(), ResidentBytes = 0, MailboxLength = 0, Turns = 0,
        Commits = 0, FailedCommits = 0, Evictions = 0, JournalEntries = 0, PendingEffects = 0,
    });

    private void Run(PartitionWatch watch, string probe, int milliseconds)
    {
        watch.Begin(Instant.From(_time.GetUtcNow()));
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        watch.Ran(DeliveryTo(probe));
    }
}
