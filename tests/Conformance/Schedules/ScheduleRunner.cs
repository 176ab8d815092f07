using DToC.Grains;

namespace DToC.Conformance;

/// <summary>What one schedule gave.</summary>
/// <param name="Problems">Broken promises; empty when all was well.</param>
/// <param name="Struck">Faults that struck, with their stage.</param>
/// <param name="Trace">The readable trace, when asked for.</param>
public sealed record ScheduleResult(
    ulong Seed, IReadOnlyList<string> Problems, IReadOnlyList<FaultCell> Struck, IReadOnlyList<string> Trace,
    int Messages, int WakesOverCrash);

/// <summary>Runs a workload under schedules drawn from seeds and compares each with a run without faults.</summary>
public sealed class ScheduleRunner
{
    private readonly Workload _workload;
    private readonly Sabotage _sabotage;

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
        var script = _workload.Draw(seed);
        var faultless = new ScheduleRun(_workload, script, Host(seed, FaultPlan.None, Sabotage.None, traced: false));
        faultless.ToEnd();
        if (faultless.Problems.Count > 0)
        {
            return Result(seed, script, [.. faultless.Problems.Select(p => $"without faults: {p}")], faultless);
        }
        var faults = FaultPlan.Draw(new SeededDraws(seed ^ 0xFA017));
        var run = new ScheduleRun(_workload, script, Host(seed, faults, _sabotage, traced));
        run.ToEnd();
        var problems = new List<string>(run.Problems);
        if (run.End is not null) problems.AddRange(_workload.Judge(script, run.End, faultless.End!)); // no problem: an end
        return Result(seed, script, problems, run);
    }

    private static ScheduleResult Result(ulong seed, Script script, List<string> problems, ScheduleRun run) =>
        new(seed, problems, run.World.Faults.Struck, run.World.Trace ?? [], script.Messages, run.World.WakesOverCrash);

    private SimulatedHost Host(ulong seed, FaultPlan faults, Sabotage sabotage, bool traced) => new(new SimulatedOptions
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
}
