using DToC.Twin;
using DToC.Twin.Simulation;
using Units = DToC.Twin.Simulation.Measures;

namespace DToC.Learn.Simulating;

/// <summary>
/// How the margin depends on each assumption: a sample of the members is run again through the first worlds with one
/// assumption moved, all else drawn as before, and the difference is scaled up to all members. Half the effect of a
/// standard error up and down is the usual measure of what a number that is not known well does to the answer.
/// </summary>
internal sealed class SensitivityRun(SimulationSetup setup, Instant begin, SimulationOptions options)
{
    /// <summary>Most members it is run for.</summary>
    public const int MostMembers = 400;

    /// <summary>Most scenarios it is done for; of more it takes too long.</summary>
    public const int MostScenarios = 9;

    private const int MostWorlds = 16;
    private const double CertainShare = 0.1;

    /// <summary>Runs it.</summary>
    /// <param name="sample">Members it is run for.</param>
    /// <param name="members">All members there are.</param>
    /// <param name="cancellation">Ends it.</param>
    public IReadOnlyList<AssumptionResult> Of(
        IReadOnlyList<Member> sample, long members, CancellationToken cancellation)
    {
        var premises = setup.Premises;
        var isRun = sample.Count > 0 && setup.Scenarios.Count <= MostScenarios;
        var scale = isRun ? (double)members / sample.Count : 0;
        var asIs = isRun ? Margins(premises, sample, cancellation) : [];
        List<AssumptionResult> results = [];
        for (var i = 0; i < premises.Assumptions.Count; i++)
        {
            var a = premises.Assumptions[i];
            SensitivityResult? sensitivity = null;
            var moved = a.StandardError > 0 ? a.StandardError : CertainShare * Math.Abs(a.Value);
            if (isRun && moved > 0)
            {
                var up = Changes(premises.WithAssumption(i, a.Value + moved));
                var down = Changes(premises.WithAssumption(i, a.Value - moved));
                sensitivity = new SensitivityResult(
                    moved, up[0], down[0],
                    [
                        .. setup.Scenarios.All.Select((s, n) => (s.Name, N: n)).Skip(1)
                            .Select(s => new ScenarioSensitivity(s.Name, up[s.N] - up[0], down[s.N] - down[0])),
                    ]);
            }
            results.Add(new AssumptionResult(
                a.Name, a.Value, a.StandardError, a.Source, a.Says, a.Note, sensitivity));
        }
        return results;

        double[] Changes(Premises other)
        {
            var margins = Margins(other, sample, cancellation);
            return [.. margins.Select((margin, s) => scale * (margin - asIs[s]))];
        }
    }

    /// <summary>Mean margin of the sample over the worlds, by scenario.</summary>
    private double[] Margins(Premises premises, IReadOnlyList<Member> sample, CancellationToken cancellation)
    {
        var count = Math.Min(MostWorlds, setup.Request.Paths);
        var worlds = Enumerable.Range(0, count)
            .Select(w => World.Draw(premises, setup.Scenarios, setup.Request.Seed, w)).ToArray();
        var sums = new PathSums(premises.Plan, setup.Scenarios, count, options.MemoryBytes);
        new PathRunner(premises, setup.Scenarios, setup.Plans, begin, options.Threads)
            .Run([.. sample.Select(m => m with { Groups = 0 })], worlds, sums, gains: null, cancellation);
        var tallies = sums.Everybody(count);
        return
        [
            .. Enumerable.Range(0, setup.Scenarios.Count).Select(scenario =>
                tallies.Sum(tally => tally.Total(scenario, Measure.MarginMinor)) / Units.MinorPerUnit / count),
        ];
    }
}
