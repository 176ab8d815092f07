using DToC.Twin;
using DToC.Twin.Events;

namespace DToC.Grains;

/// <summary>
/// What is assumed: of a customer, or of somebody made up. It holds nothing of the customer's own; folded on top of
/// the customer's twin it gives a <see cref="HypotheticalTwin"/>.
/// </summary>
public sealed record Hypothesis
{
    /// <summary>Most of <see cref="Without"/>.</summary>
    public const int MaxWithout = 256;

    /// <summary>Names the hypothetical twin, in the form of a <see cref="HypotheticalId"/>.</summary>
    public required string Id { get; init; }

    /// <summary>When it was made: the time of its turns, unless it stands at another.</summary>
    public required Instant MadeAt { get; init; }

    /// <summary>The moment it stands at, past or to come; null for whenever it is looked at.</summary>
    public Instant? At { get; init; }

    /// <summary>Ids or types of events that are assumed not to have happened.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <summary>What is assumed to have been said of purposes. Of a customer: nothing that allows more.</summary>
    public IReadOnlyList<ConsentChange> Consents { get; init; } = [];

    /// <summary>Attributes in the place of those known.</summary>
    public IReadOnlyList<AttributeChange> Attributes { get; init; } = [];

    /// <summary>The persona assumed to be chosen; null leaves the choice.</summary>
    public string? Persona { get; init; }

    /// <summary>
    /// Values by context key (see <see cref="ContextKeys"/>) that stand over all that events bring; null leaves one.
    /// </summary>
    public IReadOnlyList<string?> Context { get; init; } = new string?[ContextKeys.Count];

    /// <summary>Events that are assumed to have happened besides, in the order they were thought of.</summary>
    public IReadOnlyList<AssumedEvents> Events { get; init; } = [];

    /// <summary>The time of turns: where it stands, or when it was made.</summary>
    public Instant Moment => At ?? MadeAt;

    /// <summary>Where it stands when it is looked at.</summary>
    public Instant AsOf(Instant now) => At ?? now;

    /// <summary>With the history and the moment of this one, and nothing else assumed.</summary>
    public Hypothesis Bare => new() { Id = Id, MadeAt = MadeAt, At = At };
}

/// <summary>Events that were thought of together.</summary>
/// <param name="At">The time of their turn.</param>
/// <param name="Events">The events, in any order.</param>
public sealed record AssumedEvents(Instant At, IReadOnlyList<TouchpointEvent> Events);
