using DToC.Learn.Frustration;
using DToC.Twin.Draws;
using DToC.Twin.Models.Frustration;

namespace DToC.Coverage;

/// <summary>
/// Customers meet failed payments, repeated contacts, rage clicks and waiting, and have enough as true weights drawn
/// for each seed say; weights are fitted to what came, and each customer's 90% interval is compared with the
/// probability the customer was made with. All customers share the weights, so a seed's share is far from 0.9 more
/// often than one of independent intervals; the seeds together are what is compared.
/// </summary>
internal static class FrustrationCoverage
{
    private static readonly string[] Names = ["failedPayments", "repeatedContacts", "rageClicks", "waitingMinutes"];

    /// <summary>The experiment of one seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="customers">Customers the weights are fitted to.</param>
    /// <param name="compared">How many of them are compared, the first ones.</param>
    public static CoverageShare Of(ulong seed, int customers, int compared)
    {
        var random = new Xoshiro256(seed);
        var prior = new FrustrationCause("", 1.2, 6);
        double[] weights =
            [random.Gamma(4, 80), random.Gamma(4, 10), random.Gamma(4, 16), random.Gamma(4, 20), random.Gamma(4, 160)];
        var cases = new FrustrationCase[customers];
        var truths = new double[customers];
        for (var i = 0; i < customers; i++)
        {
            double[] amounts = [.. new[] { 0.3, 0.5, 0.4, 6 }.Select(mean => Amount(mean, random))];
            truths[i] = 1 - Math.Exp(-weights[0] - amounts.Zip(weights.Skip(1), (a, w) => a * w).Sum());
            cases[i] = new FrustrationCase(amounts, random.NextUnit() < truths[i]);
        }
        var model = FrustrationTraining.Of(Names, cases, prior);
        var held = 0;
        for (var i = 0; i < compared; i++)
        {
            var interval = model.IntervalOf(cases[i].Amounts, 0.9)
                ?? throw new InvalidOperationException("A customer has no interval.");
            if (interval.Low <= truths[i] && truths[i] <= interval.High) held++;
        }
        return new CoverageShare(held, compared);
    }

    // Nothing for half of the customers.
    private static double Amount(double mean, Xoshiro256 random) =>
        random.NextUnit() < 0.5 ? 0 : 2 * mean * random.Exponential();
}
