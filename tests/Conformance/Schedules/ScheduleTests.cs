using System.Globalization;
using Xunit.Abstractions;

namespace DToC.Conformance;

/// <summary>
/// Thousands of schedules of one workload, and the proof that they notice hosts that break a promise.
/// </summary>
public abstract class ScheduleTests(ITestOutputHelper output)
{
    /// <summary>What the schedules run.</summary>
    protected abstract Workload Workload { get; }

    /// <summary>Where its schedules begin.</summary>
    protected abstract ulong FirstSeed { get; }

    /// <summary>How many there are.</summary>
    protected virtual ulong Count => 5_000;

    /// <summary>For each deliberate fault of a host or grain, a seed whose schedule notices it.</summary>
    protected abstract IReadOnlyDictionary<string, ulong> CatchingSeeds { get; }

    /// <summary>Where what a test saw is printed.</summary>
    protected ITestOutputHelper Output => output;

    /// <summary>DTOC_SCHEDULES runs another number of them, DTOC_SEED begins with another seed.</summary>
    [Fact]
    public void Thousands_of_schedules_keep_every_promise()
    {
        var campaign = new ScheduleCampaign(Workload);
        var (first, count) = (Given("DTOC_SEED") ?? FirstSeed, Given("DTOC_SCHEDULES") ?? Count);
        campaign.Run(first, (long)count, Environment.ProcessorCount);

        var tally = campaign.Tally;
        output.WriteLine(ScheduleTable.Of(tally));
        foreach (var result in tally.Broken) output.WriteLine($"Seed {result.Seed}: {result.Problems[0]}");
        if (tally.BrokenCount > 0) Assert.Fail($"{tally.BrokenCount} schedules failed. {Explain(tally.Broken[0])}");
        Assert.True(tally.FewestMessages >= 200, $"A schedule has {tally.FewestMessages} messages.");
        Assert.True(tally.FewestFaults >= 3, $"A schedule has {tally.FewestFaults} faults.");
        Assert.True(tally.WakesOverCrash > 0, "No wake-up waited while a process crashed.");
        Assert.Empty(tally.NeverReached);
        Assert.All(tally.Reached, reached => Assert.True(reached.Times > 0, $"Never: {reached.What}"));
    }

    /// <summary>Each broken host fails the schedule of the seed that is named for it; a sound host passes it.</summary>
    [Theory]
    [InlineData(nameof(Sabotage.AcknowledgesBeforeCommit))]
    [InlineData(nameof(Sabotage.DropsEffects))]
    [InlineData(nameof(Sabotage.SkipsRedelivery))]
    [InlineData(nameof(Sabotage.ServesUncommittedReads))]
    [InlineData(nameof(Sabotage.TrustsTornWrites))]
    [InlineData(nameof(Sabotage.KeepsForgotten))]
    public void A_host_that_breaks_a_promise_is_caught(string sabotage)
    {
        var caught = Caught(sabotage, new ScheduleRunner(Workload, Enum.Parse<Sabotage>(sabotage)));
        output.WriteLine($"Replay: DTOC_SABOTAGE={sabotage} DTOC_SEED={caught.Seed} {Replay(GetType().Name)}");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(77)]
    [InlineData(4_242)]
    public void The_same_seed_gives_the_same_trace(ulong seed)
    {
        var first = new ScheduleRunner(Workload).Run(seed, traced: true);
        var second = new ScheduleRunner(Workload).Run(seed, traced: true);
        var other = new ScheduleRunner(Workload).Run(seed + 1, traced: true);

        Assert.True(first.Trace.Count > 500, $"The trace has {first.Trace.Count} lines.");
        Assert.Equal(string.Join('\n', first.Trace), string.Join('\n', second.Trace));
        Assert.False(first.Trace.SequenceEqual(other.Trace, StringComparer.Ordinal));
    }

    /// <summary>DTOC_SEED is the seed that a failing test named; the whole trace is printed then.</summary>
    [Fact]
    public void Replays_one_seed()
    {
        var sabotage = Environment.GetEnvironmentVariable("DTOC_SABOTAGE") is { } named
            ? Enum.Parse<Sabotage>(named)
            : Sabotage.None;
        var runner = new ScheduleRunner(Workload, sabotage);

        var result = runner.Run(Given("DTOC_SEED") ?? 1, traced: true);

        var lines = Given("DTOC_SEED") is null ? result.Trace.TakeLast(20) : result.Trace;
        output.WriteLine(string.Join('\n', lines));
        Assert.True(result.Problems.Count == 0, string.Join('\n', result.Problems));
    }

    /// <summary>The schedule of the seed named for a fault, failed by a broken runner and not by a sound one.</summary>
    private protected ScheduleResult Caught(string mutation, ScheduleRunner broken)
    {
        var seed = CatchingSeeds[mutation];
        var result = broken.Run(seed);
        if (result.Problems.Count == 0)
        {
            var other = Enumerable.Range(1, 1_000).FirstOrDefault(s => broken.Run((ulong)s).Problems.Count > 0);
            Assert.Fail($"{mutation} passes seed {seed}; {(other == 0 ? "none of the first 1,000" : other)} fails it.");
        }
        output.WriteLine($"{mutation} is caught by seed {seed}: {result.Problems[0]}");
        Assert.Empty(new ScheduleRunner(Workload).Run(seed).Problems);
        return result;
    }

    /// <summary>The command that runs the seed in DTOC_SEED again and prints its trace.</summary>
    internal static string Replay(string tests) => $"dotnet test tests/Conformance --filter {tests}.Replays_one_seed";

    private static ulong? Given(string name) =>
        Environment.GetEnvironmentVariable(name) is { } value
            ? ulong.Parse(value, CultureInfo.InvariantCulture)
            : null;

    private string Explain(ScheduleResult result)
    {
        var trace = new ScheduleRunner(Workload).Run(result.Seed, traced: true).Trace;
        return $"""
            Seed {result.Seed} broke a promise:
            {string.Join('\n', result.Problems)}
            Faults: {string.Join(", ", result.Struck.Select(s => $"{s.Fault} at {s.Stage}"))}
            Replay: DTOC_SEED={result.Seed} {Replay(GetType().Name)}
            The end of its trace:
            {string.Join('\n', trace.TakeLast(40))}
            """;
    }
}

/// <summary>Schedules of probes.</summary>
public sealed class ProbeScheduleTests(ITestOutputHelper output) : ScheduleTests(output)
{
    /// <inheritdoc/>
    protected override Workload Workload { get; } = new ProbeWorkload();

    /// <inheritdoc/>
    protected override ulong FirstSeed => 1;

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, ulong> CatchingSeeds { get; } =
        new Dictionary<string, ulong>(StringComparer.Ordinal)
        {
            [nameof(Sabotage.AcknowledgesBeforeCommit)] = 1,
            [nameof(Sabotage.DropsEffects)] = 1,
            [nameof(Sabotage.SkipsRedelivery)] = 1,
            [nameof(Sabotage.ServesUncommittedReads)] = 1,
            [nameof(Sabotage.TrustsTornWrites)] = 40,
            [nameof(Sabotage.KeepsForgotten)] = 1,
        };
}
