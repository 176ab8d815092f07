using DToC.Twin.Draws;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Coverage;

/// <summary>
/// Whether intervals hold what they say: customers are generated from known parameters; a model is fitted on what
/// can be seen of them; and of each customer the 90% interval is asked whether it holds the customer's own
/// expected value or probability, which only the generator knows.
/// </summary>
/// <param name="Kind">Word of the model's stored form.</param>
/// <param name="CoveredOf">
/// How many intervals held the truth, of how many, for so many customers generated from a seed.
/// </param>
internal sealed record CoverageExperiment(
    string Kind, Func<int, Xoshiro256, (double Covered, double Asked)> CoveredOf)
{
    /// <summary>Level of the intervals.</summary>
    public const double Level = 0.9;

    private const int Customers = 2_000;
    private const int Seeds = 20;

    /// <summary>Share covered over all seeds, then the least and the greatest share of a seed.</summary>
    public double[] Figures() => Figures(Customers, Seeds);

    /// <summary>As <see cref="Figures()"/> for so many customers of so many seeds, 1, 2, ...</summary>
    public double[] Figures(int customers, int seeds)
    {
        var (covered, asked, least, most) = (0.0, 0.0, 1.0, 0.0);
        for (var seed = 1UL; seed <= (ulong)seeds; seed++)
        {
            var (held, of) = CoveredOf(customers, new Xoshiro256(seed));
            (covered, asked) = (covered + held, asked + of);
            (least, most) = (Math.Min(least, held / of), Math.Max(most, held / of));
        }
        return [covered / asked, least, most];
    }
}

/// <summary>An experiment for each kind of model of the customer base.</summary>
internal static class CoverageExperiments
{
    /// <summary>
    /// Parameters are those published for CDNOW, the donations and the high-end cohort, or near them.
    /// </summary>
    public static IReadOnlyList<CoverageExperiment> All { get; } =
    [
        OfBuyers(new BgNbd(0.243, 4.414, 0.793, 2.426), BuyerSimulation.LeavingAfterPurchases, new(13, 52, 26)),
        OfBuyers(new MbgNbd(0.525, 6.183, 0.891, 1.614), BuyerSimulation.LeavingAfterPurchases, new(26, 78, 26)),
        OfBuyers(new ParetoNbd(0.553, 10.58, 0.606, 11.67), BuyerSimulation.LeavingAtAnyTime, new(13, 52, 26)),
        OfBuyers(new BgBb(1.204, 0.75, 0.657, 2.783), BuyerSimulation.AtOpportunities, new(3, 8, 5)),
        OfBuyers(new Nbd(0.385, 12.08), BuyerSimulation.NeverLeaving, new(13, 52, 26)),
        new(SpendForecast.KindWord, SpendCoverage.Of),
        new(RetentionForecast.KindWord, RetentionCoverage.Of),
        new(HazardForecast.KindWord, HazardCoverage.Of),
    ];

    private static CoverageExperiment OfBuyers<TProcess>(
        TProcess truth, PurchasesOfBuyer simulate, PurchaseCoverage asked)
        where TProcess : struct, IPurchaseProcess<TProcess> =>
        new(TProcess.KindWord, (customers, random) => asked.Of(truth, simulate, customers, random));
}
