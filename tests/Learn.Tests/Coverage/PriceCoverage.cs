using DToC.Learn.Pricing;
using DToC.Twin.Draws;

namespace DToC.Coverage;

/// <summary>
/// Customers with elasticities of their own buy 0 to about 15 times at prices around the usual one; a population is
/// fitted to what they bought, and each customer's 90% interval is compared with the elasticity the customer was made
/// with.
/// </summary>
internal static class PriceCoverage
{
    /// <summary>The experiment of one seed.</summary>
    public static CoverageShare Of(ulong seed, int customers)
    {
        var random = new Xoshiro256(seed);
        var elasticities = new double[customers];
        var histories = new DemandHistory[customers];
        for (var i = 0; i < customers; i++)
        {
            // Who buys more is less sensitive: correlation 0.5.
            var (shared, own) = (random.Normal(), random.Normal());
            var intercept = 2 + 0.8 * shared;
            elasticities[i] = -1.8 + 0.7 * (0.5 * shared + Math.Sqrt(0.75) * own);
            histories[i] = new DemandHistory(regressors: 2);
            for (var left = random.Poisson(6); left > 0; left--)
            {
                var logPrice = 0.25 * random.Normal();
                histories[i].Add([1, logPrice], intercept + elasticities[i] * logPrice + 0.4 * random.Normal());
            }
        }
        if (PriceSensitivityFit.Of(["n", "x", "xx", "y", "xy"], histories) is not PriceFit.Fitted fitted)
            throw new InvalidOperationException("The generated purchases do not identify the model.");
        return CoverageShare.Of(
            fitted.Model, histories.Zip(elasticities, (history, truth) => (history.Sums.ToArray(), truth)));
    }
}
