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
    private const int Fitted = 2_000;

    private static readonly string[] Names = ["failedPayments", "repeatedContacts", "rageClicks", "waitingMinutes"];

    /// <summary>The experiment of one seed; so many of the customers are compared.</summary>
    public static CoverageShare Of(ulong seed, int customers)
    {
        var random = new Xoshiro256(seed);
        var prior = new FrustrationCause("", 1.2, 6);
        double[] weights =
            [random.Gamma(4, 80), random.Gamma(4, 10), random.Gamma(4, 16), random.Gamma(4, 20), random.Gamma(4, 160)];
        var cases = new FrustrationCase[Fitted];
        var truths = new double[Fitted];
        for (var i = 0; i < Fitted; i++)
        {
            double[] amounts = [.. new[] { 0.3, 0.5, 0.4, 6 }.Select(mean => Amount(mean, random))];
            truths[i] = 1 - Math.Exp(-weights[0] - amounts.Zip(weights.Skip(1), (a, w) => a * w).Sum());
            cases[i] = new FrustrationCase(amounts, random.NextUnit() < truths[i]);
        }
        var model = FrustrationTraining.Of(Names, cases, prior);
        return CoverageShare.Of(
            model, cases.Zip(truths, (one, truth) => (one.Amounts.ToArray(), truth)).Take(customers));
    }

    // Nothing for half of the customers.
    private static double Amount(double mean, Xoshiro256 random) =>
        random.NextUnit() < 0.5 ? 0 : 2 * mean * random.Exponential();
}
