using System.Collections.Concurrent;
using DToC.Learn.Measures;
using DToC.Twin.Simulation;
using Measure = DToC.Twin.Simulation.Measure;

namespace DToC.Learn.Simulating;

/// <summary>A member beside what was simulated of it.</summary>
/// <param name="Member">The member.</param>
/// <param name="Mean">Mean of its simulated orders.</param>
/// <param name="Transform">Its probability integral transform.</param>
internal sealed record JudgedMember(PastMember Member, double Mean, double Transform)
{
    /// <summary>Orders that came.</summary>
    public double Came => Member.Bought[^1];
}

/// <summary>Compares members one by one with what came of them.</summary>
internal sealed class PastJudgement(
    SimulationSetup setup, PastMembers past, SimulationBacktestOptions options, int threads)
{
    private const int MostWorlds = 200;

    /// <summary>The members who were simulated, in their order.</summary>
    public List<JudgedMember> Of(CancellationToken cancellation)
    {
        var runner = new PathRunner(setup.Premises, setup.Scenarios, setup.Plans, options.At, threads);
        var worlds = Enumerable.Range(0, Math.Min(MostWorlds, options.Paths))
            .Select(w => World.Draw(setup.Premises, setup.Scenarios, options.Seed, w)).ToArray();
        var judged = new JudgedMember?[past.Members.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        Parallel.ForEach(Partitioner.Create(0, judged.Length), parallel, range =>
        {
            var draws = new long[worlds.Length];
            for (var n = range.Item1; n < range.Item2; n++)
            {
                var standing = runner.RunOne(
                    past.States.Slice(n, 1)[0], worlds, (w, run) => draws[w] = run.Outcome(0, Measure.Orders));
                if (standing == MemberStanding.Simulated) judged[n] = JudgedOf(past.Members[n], draws);
            }
        });
        return [.. judged.OfType<JudgedMember>()];
    }

    /// <summary>Whether the transforms are uniform; null of too few.</summary>
    public static UniformityTest? Uniformity(IReadOnlyList<JudgedMember> judged) =>
        judged.Count < 5 * UniformityTest.DefaultBins ? null
            : UniformityTest.Of([.. judged.Select(j => j.Transform)]);

    /// <summary>Errors of the simulation, of going on at one's own rate, and of the last period coming again.</summary>
    /// <param name="judged">The members.</param>
    /// <param name="periods">How far it was looked ahead, in units of the model of purchases.</param>
    public static IReadOnlyList<ForecastErrors> Errors(IReadOnlyList<JudgedMember> judged, double periods) =>
    [
        ErrorsOf("simulation", judged, j => j.Mean),
        ErrorsOf("own rate continued", judged, j => OwnRate(j.Member.Inputs, periods)),
        ErrorsOf("last period repeated", judged, j => j.Member.Before),
    ];

    // As many as so far in the same time; the first purchase made a customer and is none of the rate.
    private static double OwnRate(double[] inputs, double periods) =>
        inputs[2] > 0 ? inputs[0] / inputs[2] * periods : 0;

    private static ForecastErrors ErrorsOf(
        string by, IReadOnlyList<JudgedMember> judged, Func<JudgedMember, double?> forecast)
    {
        var known = judged.Select(j => (Forecast: forecast(j), j.Came)).Where(e => e.Forecast is not null).ToList();
        double[] forecasts = [.. known.Select(e => e.Forecast ?? 0)];
        double[] came = [.. known.Select(e => e.Came)];
        var (total, actual) = (forecasts.Sum(), came.Sum());
        return new ForecastErrors(
            by, total, actual == 0 ? double.NaN : (total - actual) / actual, Losses.MeanAbsolute(forecasts, came),
            Losses.RootMeanSquare(forecasts, came), known.Count);
    }

    private JudgedMember JudgedOf(PastMember member, long[] draws) => new(
        member, draws.Sum() / (double)draws.Length,
        ProbabilityTransform.Of(
            draws, (long)member.Bought[^1], ProbabilityTransform.UnitOf(options.Seed, member.Id)));
}
