using DToC.Learn.CustomerBase;
using DToC.Twin.Draws;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Coverage;

/// <summary>Mean spend of customers with 1 to 6 repeat purchases: the truth is one's own mean.</summary>
internal static class SpendCoverage
{
    private static readonly GammaGamma Truth = new(6.25, 3.74, 15.44);

    /// <summary>See <see cref="CoverageExperiment.CoveredOf"/>.</summary>
    public static (double Covered, double Asked) Of(int customers, Xoshiro256 random)
    {
        var spends = new MeanSpend[customers];
        var own = new double[customers];
        for (var i = 0; i < customers; i++)
        {
            var x = Math.Floor(1 + 6 * random.NextUnit());
            var rate = random.Gamma(Truth.Q, Truth.V);
            own[i] = Truth.P / rate;
            spends[i] = new MeanSpend(x, random.Gamma(Truth.P * x, rate) / x);
        }
        var fit = SpendFit.Of(spends).Expect();
        var model = new SpendForecast(
            new SpendParameters(fit.Model, new LogCovariance(3, [.. fit.Covariance])), ["x", "mean"]);
        var covered = 0;
        for (var i = 0; i < customers; i++)
        {
            if (model.IntervalOf([spends[i].X, spends[i].Mean], CoverageExperiment.Level) is { } interval
                && own[i] >= interval.Low && own[i] <= interval.High)
                covered++;
        }
        return (covered, customers);
    }
}
