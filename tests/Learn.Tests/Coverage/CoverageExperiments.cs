using DToC.Twin.Models.CustomerBase;

namespace DToC.Coverage;

/// <summary>An experiment for each kind of model and each thing it is asked.</summary>
/// <remarks>Not asked are complements: the interval of leaving is that of staying, turned round.</remarks>
internal static class CoverageExperiments
{
    /// <summary>
    /// Parameters are those published for CDNOW, the donations and the high-end cohort, or near them.
    /// </summary>
    public static IReadOnlyList<CoverageExperiment> All { get; } =
    [
        .. new PurchaseCoverage<BgNbd>(
            new(0.243, 4.414, 0.793, 2.426), BuyerSimulation.LeavingAfterPurchases, new(13, 52, 26, 0.003)).All(),
        .. new PurchaseCoverage<MbgNbd>(
            new(0.525, 6.183, 0.891, 1.614), BuyerSimulation.LeavingAfterPurchases, new(26, 78, 26, 0.003)).All(),
        .. new PurchaseCoverage<ParetoNbd>(
            new(0.553, 10.58, 0.606, 11.67), BuyerSimulation.LeavingAtAnyTime, new(13, 52, 26, 0.003)).All(),
        .. new PurchaseCoverage<BgBb>(
            new(1.204, 0.75, 0.657, 2.783), BuyerSimulation.AtOpportunities, new(3, 8, 5, 0.1)).All(),
        .. new PurchaseCoverage<Nbd>(
            new(0.385, 12.08), BuyerSimulation.NeverLeaving, new(13, 52, 26, 0.003)).All(),
        new("gammaGamma", SpendCoverage.Of),
        .. RetentionCoverage.All,
        new("hazard", HazardCoverage.Of, QuickCustomers: 4_000),
        new("logistic", PropensityCoverage.OfLogistic, QuickCustomers: 50, QuickSeeds: 40),
        new("logistic_calibrated", PropensityCoverage.OfCalibratedLogistic, QuickCustomers: 50, QuickSeeds: 40),
        new("trees", PropensityCoverage.OfTrees),
        new("trees_amount", PropensityCoverage.OfAmounts),
        new("calibrated", PropensityCoverage.OfCalibratedTrees),
        new("price", PriceCoverage.Of),
        new("satisfaction", SatisfactionCoverage.Of),
        new("frustration", FrustrationCoverage.Of, QuickCustomers: 50, QuickSeeds: 20),
        new("affinity", AffinityCoverage.Of),
        new("next_event", TransitionCoverage.Events.OfNext, QuickCustomers: 300, QuickSeeds: 6),
        new("next_event_any", TransitionCoverage.Events.OfAny, QuickCustomers: 300, QuickSeeds: 6),
        new("next_event_when", TransitionCoverage.Events.OfWhen, QuickCustomers: 300, QuickSeeds: 6),
        new("journey", TransitionCoverage.Stages.OfNext, QuickCustomers: 300, QuickSeeds: 6),
        new("journey_any", TransitionCoverage.Stages.OfAny, QuickCustomers: 300, QuickSeeds: 6),
        new("journey_when", TransitionCoverage.Stages.OfWhen, QuickCustomers: 300, QuickSeeds: 6),
    ];
}
