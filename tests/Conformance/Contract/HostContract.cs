using DToC.Grains;
using DToC.Twin;

namespace DToC.Conformance;

/// <summary>
/// What every host promises: the checks are written once and run against each implementation.
/// </summary>
public abstract partial class HostContract
{
    /// <summary>A new host on an empty store.</summary>
    protected abstract Task<HostUnderTest> Start(HostSetup setup);

    private Task<HostUnderTest> Start() => Start(new HostSetup());

    private static ProbeMessage.Add Add(int number, long amount = 1) =>
        new($"m{number}", new Instant(1_000_000 + number), amount);

    private static ProbeMessage.Rewrite Rewrite(int number) => new($"m{number}", new Instant(1_000_000 + number));

    [Fact]
    public async Task A_key_has_one_turn_at_a_time()
    {
        await using var test = await Start();

        var sent = Enumerable.Range(1, 60).Select(n => test.Begin("a", Add(n))).ToList();
        var replies = await test.WaitFor(Task.WhenAll(sent));

        var counts = replies.Select(r => Assert.IsType<ProbeReply.Applied>(r).Count).Order();
        Assert.Equal(Enumerable.Range(1, 60).Select(n => (long)n), counts);
    }

    [Fact]
    public async Task The_same_message_sent_many_times_is_carried_out_once()
    {
        await using var test = await Start();

        var sent = Enumerable.Range(0, 20).Select(_ => test.Begin("a", Add(7, 5))).ToList();
        var replies = await test.WaitFor(Task.WhenAll(sent));

        Assert.Single(replies.OfType<ProbeReply.Applied>());
        Assert.Equal(19, replies.OfType<ProbeReply.Repeated>().Count());
        Assert.Equal(5, (await test.State("a")).Total);
    }

    [Fact]
    public async Task What_was_acknowledged_survives_a_crash_with_rows_journal_and_effects()
    {
        await using var test = await Start();
        await test.Tell("a", Add(1, 5));
        await test.Tell("a", new ProbeMessage.Put("m2", new Instant(2_000_000), "row", "value"));
        await test.Tell("a", new ProbeMessage.Tell("m3", new Instant(3_000_000)));
        await test.Tell("a", new ProbeMessage.Pass("m4", new Instant(4_000_000), "b", 9));

        await test.CrashAndRestart();

        var state = await test.State("a");
        Assert.Equal((5, 4, 4), (state.Total, state.Count, state.Version));
        Assert.Equal("row", Assert.Single(await test.Rows("a")).Row);
        Assert.Equal(4, (await test.Journal("a")).Count);
        Assert.Equal("a", Assert.Single(await test.Published(Published.Beginning, 1)).Id.Sender.Id);
        Assert.True(await test.Until(async () => (await test.State("b")).ReceivedTotal == 9));
    }

    [Fact]
    public async Task A_read_after_the_reply_shows_the_turn_and_one_of_an_unknown_key_nothing()
    {
        await using var test = await Start();

        for (var n = 1; n <= 10; n++)
        {
            await test.Tell("a", Add(n));
            Assert.Equal(n, (await test.State("a")).Count);
        }

        Assert.Null(await test.WaitFor(test.Host.ReadAsync(ProbeGrain.Key("nobody"), default).AsTask()));
        Assert.Empty(await test.Journal("nobody"));
        Assert.Empty(await test.Rows("nobody"));
    }

    [Fact]
    public async Task A_failed_commit_leaves_nothing_and_the_key_goes_on_from_the_last_committed_state()
    {
        await using var test = await Start();
        await test.Tell("a", Add(1, 5));

        var put = new ProbeMessage.Put("m2", new Instant(2_000_000), "row", "value");
        var reply = await test.TellWhileCommitsFail("a", put, async () =>
        {
            Assert.Equal(1, (await test.State("a")).Version);
            Assert.Empty(await test.Rows("a"));
        });

        Assert.IsType<Reply.Unavailable>(reply);
        Assert.Equal(1, (await test.State("a")).Version);
        Assert.Empty(await test.Rows("a"));
        Assert.Single(await test.Journal("a"));
        Assert.True(await test.Until(async () => await test.Tell("a", Add(3, 7)) is ProbeReply.Applied));
        var state = await test.State("a");
        Assert.Equal((12, 2, ProbeAlarms.None), (state.Total, state.Count, state.Alarms));
    }

    [Fact]
    public async Task A_turn_that_throws_changes_nothing_and_the_key_goes_on()
    {
        await using var test = await Start();
        await test.Tell("a", Add(1, 5));

        Assert.IsType<Reply.Failed>(await test.Tell("a", new ProbeMessage.Poison()));

        Assert.Equal((5, 1), ((await test.State("a")).Total, (await test.State("a")).Version));
        Assert.Equal(new ProbeReply.Applied("a", 8, 2), await test.Tell("a", Add(2, 3)));
        Assert.Equal(new ProbeReply.Refused("no"), await test.Tell("a", new ProbeMessage.Refuse("no")));
    }

    [Fact]
    public async Task Rows_come_in_ordinal_order_and_a_removed_row_is_gone()
    {
        await using var test = await Start();
        string[] rows = ["b", "a", "B", "ä", "c"];
        for (var n = 0; n < rows.Length; n++)
        {
            var value = $"value of {rows[n]}";
            await test.Tell("a", new ProbeMessage.Put($"w{n}", new Instant(n), rows[n], value));
        }
        await test.Tell("a", new ProbeMessage.Put("w9", new Instant(9), "c", null));

        Assert.Equal("B a b ä", Names(await test.Rows("a")));
        Assert.Equal("b", Names(await test.Rows("a", "aa", 1)));
        Assert.Null(await Row(test, "c"));
        Assert.Equal("value of b"u8.ToArray(), (await Row(test, "b"))?.ToArray());
        Assert.Equal(ProbeAlarms.None, (await test.State("a")).Alarms);
    }

    [Fact]
    public async Task Keys_are_listed_in_ordinal_order_after_a_key()
    {
        await using var test = await Start();
        foreach (var id in new[] { "c", "a", "B", "b", "aa" }) await test.Tell(id, Add(1));

        Assert.Equal("B a aa b c", await Keys(test, "", 10));
        Assert.Equal("aa b", await Keys(test, "a", 2));
        Assert.Empty(await Keys(test, "c", 10));
    }

    [Fact]
    public async Task Drained_the_host_has_answered_all_it_took_and_takes_no_more()
    {
        await using var test = await Start();
        var taken = Enumerable.Range(1, 20).Select(n => test.Begin($"k{n}", Add(n))).ToList();

        await test.Drain();

        var replies = await test.WaitFor(Task.WhenAll(taken));
        Assert.All(replies, r => Assert.True(r is ProbeReply.Applied or Reply.Unavailable, r.ToString()));
        Assert.IsType<Reply.Unavailable>(await test.Tell("a", Add(99)));
        Assert.False(test.Host.Status().Ready);
        await test.CrashAndRestart();
        Assert.True(test.Host.Status().Ready);
        for (var n = 1; n <= 20; n++)
        {
            Assert.Equal(replies[n - 1] is ProbeReply.Applied ? 1 : 0, (await test.State($"k{n}")).Count);
        }
    }

    [Fact]
    public async Task The_status_counts_turns_commits_and_journal_entries()
    {
        await using var test = await Start();
        for (var n = 1; n <= 5; n++) await test.Tell("a", Add(n));

        var partitions = test.Host.Status().Partitions;

        Assert.Equal(5, partitions.Sum(p => p.JournalEntries));
        Assert.True(partitions.Sum(p => p.Turns) >= 5);
        Assert.True(partitions.Sum(p => p.Commits) >= 5);
        Assert.Equal(1, partitions.Sum(p => p.Activations.GetValueOrDefault(GrainKind.Probe)));
    }

    private static Task<ReadOnlyMemory<byte>?> Row(HostUnderTest test, string row) =>
        test.WaitFor(test.Host.ReadRowAsync(ProbeGrain.Key("a"), row, CancellationToken.None).AsTask());

    private static string Names(IEnumerable<GrainRow> rows) => string.Join(' ', rows.Select(r => r.Row));

    private static async Task<string> Keys(HostUnderTest test, string after, int limit)
    {
        var listed = test.Host.ListAsync(GrainKind.Probe, after, limit, CancellationToken.None).AsTask();
        return string.Join(' ', (await test.WaitFor(listed)).Select(k => k.Id));
    }
}
