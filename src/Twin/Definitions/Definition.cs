namespace DToC.Twin.Definitions;

/// <summary>
/// What a customer is for one industry, as written in its file: read and checked for shape, not yet compiled.
/// Lists keep the order of the file.
/// </summary>
public sealed record Definition
{
    /// <summary>Short name, for example <c>retail</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Version as the author counts it; the content hash, not this, identifies a definition.</summary>
    public required string Version { get; init; }

    /// <summary>One or two sentences for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>IANA time zone of days, hour-of-week profiles and quiet hours; <c>UTC</c> unless given.</summary>
    public required Named TimeZone { get; init; }

    /// <summary>ISO 4217 code in which money signals are summed; null when the definition has none.</summary>
    public string? Currency { get; init; }

    /// <summary>Value of one unit of a foreign currency in <see cref="Currency"/>.</summary>
    public IReadOnlyList<CurrencyRate> CurrencyRates { get; init; } = [];

    /// <summary>
    /// Kinds of customer, the default first: person, household, businessAccount, patient, machine, ...
    /// </summary>
    public required IReadOnlyList<Named> CustomerKinds { get; init; }

    /// <summary>Relations between customers that do not merge them.</summary>
    public IReadOnlyList<RelationDefinition> Relations { get; init; } = [];

    /// <summary>Facets of a customer that are kept apart.</summary>
    public IReadOnlyList<PersonaDefinition> Personas { get; init; } = [];

    /// <summary>
    /// Data category of what the customer says of personas: which one to be, and who a pseudonymous one is. Null where
    /// none can be chosen.
    /// </summary>
    public Named? PersonaCategory { get; init; }

    /// <summary>Identifiers that lead to a customer id.</summary>
    public IReadOnlyList<IdentifierDefinition> Identifiers { get; init; } = [];

    /// <summary>Purposes for which data are used.</summary>
    public required IReadOnlyList<Named> Purposes { get; init; }

    /// <summary>
    /// Purposes that sell personal data or share them for advertising across contexts (CCPA, Cal. Civ. Code 1798.120);
    /// a customer may opt out of them, by a signal of the browser too.
    /// </summary>
    public IReadOnlyList<Named> SaleOrSharing { get; init; } = [];

    /// <summary>Data categories with their retention and legal bases.</summary>
    public required IReadOnlyList<CategoryDefinition> Categories { get; init; }

    /// <summary>Systems that send events.</summary>
    public IReadOnlyList<SourceDefinition> Sources { get; init; } = [];

    /// <summary>Whether an event of a source that is not listed is folded (true) or quarantined.</summary>
    public bool AcceptUnknownSources { get; init; } = true;

    /// <summary>
    /// Properties of the customer, as opposed to what the customer did; and, behind them, the relations that something
    /// can be said of, and what can be said of personas.
    /// </summary>
    public IReadOnlyList<AttributeDefinition> Attributes { get; init; } = [];

    /// <summary>Touchpoint events that are understood.</summary>
    public required IReadOnlyList<EventDefinition> Events { get; init; }

    /// <summary>Names of the lexicon files that texts of events are scored by, each once.</summary>
    public IReadOnlyList<string> Lexicons =>
    [
        .. Events.SelectMany(type => type.Signals).SelectMany(signal => new[] { signal.Lexicon, signal.Emoji })
            .OfType<Named>().Select(named => named.Name).Distinct(StringComparer.Ordinal),
    ];

    /// <summary>Features derived from the state.</summary>
    public IReadOnlyList<FeatureDefinition> Features { get; init; } = [];

    /// <summary>Minutes of silence that end a session.</summary>
    public int SessionGapMinutes { get; init; } = 30;

    /// <summary>The journey, or null when the definition has none.</summary>
    public JourneyDefinition? Journey { get; init; }

    /// <summary>Models in the order they are evaluated; a later one may read an earlier one's score.</summary>
    public IReadOnlyList<ModelDefinition> Models { get; init; } = [];

    /// <summary>Segments: rules whose members change.</summary>
    public IReadOnlyList<SegmentDefinition> Segments { get; init; } = [];

    /// <summary>What simulations rest on; null where none can be run.</summary>
    public SimulationDefinition? Simulation { get; init; }

    /// <summary>
    /// Hours after which segments that time changes, at moments that cannot be computed, are looked at again.
    /// </summary>
    public double SegmentTickHours { get; init; } = 1;

    /// <summary>What of a customer is at risk; null when the definition does not say.</summary>
    public RuleText? ValueAtRisk { get; init; }

    /// <summary>What makes a turn decide.</summary>
    public IReadOnlyList<TriggerDefinition> Triggers { get; init; } = [];

    /// <summary>Channels an offer can leave by.</summary>
    public IReadOnlyList<ChannelDefinition> Channels { get; init; } = [];

    /// <summary>Contact rules over all outbound channels together.</summary>
    public ContactRules ContactPolicy { get; init; } = ContactRules.None;

    /// <summary>The stable control group.</summary>
    public HoldoutDefinition? Holdout { get; init; }

    /// <summary>Candidates of a decision.</summary>
    public IReadOnlyList<OfferDefinition> Offers { get; init; } = [];
}

/// <summary>A place in the definition file. Both count from 1.</summary>
public readonly record struct Position(int Line, int Column);

/// <summary>A name with the place where it was written.</summary>
public readonly record struct Named(string Name, Position At);

/// <summary>The text of a rule with the place of its first character (behind the quote).</summary>
public readonly record struct RuleText(string Text, Position At);

/// <summary>Value of one unit of <paramref name="Currency"/> in the definition's currency; above 0.</summary>
public sealed record CurrencyRate(string Currency, double Rate, Position At);

/// <summary>A system that sends events.</summary>
/// <param name="Enabled">False refuses every event of this source (the switch of a source gone mad).</param>
public sealed record SourceDefinition(string Name, bool Enabled, Position At);

/// <summary>Type of an attribute.</summary>
public enum AttributeType
{
    /// <summary>Text of bounded length.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,
}

/// <summary>How the value of an attribute came to be known; the order is the default precedence.</summary>
public enum AttributeOrigin
{
    /// <summary>Concluded by a model or rule.</summary>
    Inferred = 0,

    /// <summary>Bought or matched from elsewhere.</summary>
    Enriched = 1,

    /// <summary>Read from an event.</summary>
    Observed = 2,

    /// <summary>Said by the customer.</summary>
    Declared = 3,
}

/// <summary>An attribute of a customer.</summary>
/// <param name="MaxLength">Longest text in UTF-8 bytes; 1 to 1,024.</param>
/// <param name="Precedence">Origins, the strongest first; a value yields only to one at least as strong.</param>
public sealed record AttributeDefinition(
    string Name, AttributeType Type, Named Category, int MaxLength,
    IReadOnlyList<AttributeOrigin> Precedence, double? Min, double? Max, Position At)
{
    /// <summary>Of a relation: most customers it may name; 0 of any other attribute.</summary>
    public int MaxTargets { get; init; }

    /// <summary>Whether it keeps a relation: ids of customers, one a line.</summary>
    public bool IsRelation => MaxTargets > 0;

    /// <summary>The customers that a relation's value names.</summary>
    public static IReadOnlyList<string> TargetsOf(string text) =>
        text.Split(RelationDefinition.Separator, StringSplitOptions.RemoveEmptyEntries);
}
