using System.Globalization;
using System.Text;
using Xunit.Abstractions;

namespace DToC.Conformance;

public sealed class ScheduleTests(ITestOutputHelper output)
{
    private const int Schedules = 1_000;
    private const ulong FirstSeed = 1;

    [Fact]
    public void A_thousand_schedules_keep_every_promise()
    {
        var runner = new ScheduleRunner(new ProbeWorkload());
        var results = new ScheduleResult[Schedules];

        Parallel.For(0, Schedules, i => results[i] = runner.Run(FirstSeed + (ulong)i));

        output.WriteLine(Table(results));
        Assert.All(results.Where(r => r.Problems.Count > 0).Take(1), r => Assert.Fail(Explain(runner, r)));
        Assert.All(results, r => Assert.True(r.Messages >= 200, $"Seed {r.Seed} has {r.Messages} messages."));
        Assert.All(results, r => Assert.True(r.Struck.Count >= 3, $"In seed {r.Seed} {r.Struck.Count} faults struck."));
        Assert.All(FaultPlan.Cells, cell =>
            Assert.True(results.Any(r => r.Struck.Contains(cell)), $"{cell} was never reached."));
        Assert.True(results.Sum(r => r.WakesOverCrash) > 0, "No wake-up ever waited while a process crashed.");
    }

    [Theory]
    [InlineData("AcknowledgesBeforeCommit")]
    [InlineData("DropsEffects")]
    [InlineData("SkipsRedelivery")]
    [InlineData("ServesUncommittedReads")]
    public void A_host_that_breaks_a_promise_is_caught(string sabotage)
    {
        var runner = new ScheduleRunner(new ProbeWorkload(), Enum.Parse<Sabotage>(sabotage));
        for (var seed = FirstSeed; seed < FirstSeed + 200; seed++)
        {
            var result = runner.Run(seed);
            if (result.Problems.Count == 0) continue;
            Assert.Empty(new ScheduleRunner(new ProbeWorkload()).Run(seed).Problems); // it is the host that is caught
            output.WriteLine($"{sabotage} is caught by seed {seed}: {result.Problems[0]}");
            return;
        }
        Assert.Fail($"200 schedules did not notice a host that {sabotage}.");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(77)]
    [InlineData(4_242)]
    public void The_same_seed_gives_the_same_trace(ulong seed)
    {
        var first = new ScheduleRunner(new ProbeWorkload()).Run(seed, traced: true);
        var second = new ScheduleRunner(new ProbeWorkload()).Run(seed, traced: true);

        Assert.True(first.Trace.Count > 500, $"The trace has {first.Trace.Count} lines.");
        Assert.Equal(string.Join('\n', first.Trace), string.Join('\n', second.Trace));
    }

    /// <summary>Set DTOC_SEED to the seed that a failing test names; the trace is printed.</summary>
    [Fact]
    public void Replays_one_seed()
    {
        var given = Environment.GetEnvironmentVariable("DTOC_SEED");
        var seed = given is null ? FirstSeed : ulong.Parse(given, CultureInfo.InvariantCulture);
        var sabotage = Environment.GetEnvironmentVariable("DTOC_SABOTAGE") is { } named
            ? Enum.Parse<Sabotage>(named)
            : Sabotage.None;

        var result = new ScheduleRunner(new ProbeWorkload(), sabotage).Run(seed, traced: true);

        var lines = given is null ? result.Trace.TakeLast(20) : result.Trace;
        output.WriteLine(string.Join('\n', lines));
        Assert.True(result.Problems.Count == 0, string.Join('\n', result.Problems));
    }

    private static string Explain(ScheduleRunner runner, ScheduleResult result)
    {
        var trace = runner.Run(result.Seed, traced: true).Trace;
        return $"""
            Seed {result.Seed} broke a promise:
            {string.Join('\n', result.Problems)}
            Faults: {string.Join(", ", result.Struck)}
            Replay: DTOC_SEED={result.Seed} dotnet test tests/Conformance --filter ScheduleTests.Replays_one_seed
            The end of its trace:
            {string.Join('\n', trace.TakeLast(40))}
            """;
    }

    private static string Table(IReadOnlyList<ScheduleResult> results)
    {
        var stages = Enum.GetValues<Stage>();
        var text = new StringBuilder($"Schedules that reached a fault at a stage, of {results.Count}:\n");
        text.Append($"{"",-16}").AppendLine(string.Concat(stages.Select(s => $"{s,16}")));
        foreach (var fault in Enum.GetValues<Fault>())
        {
            text.Append($"{fault,-16}");
            foreach (var stage in stages)
            {
                var cell = new FaultCell(fault, stage);
                var count = results.Count(r => r.Struck.Contains(cell));
                text.Append($"{(FaultPlan.Cells.Contains(cell) ? count.ToString(CultureInfo.InvariantCulture) : "-"),16}");
            }
            text.AppendLine();
        }
        text.Append($"Messages sent by clients: {results.Sum(r => r.Messages)}; ");
        text.Append($"wake-ups that waited over a crash: {results.Sum(r => r.WakesOverCrash)}.");
        return text.ToString();
    }
}
