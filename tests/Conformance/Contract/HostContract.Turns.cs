using DToC.Grains;
using DToC.Twin;

namespace DToC.Conformance;

/// <summary>What a turn is given: history, leases, now, the definition; and where it is sent.</summary>
public abstract partial class HostContract
{
    [Fact]
    public async Task History_is_the_whole_journal_with_what_was_just_recorded()
    {
        await using var test = await Start();

        // The newest first: from the second on, each command is late and asks for history.
        var sent = Enumerable.Range(1, 40).Select(n => test.Begin("a", Add(100 - n))).ToList();
        await test.WaitFor(Task.WhenAll(sent));

        var state = await test.State("a");
        Assert.Equal((40, ProbeAlarms.None), (state.Count, state.Alarms));
        Assert.Equal(40, (await test.Journal("a")).Count);
        await using var ordered = await Start();
        for (var n = 40; n >= 1; n--) await ordered.Tell("a", Add(100 - n));
        Assert.Equal((await ordered.State("a")).Checksum, state.Checksum);
    }

    [Fact]
    public async Task Messages_sent_together_are_answered_in_their_places()
    {
        await using var test = await Start();
        string[] ids = ["a", "b", "a", "c", "a", "b"];
        var letters = ids.Select((id, i) => new Letter(ProbeGrain.Key(id), Add(i + 1, 1))).ToList();

        var replies = test.Host.SendAllAsync(letters, CancellationToken.None).AsTask();
        await test.WaitFor(replies);

        var applied = (await replies).Select(reply => Assert.IsType<ProbeReply.Applied>(reply)).ToList();
        Assert.Equal("a b a c a b", string.Join(' ', applied.Select(reply => reply.Key)));
        // Which of one grain's messages came first is the host's affair.
        Assert.Equal("a1 a2 a3 b1 b2 c1", string.Join(' ', applied.Select(reply => $"{reply.Key}{reply.Count}")
            .Order(StringComparer.Ordinal)));
        Assert.Equal((3, 2, 1), ((await test.State("a")).Count, (await test.State("b")).Count,
            (await test.State("c")).Count));
        Assert.Empty(await test.Host.SendAllAsync([], CancellationToken.None));
    }

    [Fact]
    public async Task After_a_checkpoint_expired_entries_go_and_the_history_stays_whole()
    {
        await using var test = await Start();
        for (var n = 1; n <= 20; n++) await test.Tell("a", Add(n));
        await test.PassTime(2 * ProbeGrain.KeepMs);

        await test.Tell("a", new GrainMessage.TakeCheckpoint());

        Assert.True(await test.Until(async () => (await test.Journal("a")).Count < 21));
        Assert.Equal(JournalKind.Checkpoint, (await test.Journal("a"))[^1].Kind);
        Assert.IsType<ProbeReply.Repeated>(await test.Tell("a", Add(1)));
        Assert.Equal(new ProbeReply.Applied("a", 21, 21), await test.Tell("a", Add(-1)));
        Assert.Equal(ProbeAlarms.None, (await test.State("a")).Alarms);
    }

    [Fact]
    public async Task A_journal_written_anew_stands_in_place_of_the_old_one()
    {
        await using var test = await Start();
        for (var n = 1; n <= 10; n++) await test.Tell("a", Add(n));
        await test.Tell("b", Add(1));
        // Twice in a row, so that the second takes the place of what is not committed yet.
        var sent = Enumerable.Range(11, 3).Select(n => test.Begin("a", Rewrite(n))).ToList();
        await test.WaitFor(Task.WhenAll(sent));
        Assert.Equal(13, (await test.Journal("a")).Count);

        await test.CrashAndRestart();
        await test.Tell("a", Add(-1)); // late: it sees the whole history

        var journal = await test.Journal("a");
        Assert.Equal(14, journal.Count);
        Assert.Equal(journal.Select(entry => entry.RecordedAt).Order(), journal.Select(entry => entry.RecordedAt));
        var state = await test.State("a");
        Assert.Equal((14, 3, ProbeAlarms.None), (state.Count, state.Generation, state.Alarms));
        Assert.Single(await test.Journal("b"));
        Assert.IsType<ProbeReply.Repeated>(await test.Tell("a", Add(3)));
    }

    [Fact]
    public async Task A_move_is_followed_four_times_and_not_five()
    {
        await using var test = await Start();
        await test.Tell("a", Add(1, 5));
        foreach (var (from, to) in new[] { ("e", "f"), ("d", "e"), ("c", "d"), ("b", "c"), ("a", "b") })
        {
            Assert.IsType<Reply.Done>(await test.Tell(from, new ProbeMessage.Move(to)));
        }

        Assert.Equal(new ProbeReply.Applied("f", 2, 1), await test.Tell("b", Add(2, 2)));
        Assert.False(await test.Tell("a", Add(3, 2)) is ProbeReply);
        Assert.Equal(1, (await test.State("f")).Count);
    }

    [Fact]
    public async Task A_message_repeated_after_a_move_is_known_from_the_history_of_both()
    {
        await using var test = await Start();
        var add = Add(1, 5) with { Addressee = "a" };
        await test.Tell("a", add);
        await test.Tell("c", new ProbeMessage.Pass("p1", new Instant(1), "a", 3));
        Assert.True(await test.Until(async () => (await test.State("a")).ReceivedTotal == 3));
        await test.Tell("a", new ProbeMessage.Move("b"));

        Assert.IsType<ProbeReply.Repeated>(await test.Tell("a", add));
        Assert.IsType<Reply.Done>(await test.Tell("a", new ProbeMessage.Received("c", "a", 1, 3)));
        await test.Tell("c", new ProbeMessage.Pass("p2", new Instant(2), "a", 4));

        Assert.True(await test.Until(async () => (await test.State("b")).ReceivedTotal == 4));
        // Carried out with the journals of both before it, which say whose each entry is.
        Assert.IsType<ProbeReply.Applied>(await test.Tell("a", Add(2, 6) with { Addressee = "a" }));
        Assert.Equal((6, ProbeAlarms.None), ((await test.State("b")).Total, (await test.State("b")).Alarms));
    }

    [Fact]
    public async Task Leases_are_never_overspent()
    {
        const long granted = 40;
        await using var test = await Start(new HostSetup
        {
            Leases = new SortedDictionary<string, long>(StringComparer.Ordinal) { ["coupons"] = granted },
        });

        var applied = 0;
        for (var round = 0; round < 3; round++)
        {
            var spend = new ProbeMessage.Spend($"s{round}", new Instant(round), "coupons", 3);
            var sent = Enumerable.Range(0, 12).Select(n => test.Begin($"k{n}", spend)).ToList();
            applied += (await test.WaitFor(Task.WhenAll(sent))).Count(r => r is ProbeReply.Applied);
            await test.CrashAndRestart();
        }

        var spent = 0L;
        for (var n = 0; n < 12; n++) spent += (await test.State($"k{n}")).Spent.GetValueOrDefault("coupons");
        Assert.Equal(3 * applied, spent);
        Assert.InRange(spent, granted / 2, granted);
        var unheld = await test.Tell("a", new ProbeMessage.Spend("s", new Instant(1), "not held", 1));
        Assert.IsType<ProbeReply.Refused>(unheld);
    }

    [Fact]
    public async Task Now_never_goes_back_for_a_key_when_the_clock_does()
    {
        await using var test = await Start();
        await test.Tell("a", Add(1));
        await test.PassTime(-60_000);
        await test.Tell("a", Add(2));
        await test.CrashAndRestart();
        await test.PassTime(-60_000);
        await test.Tell("a", Add(3));

        var times = (await test.Journal("a")).Select(e => e.RecordedAt.UnixMs).ToList();
        Assert.Equal(times.Order(), times);
        Assert.Equal(ProbeAlarms.None, (await test.State("a")).Alarms);
    }

    [Fact]
    public async Task A_replaced_definition_refolds_every_grain_and_stays_after_a_restart()
    {
        await using var test = await Start();
        for (var n = 1; n <= 30; n++) await test.Tell($"k{n % 5}", Add(n));
        var second = ProbePlans.Of("2");

        await test.WaitFor(Replace(test, second));
        await test.CrashAndRestart();

        Assert.Equal(second.Hash, test.Host.Plans.Current.Hash);
        Assert.NotNull(test.Host.Plans.Find(ProbePlans.First.Hash));
        for (var k = 0; k < 5; k++)
        {
            var id = $"k{k}";
            Assert.True(await test.Until(async () => (await test.State(id)).PlanHash == second.Hash));
            var refolded = await test.State(id);
            Assert.Equal((6, ProbeAlarms.None), (refolded.Count, refolded.Alarms));
        }
        await test.Tell("fresh", Add(5));
        await test.Tell("fresh", Add(10));
        await test.Tell("fresh", Add(15));
        Assert.Equal(second.Hash, (await test.State("fresh")).PlanHash);
    }

    [Fact]
    public async Task A_grain_refolded_has_the_state_of_one_that_ran_under_the_new_definition_all_along()
    {
        await using var test = await Start();
        for (var n = 1; n <= 12; n++) await test.Tell("a", Add(n));
        var second = ProbePlans.Of("2");
        await test.WaitFor(Replace(test, second));
        Assert.True(await test.Until(async () => (await test.State("a")).PlanHash == second.Hash));

        await using var other = await Start();
        await other.WaitFor(Replace(other, second));
        for (var n = 1; n <= 12; n++) await other.Tell("a", Add(n));

        Assert.Equal((await other.State("a")).Checksum, (await test.State("a")).Checksum);
    }

    private static async Task<bool> Replace(HostUnderTest test, Twin.Plan.TwinPlan plan)
    {
        await test.Host.ReplaceDefinitionAsync(plan, CancellationToken.None);
        return true;
    }
}
