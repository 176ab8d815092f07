using System.Globalization;
using Xunit.Abstractions;

namespace DToC.Conformance;

/// <summary>A thousand schedules of one workload, and the proof that they notice hosts that break a promise.</summary>
public abstract class ScheduleTests(ITestOutputHelper output)
{
    /// <summary>What the schedules run.</summary>
    protected abstract Workload Workload { get; }

    /// <summary>Where what a test saw is printed.</summary>
    protected ITestOutputHelper Output => output;

    private string Replay => $"dotnet test tests/Conformance --filter {GetType().Name}.Replays_one_seed";

    /// <summary>DTOC_SCHEDULES runs another number of them, DTOC_SEED begins with another seed.</summary>
    [Fact]
    public void A_thousand_schedules_keep_every_promise()
    {
        var runner = new ScheduleRunner(Workload);
        var results = new ScheduleResult[Given("DTOC_SCHEDULES") ?? 1_000];
        var first = Given("DTOC_SEED") ?? 1;

        Parallel.For(0, results.Length, i => results[i] = runner.Run(first + (ulong)i));

        output.WriteLine(ScheduleTable.Of(results));
        var broken = results.Where(r => r.Problems.Count > 0).ToList();
        foreach (var result in broken.Take(20)) output.WriteLine($"Seed {result.Seed}: {result.Problems[0]}");
        if (broken.Count > 0) Assert.Fail($"{broken.Count} schedules failed. {Explain(runner, broken[0])}");
        Assert.All(results, r => Assert.True(r.Messages >= 200, $"Seed {r.Seed} has {r.Messages} messages."));
        Assert.All(results, r => Assert.True(r.Struck.Count >= 3, $"Seed {r.Seed}: {r.Struck.Count} faults"));
        Assert.True(results.Sum(r => r.WakesOverCrash) > 0, "No wake-up waited while a process crashed.");
        Assert.Empty(ScheduleTable.NeverReached(results));
        Assert.All(ScheduleTable.Reached(results), reached => Assert.True(reached.Times > 0, $"Never: {reached.What}"));
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
        output.WriteLine($"Replay: DTOC_SABOTAGE={sabotage} DTOC_SEED={caught.Seed} {Replay}");
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

    private static ulong? Given(string name) =>
        Environment.GetEnvironmentVariable(name) is { } value
            ? ulong.Parse(value, CultureInfo.InvariantCulture)
            : null;

    private string Explain(ScheduleRunner runner, ScheduleResult result)
    {
        var trace = runner.Run(result.Seed, traced: true).Trace;
        return $"""
            Seed {result.Seed} broke a promise:
            {string.Join('\n', result.Problems)}
            Faults: {string.Join(", ", result.Struck.Select(s => $"{s.Fault} at {s.Stage}"))}
            Replay: DTOC_SEED={result.Seed} {Replay}
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
}
