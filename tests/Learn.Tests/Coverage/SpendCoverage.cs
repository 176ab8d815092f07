using DToC.Learn.CustomerBase;
using DToC.Twin.Draws;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Coverage;

/// <summary>Mean spend of customers with 1 to 6 repeat purchases: the truth is one's own mean.</summary>
internal static class SpendCoverage
{
    private static readonly GammaGamma Truth = new(6.25, 3.74, 15.44);

    /// <summary>The experiment of one seed.</summary>
    public static CoverageShare Of(ulong seed, int customers)
    {
        var random = new Xoshiro256(seed);
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
        return CoverageShare.Of(model, spends.Zip(own, (spend, truth) => ((double[])[spend.X, spend.Mean], truth)));
    }
}
