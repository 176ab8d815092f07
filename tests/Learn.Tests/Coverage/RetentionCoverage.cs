using DToC.Learn.CustomerBase;
using DToC.Twin.Draws;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Coverage;

/// <summary>
/// Contracts of 1 to 8 renewals due: of those still there, the probability of the next four renewals; the truth is
/// that of one's own probability of leaving.
/// </summary>
internal static class RetentionCoverage
{
    private const int Horizon = 4;
    private const int Most = 8;

    private static readonly ShiftedBetaGeometric Truth = new(0.668, 3.806);

    /// <summary>See <see cref="CoverageExperiment.CoveredOf"/>.</summary>
    public static (double Covered, double Asked) Of(int customers, Xoshiro256 random)
    {
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
            fit.Model, RetentionOutput.Survival, Horizon, Discount.None, "renewals",
            new LogCovariance(2, [.. fit.Covariance]));
        var covered = 0;
        foreach (var (renewals, leaving) in there)
        {
            var own = model.OwnOf(leaving);
            if (model.IntervalOf([renewals], CoverageExperiment.Level) is { } interval
                && own >= interval.Low && own <= interval.High)
                covered++;
        }
        return (covered, there.Count);
    }
}
