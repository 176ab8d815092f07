using System.Globalization;
using Xunit.Abstractions;

namespace DToC.Conformance;

/// <summary>Thousands of schedules of one workload, and the proof that they notice hosts that break a promise.</summary>
public abstract class ScheduleTests(ITestOutputHelper output)
{
    /// <summary>What the schedules run.</summary>
    protected abstract Workload Workload { get; }

    /// <summary>Where its schedules begin.</summary>
    protected abstract ulong FirstSeed { get; }

    /// <summary>Where what a test saw is printed.</summary>
    protected ITestOutputHelper Output => output;

    /// <summary>DTOC_SCHEDULES runs another number of them, DTOC_SEED begins with another seed.</summary>
    [Fact]
    public void Five_thousand_schedules_keep_every_promise()
    {
        var campaign = new ScheduleCampaign(Workload);
        campaign.Run(Given("DTOC_SEED") ?? FirstSeed, (long)(Given("DTOC_SCHEDULES") ?? 5_000), Environment.ProcessorCount);

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

    [Theory]
    [InlineData("AcknowledgesBeforeCommit")]
    [InlineData("DropsEffects")]
    [InlineData("SkipsRedelivery")]
    [InlineData("ServesUncommittedReads")]
    public void A_host_that_breaks_a_promise_is_caught(string sabotage)
    {
        var broken = new ScheduleRunner(Workload, Enum.Parse<Sabotage>(sabotage));
        var caught = Caught(broken);
        output.WriteLine($"Replay: DTOC_SABOTAGE={sabotage} DTOC_SEED={caught.Seed} {Replay(GetType().Name)}");
        output.WriteLine($"{sabotage} is caught by seed {caught.Seed}: {caught.Problems[0]}");
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

    /// <summary>The first of 200 schedules that a broken runner fails and a sound one does not.</summary>
    private protected ScheduleResult Caught(ScheduleRunner broken)
    {
        var sound = new ScheduleRunner(Workload);
        for (var seed = 1UL; seed <= 200; seed++)
        {
            var result = broken.Run(seed);
            if (result.Problems.Count == 0) continue;
            Assert.Empty(sound.Run(seed).Problems);
            return result;
        }
        throw new Xunit.Sdk.XunitException("200 schedules did not notice it.");
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
}
