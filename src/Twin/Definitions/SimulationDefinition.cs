namespace DToC.Twin.Definitions;

/// <summary>What a simulation of the customers rests on.</summary>
/// <param name="Purpose">Purpose it serves; what it reads of a customer needs a basis for it.</param>
/// <param name="Purchases">Model of purchases.</param>
/// <param name="At">Where it was written.</param>
public sealed record SimulationDefinition(Named Purpose, Named Purchases, Position At)
{
    /// <summary>Model of the amount of an order; null when the assumption stands in.</summary>
    public Named? Spend { get; init; }

    /// <summary>Model of price sensitivity; null when the assumption stands in.</summary>
    public Named? Prices { get; init; }

    /// <summary>Model of satisfaction; null when none is followed.</summary>
    public Named? Satisfaction { get; init; }

    /// <summary>Model of what promotions do; null, or one still to be fitted, leaves it to assumptions.</summary>
    public Named? Promotions { get; init; }

    /// <summary>Model of affinity to tokens, for what is new; null for none.</summary>
    public Named? Affinity { get; init; }

    /// <summary>Model of what stage comes next; null where orders and silence alone move customers.</summary>
    public Named? NextStage { get; init; }

    /// <summary>What else is taken for granted, each kind once.</summary>
    public IReadOnlyList<AssumptionDefinition> Assumptions { get; init; } = [];

    /// <summary>Categories of goods that have prices of their own.</summary>
    public IReadOnlyList<PriceCategoryDefinition> Categories { get; init; } = [];

    /// <summary>Signal of the event that a return is, or null.</summary>
    public Named? Returned { get; init; }

    /// <summary>Event that a contact is, or null.</summary>
    public Named? Contact { get; init; }

    /// <summary>Signal of the event that an answer to a survey is, or null.</summary>
    public Named? Answered { get; init; }

    /// <summary>What comes of offers that are taken.</summary>
    public IReadOnlyList<OfferEffectDefinition> Offers { get; init; } = [];

    /// <summary>What was seen of levers, each once.</summary>
    public IReadOnlyList<ObservedDefinition> Observed { get; init; } = [];
}

/// <summary>A number that is taken for granted, with how sure it is.</summary>
/// <param name="Kind">What of.</param>
/// <param name="Value">The number.</param>
/// <param name="StandardError">How sure it is; 0 for certain.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Note">What it rests on, for people; null for nothing.</param>
/// <param name="Spread">Standard deviation over customers.</param>
/// <param name="Own">A customer's own value; where it is missing, the population's stands.</param>
/// <param name="At">Where it was written.</param>
public sealed record AssumptionDefinition(
    AssumptionKind Kind, double Value, double StandardError, AssumptionSource Source, string? Note, double Spread,
    RuleText? Own, Position At);

/// <summary>A category of goods.</summary>
/// <param name="Name">Its name in scenarios.</param>
/// <param name="Share">Share of an order's pieces and amount.</param>
/// <param name="Elasticity">Of its pieces; null for what holds for all goods.</param>
/// <param name="At">Where it was written.</param>
public sealed record PriceCategoryDefinition(
    string Name, double Share, AssumptionDefinition? Elasticity, Position At);

/// <summary>What comes of an offer that is taken.</summary>
/// <param name="Offer">The offer.</param>
/// <param name="Orders">Share that are an order which would not have come without; null for what holds for all.</param>
/// <param name="Discount">Share taken off that order, or off the next one.</param>
/// <param name="Cost">What one that is taken costs, in the definition's currency.</param>
public sealed record OfferEffectDefinition(Named Offer, AssumptionDefinition? Orders, double Discount, double Cost);

/// <summary>What can be turned in a scenario, as far as one can say what of it was ever observed.</summary>
public enum LeverMeasure
{
    /// <summary>Factor on prices.</summary>
    PriceFactor,

    /// <summary>Share taken off prices by a promotion.</summary>
    PromotionDepth,

    /// <summary>Change of the service level.</summary>
    ServiceLevel,

    /// <summary>Factor on the waiting time.</summary>
    WaitingFactor,

    /// <summary>Steps more, or fewer, on the way to an order.</summary>
    JourneySteps,

    /// <summary>Index of demand, 1 for today's.</summary>
    DemandIndex,

    /// <summary>Inflation a year.</summary>
    InflationRate,

    /// <summary>Factor on a competitor's prices.</summary>
    CompetitorFactor,

    /// <summary>Share of demand that can be served.</summary>
    ServedShare,

    /// <summary>Weight of an offer.</summary>
    OfferWeight,

    /// <summary>Contacts a week.</summary>
    ContactsCapped,

    /// <summary>Share of orders an adopter of something new makes in addition.</summary>
    AdoptionLift,
}

/// <summary>The values of a lever that were ever observed.</summary>
public sealed record ObservedDefinition(LeverMeasure Measure, double From, double Until);
