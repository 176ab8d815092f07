namespace DToC.Conformance;

/// <summary>What one schedule gave.</summary>
/// <param name="Problems">Broken promises; empty when all was well.</param>
/// <param name="Struck">Faults that struck, with their stage.</param>
/// <param name="Trace">The readable trace, when asked for.</param>
public sealed record ScheduleResult(
    ulong Seed, IReadOnlyList<string> Problems, IReadOnlyList<FaultCell> Struck, IReadOnlyList<string> Trace,
    int Messages, int WakesOverCrash)
{
    /// <summary>See <see cref="Verdict.Reached"/>; empty of a schedule without an end.</summary>
    public IReadOnlyList<(string What, long Times)> Reached { get; init; } = [];
}

/// <summary>
/// Runs a workload under schedules drawn from seeds; compares each with a run of its script without faults. Seeds next
/// to each other share a script, and the last script is kept: one runner serves one thread.
/// </summary>
public sealed class ScheduleRunner
{
    private readonly Workload _workload;
    private readonly Sabotage _sabotage;
    private WithoutFaults? _last;

    /// <summary>A runner of sound hosts.</summary>
    public ScheduleRunner(Workload workload)
        : this(workload, Sabotage.None)
    {
    }

    internal ScheduleRunner(Workload workload, Sabotage sabotage)
    {
        _workload = workload;
        _sabotage = sabotage;
    }

    /// <summary>Runs the schedule of a seed.</summary>
    public ScheduleResult Run(ulong seed, bool traced = false)
    {
        var number = seed / (ulong)_workload.SeedsOfScript;
        if (_last?.Number != number) _last = Prepare(number, traced: false);
        var (_, script, without) = _last;
        if (_last.Problems.Count > 0)
        {
            if (traced) (_, script, without) = Prepare(number, traced);
            return Result(seed, script, [.. _last.Problems.Select(p => $"without faults: {p}")], without);
        }
        var faults = FaultPlan.Draw(new SeededDraws(seed ^ 0xFA017), _workload.Cells);
        var run = new ScheduleRun(_workload, script, Host(seed, faults, _sabotage, traced));
        run.ToEnd();
        var problems = new List<string>(run.Problems);
        if (run.End is null) return Result(seed, script, problems, run);
        var verdict = Judge(script, run.End, without.End!); // without a problem it has an end
        problems.AddRange(verdict.Problems);
        return Result(seed, script, problems, run) with { Reached = verdict.Reached };
    }

    private WithoutFaults Prepare(ulong number, bool traced)
    {
        var script = _workload.Draw(number);
        var run = new ScheduleRun(_workload, script, Host(number, FaultPlan.None, Sabotage.None, traced));
        run.ToEnd();
        var prepared = new WithoutFaults(number, script, run);
        prepared.Problems.AddRange(run.Problems);
        if (run.End is not null) prepared.Problems.AddRange(Judge(script, run.End, run.End).Problems);
        return prepared;
    }

    /// <summary>An end that cannot even be read has a problem.</summary>
    private Verdict Judge(Script script, ScheduleEnd end, ScheduleEnd faultless)
    {
        try
        {
            return _workload.Judge(script, end, faultless);
        }
        catch (Exception thrown)
        {
            return new Verdict([$"While it was judged: {thrown}"], []);
        }
    }

    private static ScheduleResult Result(ulong seed, Script script, List<string> problems, ScheduleRun run)
    {
        var world = run.World;
        return new ScheduleResult(
            seed, problems, world.Faults.Struck, world.Trace ?? [], script.Messages, world.WakesOverCrash);
    }

    private SimulatedHost Host(ulong seed, FaultPlan faults, Sabotage sabotage, bool traced) =>
        new(new SimulatedOptions
        {
            Seed = seed,
            Grains = _workload.Grains,
            Plan = _workload.Plan,
            ReadPlan = _workload.ReadPlan,
            Leases = _workload.Leases,
            Faults = faults,
            Sabotage = sabotage,
            Traced = traced,
        });

    /// <summary>A script and its run without faults.</summary>
    private sealed record WithoutFaults(ulong Number, Script Script, ScheduleRun Run)
    {
        public List<string> Problems { get; } = [];
    }
}
