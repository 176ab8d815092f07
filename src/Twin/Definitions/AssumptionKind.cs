namespace DToC.Twin.Definitions;

/// <summary>What a simulation takes for granted beside its models: one number of the population each.</summary>
public enum AssumptionKind
{
    /// <summary>Share of an order's amount that is margin, at the prices of today.</summary>
    MarginShare,

    /// <summary>Amount of an order, where no model of spend says it.</summary>
    OrderValue,

    /// <summary>Pieces of an order.</summary>
    UnitsPerOrder,

    /// <summary>Probability that an order is sent back.</summary>
    ReturnRate,

    /// <summary>Tickets and calls a week of a customer who is there.</summary>
    ContactsPerWeek,

    /// <summary>Answers to surveys a week of a customer who is there.</summary>
    AnswersPerWeek,

    /// <summary>Hazard of leaving a week, where the model of purchases knows of nobody who leaves.</summary>
    LeavingPerWeek,

    /// <summary>Elasticity of the pieces of an order, where no model of prices says it.</summary>
    PriceOnUnits,

    /// <summary>Elasticity of the number of orders.</summary>
    PriceOnOrders,

    /// <summary>Elasticity of the number of orders to a competitor's price; above 0 for a substitute.</summary>
    CompetitorOnOrders,

    /// <summary>Logarithm of the factor on orders that a depth of 1 has, beyond what the lower price does.</summary>
    PromotionLift,

    /// <summary>Share of the orders won by a promotion that later weeks lack.</summary>
    PromotionPullForward,

    /// <summary>Over how many weeks after a promotion those are missing.</summary>
    PromotionPullWeeks,

    /// <summary>Satisfaction gained by a service level that is higher by 1.</summary>
    ServiceOnSatisfaction,

    /// <summary>Satisfaction gained when the logarithm of the waiting time rises by 1.</summary>
    WaitingOnSatisfaction,

    /// <summary>Logarithm of the factor on orders of a satisfaction that is higher by 1.</summary>
    SatisfactionOnOrders,

    /// <summary>Logarithm of the factor on the hazard of leaving of a satisfaction that is higher by 1.</summary>
    SatisfactionOnLeaving,

    /// <summary>Logarithm of the factor on orders of one more step on the way to an order.</summary>
    StepOnOrders,

    /// <summary>Share of customers of mean affinity who ever adopt what is new.</summary>
    AdoptionShare,

    /// <summary>Mean weeks until they do.</summary>
    AdoptionWeeks,

    /// <summary>Share of orders that an adopter makes in addition.</summary>
    AdoptionLift,

    /// <summary>Elasticity of the number of orders to the index of demand.</summary>
    DemandOnOrders,

    /// <summary>Share of the orders not served that are lost; the others come when there is enough again.</summary>
    ScarcityLoss,

    /// <summary>Standard deviation of a year's change of ln demand that all customers share.</summary>
    SharedShock,

    /// <summary>Weeks from one moment at which a customer asks for an offer to the next.</summary>
    RequestWeeks,

    /// <summary>Share of the offers taken that are an order which would not have come without.</summary>
    OfferOrders,
}

/// <summary>Where the number of an assumption comes from.</summary>
public enum AssumptionSource
{
    /// <summary>From nowhere: a place for a number that is not known yet.</summary>
    None,

    /// <summary>From somebody who says so.</summary>
    Stated,

    /// <summary>From data.</summary>
    Fitted,
}

/// <summary>What may be assumed: bounds, and what holds where nothing is said.</summary>
/// <param name="Kind">What is assumed.</param>
/// <param name="Least">Least value, also of a draw.</param>
/// <param name="Most">Greatest value, also of a draw.</param>
/// <param name="Neutral">Value where nothing is said; null where a lever that needs it is then refused.</param>
/// <param name="Differs">Whether it may differ from customer to customer.</param>
/// <param name="Says">What it is, for people.</param>
public sealed record AssumptionTrait(
    AssumptionKind Kind, double Least, double Most, double? Neutral, bool Differs, string Says)
{
    private const double MostLog = 20;
    private const double MostAmount = 1e9;
    private const double MostRate = 10;

    /// <summary>All, in the order of the enum.</summary>
    public static IReadOnlyList<AssumptionTrait> All { get; } =
    [
        new(AssumptionKind.MarginShare, -1, 1, null, true, "Share of an order's amount that is margin."),
        new(AssumptionKind.OrderValue, 0, MostAmount, null, true,
            "Amount of an order, where no model of spend says it."),
        new(AssumptionKind.UnitsPerOrder, 0, MostAmount, 1, true, "Pieces of an order."),
        new(AssumptionKind.ReturnRate, 0, 1, 0, true, "Probability that an order is sent back."),
        new(AssumptionKind.ContactsPerWeek, 0, MostRate, 0, true, "Tickets and calls a week of one who is there."),
        new(AssumptionKind.AnswersPerWeek, 0, MostRate, 0, true, "Answers to surveys a week of one who is there."),
        new(AssumptionKind.LeavingPerWeek, 0, MostRate, 0, true,
            "Hazard of leaving a week; read where the model of purchases knows of nobody who leaves."),
        new(AssumptionKind.PriceOnUnits, -MostLog, MostLog, null, true,
            "Elasticity of the pieces of an order, where no model of prices says it."),
        new(AssumptionKind.PriceOnOrders, -MostLog, MostLog, 0, true, "Elasticity of the number of orders."),
        new(AssumptionKind.CompetitorOnOrders, -MostLog, MostLog, null, false,
            "Elasticity of the number of orders to a competitor's price."),
        new(AssumptionKind.PromotionLift, -MostLog, MostLog, null, false,
            "Logarithm of the factor on orders of a depth of 1, beyond what the lower price does."),
        new(AssumptionKind.PromotionPullForward, 0, 1, null, false,
            "Share of the orders won by a promotion that later weeks lack."),
        new(AssumptionKind.PromotionPullWeeks, 1, 52, null, false, "Weeks after a promotion that lack them."),
        new(AssumptionKind.ServiceOnSatisfaction, -MostLog, MostLog, null, false,
            "Satisfaction gained by a service level that is higher by 1."),
        new(AssumptionKind.WaitingOnSatisfaction, -MostLog, MostLog, null, false,
            "Satisfaction gained when the logarithm of the waiting time rises by 1."),
        new(AssumptionKind.SatisfactionOnOrders, -MostLog, MostLog, null, false,
            "Logarithm of the factor on orders of a satisfaction that is higher by 1."),
        new(AssumptionKind.SatisfactionOnLeaving, -MostLog, MostLog, null, false,
            "Logarithm of the factor on the hazard of leaving of a satisfaction that is higher by 1."),
        new(AssumptionKind.StepOnOrders, -MostLog, MostLog, null, false,
            "Logarithm of the factor on orders of one more step on the way to an order."),
        new(AssumptionKind.AdoptionShare, 0, 1, null, true,
            "Share of customers of mean affinity who ever adopt what is new."),
        new(AssumptionKind.AdoptionWeeks, 0.01, 520, null, false, "Mean weeks until they do."),
        new(AssumptionKind.AdoptionLift, -1, 10, null, false, "Share of orders that an adopter makes in addition."),
        new(AssumptionKind.DemandOnOrders, -MostLog, MostLog, 1, false,
            "Elasticity of the number of orders to the index of demand."),
        new(AssumptionKind.ScarcityLoss, 0, 1, null, false,
            "Share of the orders not served that are lost; the others come when there is enough again."),
        new(AssumptionKind.SharedShock, 0, 2, 0, false,
            "Standard deviation of a year's change of ln demand that all customers share."),
        new(AssumptionKind.RequestWeeks, 1, 520, 4, false,
            "Weeks from one moment at which a customer asks for an offer to the next."),
        new(AssumptionKind.OfferOrders, 0, 1, 0, false,
            "Share of the offers taken that are an order which would not have come without."),
    ];

    /// <summary>The trait of a kind.</summary>
    public static AssumptionTrait Of(AssumptionKind kind) => All[(int)kind];
}
