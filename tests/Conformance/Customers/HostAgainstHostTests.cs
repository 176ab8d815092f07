using System.Buffers;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.State;
using Xunit.Abstractions;

namespace DToC.Conformance;

/// <summary>
/// The same customers on each host: the same messages at the same times leave the same states, bit for bit, on the
/// simulated host, on the embedded one, and on an encrypted embedded one that is killed and started again three times,
/// and in the middle of erasures. Some of the customers are erased on the way.
/// </summary>
public sealed class HostAgainstHostTests(ITestOutputHelper output)
{
    private const int Scripts = 24;
    private const int Restarts = 3;

    [Fact]
    public async Task Same_messages_leave_the_same_states_on_every_host()
    {
        var seeds = Enumerable.Range(1, Scripts).Select(n => (ulong)n);
        await Parallel.ForEachAsync(seeds, new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (seed, _) =>
        {
            var script = new CustomerWorkload().Draw(seed);
            await using var simulated = new SimulatedUnderTest(Setup());
            await using var embedded = await EmbeddedUnderTest.StartAsync(Setup());
            await using var restarted = await EmbeddedUnderTest.StartAsync(
                Setup(), new Embedded.Sealing.LocalMasterKey(new byte[32]));

            var first = await Run(simulated, script, seed, restarts: 0);
            var second = await Run(embedded, script, seed, restarts: 0);
            var third = await Run(restarted, script, seed, Restarts);

            AssertSame(first, second, seed, "the simulated host", "the embedded one", part => part.Twin);
            AssertSame(second, third, seed, "the embedded host", "the one restarted", part => part.Whole);
        });
        output.WriteLine($"{Scripts} scripts on three hosts each, one of them with {Restarts} restarts.");
    }

    private static HostSetup Setup() => new()
    {
        Grains = new CustomerWorkload().Grains,
        Plan = CustomerPlans.First,
        // What a host does by itself at times of its own would tell hosts apart.
        HasUpkeep = false,
    };

    private static async Task<SortedDictionary<string, End>> Run(
        HostUnderTest test, Script script, ulong seed, int restarts)
    {
        var draws = new SeededDraws(seed ^ 0x4057);
        var steps = Interleaved(script, draws);
        var crashes = Enumerable.Range(0, Restarts).Select(_ => draws.Below(steps.Count)).Take(restarts).ToHashSet();
        for (var i = 0; i < steps.Count; i++)
        {
            if (steps[i].Message is Conformance.Erase)
            {
                await Finish(test);
                await Erase(test, steps[i].To, isKilled: restarts > 0 && i % 2 == 0);
                continue;
            }
            var isErased = test.Host.IsErased(steps[i].To);
            var reply = await Tell(test, steps[i]);
            Assert.False(reply is Reply.Failed or Reply.Busy or Reply.Unavailable, $"Seed {seed}: {reply}");
            Assert.True(isErased == reply is Reply.Erased, $"Seed {seed}: {steps[i].To} answers {reply}.");
            // At once after an answer: its effects are still under way.
            if (crashes.Contains(i)) await test.CrashAndRestart();
            if (steps[i].Message is CustomerMessage.MergeInto || crashes.Contains(i)) await Finish(test);
            if (i == steps.Count / 2 && script.Replacement is { } plan) await Replace(test, plan);
            if (i % 20 != 19) continue;
            await test.PassTime(4_000);
            await Finish(test);
        }
        await test.PassTime(2 * CustomerPlans.CartDelayMs);
        await Finish(test);
        await test.Settle();
        await CheckErased(test, script);
        return await Look(test, script);
    }

    /// <summary>
    /// Sends until it is taken: an erasure that goes on after a kill empties logs, for which commits do not wait long.
    /// </summary>
    internal static async Task<Reply> Tell(HostUnderTest test, ScriptStep step)
    {
        for (var tries = 0; ; tries++)
        {
            var reply = await test.WaitFor(test.Host.SendAsync(step.To, step.Message, default).AsTask());
            if (reply is not Reply.Unavailable || tries == 100) return reply;
            await Task.Delay(5);
        }
    }

    /// <summary>Erases whoever a customer is; a host that is killed meanwhile goes on by itself.</summary>
    internal static async Task Erase(HostUnderTest test, GrainKey key, bool isKilled)
    {
        if (test.Host.IsErased(key)) return;
        var subject = await test.WaitFor(
            CustomerSubject.FindAsync(test.Host, test.Host.Plans, key.Id, default).AsTask());
        var erasure = test.Host.EraseAsync(subject, "a test", default).AsTask();
        if (isKilled) await test.CrashAndRestart();
        else await test.WaitFor(erasure);
        Assert.True(await test.Until(async () => (await Kept(test, subject)).Count == 0));
    }

    /// <summary>Late messages and effects have brought nothing back.</summary>
    private static async Task CheckErased(HostUnderTest test, Script script)
    {
        List<string> erased = [.. script.Keys.Where(test.Host.IsErased).Select(key => key.Id)];
        Assert.NotEmpty(erased);
        Assert.Empty(await Kept(test, new DataSubject(erased, [])));
    }

    private static async Task<List<KeptRecord>> Kept(HostUnderTest test, DataSubject subject)
    {
        List<KeptRecord> kept = [];
        await foreach (var record in test.Host.ReadKeptAsync(subject, default)) kept.Add(record);
        return kept;
    }

    /// <summary>
    /// Waits for all that a later message could meet halfway: merges under way and wake-ups that are due.
    /// </summary>
    private static async Task Finish(HostUnderTest test) => Assert.True(await test.Until(async () =>
    {
        var states = await States(test);
        return states.All(s => s.Value.MovedTo is null ? !IsDue(s.Value, test.Now) : IsTakenIn(s.Key, states));
    }));

    private static bool IsDue(CustomerState state, Instant now) =>
        state.Plan.Decisions.Triggers.Any(trigger => state.WakeUps.Find(trigger.NameHash) is { } at && at <= now)
        || state.Facets.Any(facet => facet is not null && IsDue(facet, now));

    private static bool IsTakenIn(string customer, Dictionary<string, CustomerState> states)
    {
        var root = customer;
        for (var moves = 0; moves < states.Count && states[root].MovedTo is { } next; moves++)
        {
            if (!states.ContainsKey(next)) return false;
            root = next;
        }
        return states[root].MovedTo is null && states[root].Merged.Contains(customer);
    }

    private static async Task<Dictionary<string, CustomerState>> States(HostUnderTest test)
    {
        var states = new Dictionary<string, CustomerState>(StringComparer.Ordinal);
        for (var customer = 0; customer < CustomerWorkload.Customers; customer++)
        {
            var stored = await test.Host.ReadAsync(CustomerWorkload.Key(customer), default);
            if (stored is null) continue;
            states[CustomerWorkload.Name(customer)] = CustomerCodec.Read(stored.Bytes.Span, test.Host.Plans).Twin;
        }
        return states;
    }

    /// <summary>
    /// Replaces the definition and waits until each customer has been told to refold, also by those merged into it:
    /// a message that came first would refold it earlier.
    /// </summary>
    private static async Task Replace(HostUnderTest test, Twin.Plan.TwinPlan plan)
    {
        await Finish(test);
        var due = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (customer, state) in await States(test))
        {
            if (state.MovedTo is not null || state.LatestAt.IsNever) continue;
            due[customer] = await Version(test, customer) + 1 + state.Merged.Count;
        }
        await test.Host.ReplaceDefinitionAsync(plan, default);
        Assert.True(await test.Until(async () =>
        {
            foreach (var (customer, version) in due)
            {
                if (await Version(test, customer) < version) return false;
            }
            return true;
        }));
    }

    private static async Task<long> Version(HostUnderTest test, string customer)
    {
        var stored = await test.Host.ReadAsync(GrainKey.Customer(customer), default);
        return stored?.Version ?? 0;
    }

    /// <summary>The clients' messages, each client's in its order.</summary>
    internal static List<ScriptStep> Interleaved(Script script, SeededDraws draws)
    {
        var steps = new List<ScriptStep>();
        var waiting = script.Clients.Select(client => new Queue<ScriptStep>(client)).ToList();
        while (waiting.Count > 0)
        {
            var next = draws.Below(waiting.Count);
            steps.Add(waiting[next].Dequeue());
            if (waiting[next].Count == 0) waiting.RemoveAt(next);
        }
        return steps;
    }

    private static async Task<SortedDictionary<string, End>> Look(HostUnderTest test, Script script)
    {
        var ends = new SortedDictionary<string, End>(StringComparer.Ordinal);
        // Receipts have random tokens.
        foreach (var key in script.Keys.Where(key => key.Kind != GrainKind.Erasures))
        {
            var stored = await test.WaitFor(test.Host.ReadAsync(key, default).AsTask());
            var rows = await test.WaitFor(test.Host.ReadRowsAsync(key, "", 1_000, default).AsTask());
            var hash = rows.Aggregate(0UL, (h, r) => StableHash.Of(r.Value.Span, StableHash.Of(r.Row, h)));
            var journal = await test.WaitFor(test.Host.ReadJournalAsync(key, default).AsTask());
            var entries = journal.Aggregate(hash, (h, e) => StableHash.Of(e.Payload.Span, h));
            var bytes = stored?.Bytes ?? default;
            ends[key.ToString()] = new End(
                StableHash.Combine(hash, key.Kind == GrainKind.Customer ? TwinOf(bytes, test.Host.Plans) : 0),
                StableHash.Combine(entries, StableHash.Of(bytes.Span)), stored?.Version ?? 0);
        }
        return ends;
    }

    /// <summary>
    /// The twin alone: a host that has removed expired entries changes a state less often than one that has not.
    /// </summary>
    private static ulong TwinOf(ReadOnlyMemory<byte> bytes, Twin.Plan.PlanCatalog plans)
    {
        if (bytes.IsEmpty) return 0;
        var written = new ArrayBufferWriter<byte>();
        StateCodec.Write(CustomerCodec.Read(bytes.Span, plans).Twin, written);
        return StableHash.Of(written.WrittenSpan);
    }

    private static void AssertSame(
        SortedDictionary<string, End> one, SortedDictionary<string, End> other, ulong seed,
        string nameOfOne, string nameOfOther, Func<End, ulong> part)
    {
        var changed = one.Values.Count(e => e.Version > 0);
        Assert.True(changed >= CustomerWorkload.Customers, $"Seed {seed} changed {changed} states.");
        foreach (var (key, end) in one)
        {
            Assert.True(
                part(end) == part(other[key]),
                $"Seed {seed}: {key} ends otherwise on {nameOfOther} ({other[key]}) than on {nameOfOne} ({end}).");
        }
    }

    /// <param name="Twin">Hash of rows and, of a customer, of the twin.</param>
    /// <param name="Whole">Hash of state with its counters, rows and journal.</param>
    /// <param name="Version">The state's version.</param>
    private sealed record End(ulong Twin, ulong Whole, long Version);
}
