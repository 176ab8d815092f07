using DToC.Learn.CustomerBase;
using DToC.Twin.Draws;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Coverage;

/// <summary>
/// Contracts of 1 to 8 renewals due: of those still there the probability of the next renewal and of the next four,
/// and the periods still to come; the truth is that of one's own probability of leaving.
/// </summary>
internal static class RetentionCoverage
{
    private const int Most = 8;

    private static readonly ShiftedBetaGeometric Truth = new(0.668, 3.806);

    /// <summary>An experiment for each thing asked.</summary>
    public static IReadOnlyList<CoverageExperiment> All { get; } =
    [
        new("sbg", (seed, customers) => Of(RetentionOutput.Survival, 4, Discount.None, seed, customers)),
        new("sbg_next", (seed, customers) => Of(RetentionOutput.Retention, 1, Discount.None, seed, customers)),
        new("sbg_periods", (seed, customers) => Of(
            RetentionOutput.ResidualLifetime, 4, Discount.None, seed, customers)),
        new("sbg_periods_of_life", (seed, customers) => Of(
            RetentionOutput.ResidualLifetime, double.PositiveInfinity, new(0.1, Compounding.Discrete), seed,
            customers)),
    ];

    private static CoverageShare Of(
        RetentionOutput output, double horizon, Discount discount, ulong seed, int customers)
    {
        var random = new Xoshiro256(seed);
        var (left, still) = (new double[Most + 1], new double[Most + 1]);
        var there = new List<(int Renewals, double Leaving)>();
        for (var i = 0; i < customers; i++)
        {
            var leaving = Truth.DrawLeaving(0, random);
            var due = (int)(1 + Most * random.NextUnit());
            var renewals = 0;
            while (renewals < due && random.NextUnit() >= leaving) renewals++;
            if (renewals < due)
            {
                left[renewals]++;
                continue;
            }
            still[renewals]++;
            there.Add((renewals, leaving));
        }
        var fit = RetentionFit.Of(new RenewalCounts(left, still)).Expect();
        var model = new RetentionForecast(
            fit.Model, output, horizon, discount, "renewals", new LogCovariance(2, [.. fit.Covariance]));
        return CoverageShare.Of(
            model, there.Select(one => ((double[])[one.Renewals], model.OwnOf(one.Leaving))));
    }
}
