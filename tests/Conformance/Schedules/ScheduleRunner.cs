using System.Collections.Concurrent;

namespace DToC.Conformance;

/// <summary>What one schedule gave.</summary>
/// <param name="Problems">Broken promises; empty when all was well.</param>
/// <param name="Struck">Faults that struck, with their stage.</param>
/// <param name="Trace">The readable trace, when asked for.</param>
public sealed record ScheduleResult(
    ulong Seed, IReadOnlyList<string> Problems, IReadOnlyList<FaultCell> Struck, IReadOnlyList<string> Trace,
    int Messages, int WakesOverCrash)
{
    /// <summary>See <see cref="Workload.Reached"/>; empty of a schedule without an end.</summary>
    public IReadOnlyList<(string What, long Times)> Reached { get; init; } = [];
}

/// <summary>
/// Runs a workload under schedules drawn from seeds; compares each with a run of its script without faults.
/// </summary>
public sealed class ScheduleRunner
{
    private const ulong Scripts = 100_000;

    private readonly ConcurrentDictionary<ulong, (Script Script, ScheduleRun Run)> _scripts = new();
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
        // Many schedules share a script, so that its run without faults is made once.
        var (script, faultless) = _scripts.GetOrAdd(seed % Scripts, number => RunWithoutFaults(number));
        if (faultless.End is not { } expected)
        {
            if (traced) (script, faultless) = RunWithoutFaults(seed % Scripts, traced);
            var broken = faultless.Problems.Select(p => $"without faults: {p}");
            return Result(seed, script, [.. broken], faultless);
        }
        var faults = FaultPlan.Draw(new SeededDraws(seed ^ 0xFA017));
        var run = new ScheduleRun(_workload, script, Host(seed, faults, _sabotage, traced));
        run.ToEnd();
        var problems = new List<string>(run.Problems);
        if (run.End is not null) problems.AddRange(_workload.Judge(script, run.End, expected));
        var reached = run.End is null || problems.Count > 0 ? [] : _workload.Reached(script, run.End);
        return Result(seed, script, problems, run) with { Reached = reached };
    }

    private (Script Script, ScheduleRun Run) RunWithoutFaults(ulong number, bool traced = false)
    {
        var script = _workload.Draw(number);
        var host = Host(number, FaultPlan.None, Sabotage.None, traced);
        var run = new ScheduleRun(_workload, script, host);
        run.ToEnd();
        return (script, run);
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
}
