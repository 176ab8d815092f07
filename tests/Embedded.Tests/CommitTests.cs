using DToC.Conformance;
using DToC.Embedded.Storage;
using DToC.Embedded.Turns;
using DToC.Grains;

namespace DToC.Embedded.Tests;

public sealed class CommitTests
{
    [Fact]
    public async Task Every_connection_has_a_write_ahead_log_and_full_sync()
    {
        await using var room = new HostRoom();
        var host = room.Start();
        List<(long? Synchronous, string? Journal)> found = [];
        foreach (var partition in host.Partitions)
        {
            var ask = new Chore(null, database => found.Add(
                (database.Number("PRAGMA synchronous"), database.Text("PRAGMA journal_mode"))));
            Assert.Null(await partition.DoAsync(ask));
            found.Add(await partition.Readers.ReadAsync(
                static (reader, _) => (
                    reader.Database.Number("PRAGMA synchronous"), reader.Database.Text("PRAGMA journal_mode")),
                0, default));
        }

        Assert.Equal(4, found.Count);
        Assert.All(found, pragmas => Assert.Equal((2, "wal"), pragmas)); // 2 is FULL
    }

    [Fact]
    public async Task Log_may_be_moved_beside_commits()
    {
        await using var room = new HostRoom(partitions: 1);
        var version = await room.Start().Partitions[0].Readers.ReadAsync(
            static (reader, _) => reader.Database.Text("SELECT sqlite_version()"), 0, default);
        // https://sqlite.org/wal.html, "the WAL-reset bug": before it a log could lose what was moved meanwhile.
        Assert.True(Version.Parse(version ?? "0.0") >= new Version(3, 51, 3), $"SQLite {version}");
    }

    [Fact]
    public async Task Many_messages_share_a_commit()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Start();
        var before = room.Host!.Status().Partitions[0].Commits;
        List<Task<Reply>> replies = [];
        using (room.HoldCommits(0))
        {
            for (var i = 0; i < 500; i++) replies.Add(room.AddAsync($"p{i % 100}", 1).AsTask());
            Assert.DoesNotContain(replies, reply => reply.IsCompleted);
        }

        Assert.All(await Task.WhenAll(replies), reply => Assert.IsType<ProbeReply.Applied>(reply));
        Assert.InRange(room.Host.Status().Partitions[0].Commits - before, 1, 10);
    }

    [Fact]
    public async Task A_read_gives_the_last_commit_while_another_waits()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Start();
        await room.AddAsync("resident", 1);
        await room.SendAsync("resident", new ProbeMessage.Put(room.Id(), room.Now, "row", "old"));
        var key = ProbeGrain.Key("resident");
        var committed = await room.Host!.ReadAsync(key, default);
        Task<Reply[]> next;
        using (room.HoldCommits(0))
        {
            next = room.SendTogetherAsync(
                ("resident", room.Addition(10)),
                ("resident", new ProbeMessage.Put(room.Id(), room.Now, "row", "new")),
                ("fresh", room.Addition(5)));
            // The turns have run: the batch waits for the disk only.
            await HostRoom.UntilAsync(() => Task.FromResult(room.Host.Status().Partitions[0].Turns == 5));

            var during = await HostRoom.SoonAsync(room.Host.ReadAsync(key, default));
            Assert.Equal(committed!.Version, during!.Version);
            Assert.Equal(committed.Bytes.ToArray(), during.Bytes.ToArray());
            Assert.Null(await HostRoom.SoonAsync(room.Host.ReadAsync(ProbeGrain.Key("fresh"), default)));
            var row = await HostRoom.SoonAsync(room.Host.ReadRowAsync(key, "row", default));
            Assert.Equal("old"u8.ToArray(), row!.Value.ToArray());
            Assert.False(next.IsCompleted);
        }

        Assert.All(await next, reply => Assert.IsType<ProbeReply.Applied>(reply));
        Assert.Equal(11, await room.TotalAsync("resident"));
        Assert.Equal(5, await room.TotalAsync("fresh"));
    }

    [Fact]
    public async Task A_full_disk_refuses_keeps_what_was_acknowledged_and_recovers()
    {
        await using var room = new HostRoom(partitions: 1);
        var host = room.Start();
        var expected = 0L;
        for (var i = 0; i < 20; i++) expected += Applied(await room.AddAsync($"p{i}", 1));
        host.Partitions[0].PageLimit = (int)room.Number(0, "PRAGMA page_count") + 4;
        List<string> refusals = [];
        for (var i = 0; i < 500 && refusals.Count < 3; i++)
        {
            var reply = await room.AddAsync($"p{i % 40}-{new string('x', 100)}", 1);
            if (reply is Reply.Unavailable refused) refusals.Add(refused.Reason);
            else expected += Applied(reply);
        }

        Assert.Equal(["disk full", "disk full", "disk full"], refusals);
        Assert.False(host.Status().Ready);
        Assert.Contains("disk full", host.Status().Problem, StringComparison.Ordinal);
        Assert.Equal(expected, await SumAsync(room));

        host.Partitions[0].PageLimit = 0;
        await host.UpkeepAsync();
        Assert.True(host.Status().Ready);
        for (var i = 0; i < 40; i++) expected += Applied(await room.AddAsync($"p{i}", 1));
        Assert.Equal(expected, await SumAsync(room));
        await room.RestartAsync();
        Assert.Equal(expected, await SumAsync(room));
        Assert.Equal(0, await AlarmsAsync(room));
    }

    [Fact]
    public async Task A_failed_commit_takes_the_batch_folded_on_it_with_it()
    {
        await using var room = new HostRoom(partitions: 1);
        room.Options = room.Options with { LockWait = TimeSpan.FromMilliseconds(100), BatchLimit = 1 };
        room.Start();
        await room.AddAsync("p", 1);
        var first = Task.FromResult<Reply>(Reply.Done.Instance);
        var second = first;
        using (room.HoldCommits(0))
        {
            // With a batch of one message the second folds on the first, which does not commit.
            first = room.AddAsync("p", 10).AsTask();
            second = room.AddAsync("p", 100).AsTask();
            Assert.IsType<Reply.Unavailable>(await first);
            Assert.IsType<Reply.Unavailable>(await second);
        }

        Assert.Equal(1, await room.TotalAsync("p"));
        Assert.Equal(2, ((ProbeReply.Applied)await room.AddAsync("p", 1)).Total);
        Assert.Equal(2, (await room.Host!.ReadJournalAsync(ProbeGrain.Key("p"), default)).Count);
    }

    private static long Applied(Reply reply) => reply is ProbeReply.Applied ? 1 : 0;

    private static async Task<long> SumAsync(HostRoom room)
    {
        var sum = 0L;
        foreach (var key in await room.Host!.ListAsync(GrainKind.Probe, "", 1_000, default))
            sum += await room.TotalAsync(key.Id);
        return sum;
    }

    private static async Task<int> AlarmsAsync(HostRoom room)
    {
        var alarms = 0;
        foreach (var key in await room.Host!.ListAsync(GrainKind.Probe, "", 1_000, default))
            alarms |= (int)(await room.StateAsync(key.Id)).Alarms;
        return alarms;
    }
}
