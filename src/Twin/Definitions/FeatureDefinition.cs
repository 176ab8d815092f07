namespace DToC.Twin.Definitions;

/// <summary>Kinds of feature. The first group is commutative, the second is defined on the sorted events.</summary>
public enum FeatureKind
{
    /// <summary>Number of events.</summary>
    Count,

    /// <summary>Sum of a signal.</summary>
    Sum,

    /// <summary>Exponentially decayed number of events.</summary>
    DecayedCount,

    /// <summary>Exponentially decayed sum of a signal.</summary>
    DecayedSum,

    /// <summary>Days since the last event.</summary>
    Recency,

    /// <summary>Days since the first event.</summary>
    Age,

    /// <summary>Smallest value of a signal.</summary>
    Min,

    /// <summary>Largest value of a signal.</summary>
    Max,

    /// <summary>Number of distinct tokens (HyperLogLog).</summary>
    Distinct,

    /// <summary>Share of the events that fell into the current hour of the week.</summary>
    HourOfWeek,

    /// <summary>Quotient of two features; missing when the denominator is 0.</summary>
    Ratio,

    /// <summary>Value of a rule over earlier features.</summary>
    Expression,

    /// <summary>Value of a numeric or boolean attribute.</summary>
    Attribute,

    /// <summary>Value of a signal in the last event.</summary>
    Last,

    /// <summary>Mean of a signal; outliers weigh less when the signal flags them.</summary>
    Mean,

    /// <summary>Number of events whose value was an outlier against this customer's own history.</summary>
    Outliers,

    /// <summary>Mean days between events.</summary>
    InterEventMean,

    /// <summary>Variance of the days between events.</summary>
    InterEventVariance,

    /// <summary>Share of the most frequent token (Space-Saving); the token itself is its text.</summary>
    HeavyHitters,

    /// <summary>Number of sessions.</summary>
    Sessions,

    /// <summary>Days in the present journey stage.</summary>
    TimeInStage,

    /// <summary>
    /// Statistics of customer-base models, as four features: <c>NAME.x</c> repeat purchase days, <c>NAME.t_x</c>
    /// and <c>NAME.T</c> in units of <c>unitDays</c>, <c>NAME.mean_spend</c> per repeat purchase day.
    /// </summary>
    PurchaseHistory,

    /// <summary>
    /// The last event: <c>NAME.event</c>, the <see cref="NameCode"/> of its name, and <c>NAME.days</c> since.
    /// </summary>
    LastEvent,

    /// <summary>The <see cref="NameCode"/> of the present journey stage.</summary>
    Stage,

    /// <summary>
    /// What is in a customer's baskets, the newer the more it counts: <c>NAME.baskets</c> decayed number of baskets,
    /// then for each token kept <c>NAME.token1</c>, its <see cref="NameCode"/>, and <c>NAME.count1</c>, decayed number
    /// of baskets it was surely in (Space-Saving).
    /// </summary>
    Basket,

    /// <summary>
    /// Satisfaction that nobody sees, followed through the answers customers give, as three features of the state
    /// after the last answer: <c>NAME.mean</c>, <c>NAME.variance</c>, and <c>NAME.days</c> since it.
    /// </summary>
    LatentLevel,

    /// <summary>
    /// Sums of a demand model over events with a price and a quantity above 0, x and y their natural logarithms, as
    /// five features: <c>NAME.n</c>, <c>NAME.x</c>, <c>NAME.xx</c>, <c>NAME.y</c>, <c>NAME.xy</c>.
    /// </summary>
    DemandSums,

    /// <summary>
    /// Exponentially decayed number of bursts: so many events, or of one token, within so many seconds.
    /// </summary>
    Bursts,
}

/// <summary>A feature.</summary>
/// <param name="Of">Events (<c>Order Completed</c>) or signals (<c>Order Completed.total</c>) it reads.</param>
/// <param name="HalfLifeDays">For decayed kinds and baskets; above 0.</param>
/// <param name="Capacity">For heavy hitters and baskets: tokens kept, 1 to 32.</param>
/// <param name="Precision">For distinct: 2^Precision registers, 4 to 12.</param>
/// <param name="BucketHours">For the hour-of-week profile: width of a bucket, a divisor of 24.</param>
/// <param name="UnitDays">For purchase history: days in a unit of time, 7 for weeks.</param>
/// <param name="Numerator">For ratio.</param>
/// <param name="Denominator">For ratio.</param>
/// <param name="Attribute">For attribute.</param>
/// <param name="Expression">For expression.</param>
public sealed record FeatureDefinition(
    string Name, FeatureKind Kind, IReadOnlyList<Named> Of, double HalfLifeDays, int Capacity, int Precision,
    int BucketHours, double UnitDays, Named? Numerator, Named? Denominator, Named? Attribute,
    RuleText? Expression, Position At)
{
    /// <summary>For a latent level.</summary>
    public LevelDefinition? Level { get; init; }

    /// <summary>For demand sums: signal of the price.</summary>
    public Named? Price { get; init; }

    /// <summary>For demand sums: signal of the quantity, of the same event.</summary>
    public Named? Quantity { get; init; }

    /// <summary>For bursts: events that make one, 2 to 8.</summary>
    public int Clicks { get; init; }

    /// <summary>For bursts: seconds from the first event of one to its last; above 0.</summary>
    public double WithinSeconds { get; init; }
}

/// <summary>The journey a customer goes through.</summary>
/// <param name="Initial">Stage of a customer with no event.</param>
public sealed record JourneyDefinition(
    Named Initial, IReadOnlyList<StageDefinition> Stages, IReadOnlyList<TransitionDefinition> Transitions);

/// <summary>
/// A stage; after <paramref name="IdleDays"/> without an event that leads here it gives way to another.
/// </summary>
public sealed record StageDefinition(string Name, double? IdleDays, Named? IdleTo, Position At);

/// <summary>
/// An event of a name in <paramref name="On"/> moves from
/// one of <paramref name="From"/> (empty: any) to a stage.
/// </summary>
public sealed record TransitionDefinition(
    IReadOnlyList<Named> On, IReadOnlyList<Named> From, Named To, Position At);

/// <summary>A segment: customers for whom the rule holds.</summary>
public sealed record SegmentDefinition(string Name, Named Purpose, RuleText Rule, Position At)
{
    /// <summary>One or two sentences for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>Whether it was made beside the definition; positions are then those in what was sent.</summary>
    public bool IsAdded { get; init; }
}
