namespace DToC.Twin.Definitions;

/// <summary>A touchpoint event that is understood.</summary>
/// <param name="Name">The event's <c>type</c>.</param>
/// <param name="Category">Data category of the event.</param>
/// <param name="Signals">Measures read from its properties.</param>
/// <param name="Attributes">Attributes observed in it.</param>
/// <param name="At">Where it was written.</param>
public sealed record EventDefinition(
    string Name, Named Category, IReadOnlyList<SignalDefinition> Signals,
    IReadOnlyList<ObservedAttribute> Attributes, Position At)
{
    /// <summary>What it says came of a decision; null for an event that says nothing of one.</summary>
    public OutcomeDefinition? Outcome { get; init; }
}

/// <summary>What came of a decision.</summary>
public enum OutcomeKind
{
    /// <summary>Another system took charge of it.</summary>
    Accepted,

    /// <summary>It reached the customer.</summary>
    Delivered,

    /// <summary>It did not reach the customer, and will not.</summary>
    Failed,

    /// <summary>The customer saw it.</summary>
    Seen,

    /// <summary>The customer went into it: a click, an answer.</summary>
    Responded,

    /// <summary>The customer did what it was for.</summary>
    Converted,

    /// <summary>The customer refused it.</summary>
    Refused,
}

/// <summary>That an event says what came of a decision.</summary>
/// <param name="Kind">What.</param>
/// <param name="DecisionPath">Where below <c>properties</c> the decision's id stands.</param>
public sealed record OutcomeDefinition(OutcomeKind Kind, string DecisionPath);

/// <summary>Type of a signal.</summary>
public enum SignalType
{
    /// <summary>A number; kept as an integer count of 10^-Decimals.</summary>
    Number,

    /// <summary>Money in the definition's currency; kept as an integer count of 10^-Decimals.</summary>
    Money,

    /// <summary>True or false, read as 1 or 0.</summary>
    Boolean,

    /// <summary>A token (product, category, page): counted by distinct and heavy-hitter features.</summary>
    Token,

    /// <summary>
    /// Mood of a text, a number from -1 to 1; missing where the text has no signal. The text itself is not kept.
    /// </summary>
    Sentiment,
}

/// <summary>How several values under a <c>[]</c> path become one number.</summary>
public enum SignalAggregate
{
    /// <summary>Sum of the values.</summary>
    Sum,

    /// <summary>Number of values.</summary>
    Count,

    /// <summary>Smallest value.</summary>
    Min,

    /// <summary>Largest value.</summary>
    Max,

    /// <summary>First value.</summary>
    First,
}

/// <summary>A measure read from an event.</summary>
/// <param name="Path">Path below <c>properties</c>: <c>total</c>,
/// <c>address.country</c>, <c>products[].price</c>.</param>
/// <param name="Decimals">Digits kept behind the point, 0 to 6.</param>
/// <param name="Unit">Unit for people, for example EUR, pieces, celsius.</param>
/// <param name="Required">An event without it is quarantined.</param>
/// <param name="Min">Smallest plausible value; an event below it is quarantined.</param>
/// <param name="Max">Largest plausible value; an event above it is quarantined.</param>
/// <param name="CurrencyPath">For money: path of the ISO 4217
/// code; without it the definition's currency is meant.</param>
/// <param name="FlagOutliers">Outliers against this customer's own history are flagged and weigh less.</param>
public sealed record SignalDefinition(
    string Name, string Path, SignalType Type, SignalAggregate Aggregate, int Decimals, string? Unit,
    bool Required, double? Min, double? Max, string? CurrencyPath, bool FlagOutliers, Position At)
{
    /// <summary>For the mood of a text: whether the text is kept beside it.</summary>
    public bool KeepText { get; init; }

    /// <summary>For the mood of a text: file of the words it is scored by; null for the shipped scorer.</summary>
    public Named? Lexicon { get; init; }

    /// <summary>File of what emoji say, beside the lexicon's; null for none.</summary>
    public Named? Emoji { get; init; }
}

/// <summary>An attribute read from an event's property.</summary>
public sealed record ObservedAttribute(Named Attribute, string Path);
