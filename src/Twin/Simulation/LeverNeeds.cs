using DToC.Twin.Definitions;
using DToC.Twin.Plan;

namespace DToC.Twin.Simulation;

/// <summary>What levers rest on.</summary>
internal static class LeverNeeds
{
    /// <summary>Assumptions that the effect of a lever rests on, beside those of every path.</summary>
    public static IEnumerable<AssumptionKind> Of(Lever lever, SimulationPlan plan)
    {
        switch (lever)
        {
            case Lever.Price price:
                return OfPrice(price.Category, plan);
            case Lever.Inflation:
                return OfPrice(-1, plan);
            case Lever.Promotion promotion:
                return [.. OfPrice(promotion.Category, plan), AssumptionKind.PromotionLift, .. OfPull(promotion)];
            case Lever.Product:
                return [AssumptionKind.AdoptionShare, AssumptionKind.AdoptionWeeks, AssumptionKind.AdoptionLift];
            case Lever.ServiceLevel service:
                return OfService(service);
            case Lever.Journey:
                return [AssumptionKind.StepOnOrders];
            case Lever.Demand:
                return [AssumptionKind.DemandOnOrders];
            case Lever.Competitor:
                return [AssumptionKind.CompetitorOnOrders];
            case Lever.Scarcity:
                return [AssumptionKind.ScarcityLoss];
            default:
                return [];
        }
    }

    /// <summary>What of a lever can be compared with what was observed.</summary>
    public static IEnumerable<(LeverMeasure Measure, double Value)> Measured(Lever lever, SimulationPlan plan) =>
        lever switch
        {
            Lever.Price price => [(LeverMeasure.PriceFactor, price.Factor)],
            Lever.Promotion promotion => [(LeverMeasure.PromotionDepth, promotion.Depth)],
            Lever.Product => [(LeverMeasure.AdoptionLift, plan.Assumptions[(int)AssumptionKind.AdoptionLift].Value)],
            Lever.ServiceLevel { WaitingFactor: 1 } service => [(LeverMeasure.ServiceLevel, service.Level)],
            Lever.ServiceLevel { Level: 0 } service => [(LeverMeasure.WaitingFactor, service.WaitingFactor)],
            Lever.ServiceLevel service =>
                [(LeverMeasure.ServiceLevel, service.Level), (LeverMeasure.WaitingFactor, service.WaitingFactor)],
            Lever.Journey journey => [(LeverMeasure.JourneySteps, journey.Steps)],
            Lever.Demand demand => [(LeverMeasure.DemandIndex, demand.Index)],
            Lever.Inflation inflation => [(LeverMeasure.InflationRate, inflation.Rate)],
            Lever.Competitor competitor => [(LeverMeasure.CompetitorFactor, competitor.Factor)],
            Lever.Scarcity scarcity => [(LeverMeasure.ServedShare, scarcity.Served)],
            Lever.Offers offers => [(LeverMeasure.OfferWeight, offers.Weight)],
            Lever.Contacts contacts => [(LeverMeasure.ContactsCapped, contacts.Count * 7 / contacts.Days)],
            _ => throw new InvalidOperationException($"Unknown lever {lever.GetType().Name}."),
        };

    private static IEnumerable<AssumptionKind> OfPrice(int category, SimulationPlan plan)
    {
        var isKnown = plan.Prices >= 0 || (category >= 0 && plan.Categories[category].Elasticity is not null);
        return isKnown ? [AssumptionKind.PriceOnOrders] : [AssumptionKind.PriceOnUnits, AssumptionKind.PriceOnOrders];
    }

    private static AssumptionKind[] OfPull(Lever.Promotion promotion) => promotion.PullForward is null
        ? [AssumptionKind.PromotionPullForward, AssumptionKind.PromotionPullWeeks]
        : [AssumptionKind.PromotionPullWeeks];

    private static List<AssumptionKind> OfService(Lever.ServiceLevel service)
    {
        List<AssumptionKind> kinds = [AssumptionKind.SatisfactionOnOrders, AssumptionKind.SatisfactionOnLeaving];
        if (service.Level != 0) kinds.Add(AssumptionKind.ServiceOnSatisfaction);
        if (service.WaitingFactor != 1) kinds.Add(AssumptionKind.WaitingOnSatisfaction);
        return kinds;
    }
}
