namespace DToC.Twin.Definitions.Reading;

/// <summary>Makes records of a checked document. Defaults stand here and in the docstrings of the records.</summary>
internal static class DefinitionMapping
{
    private static readonly IReadOnlyList<AttributeOrigin> DefaultPrecedence =
        [AttributeOrigin.Declared, AttributeOrigin.Observed, AttributeOrigin.Enriched, AttributeOrigin.Inferred];

    public static Definition Definition(Fields root)
    {
        var customer = root.Of("customer");
        var relations = customer.Map("relations", Relation);
        return new Definition
        {
            Name = root.Text("name"),
            Version = root.Text("version"),
            Description = root.TextOrNull("description") ?? "",
            TimeZone = root.NamedOrNull("timeZone") ?? new Named("UTC", root.At),
            Currency = root.TextOrNull("currency"),
            CurrencyRates = root.Values<JsoncNumber, CurrencyRate>(
                "currencyRates", (currency, rate) => new(currency.Name, rate.Value, currency.At)),
            CustomerKinds = customer.Names("kinds"),
            Relations = relations,
            Personas = customer.Map("personas", (name, persona, at) =>
                new PersonaDefinition(name, persona.RuleOrNull("when"), at)
                {
                    IsPseudonymous = persona.Flag("pseudonymous", false),
                }),
            PersonaCategory = customer.NamedOrNull("personaCategory"),
            Identifiers = root.Map("identifiers", (name, identifier, at) =>
                new IdentifierDefinition(name, identifier.Whole("priority"), at)
                {
                    Blocked = identifier.Names("blocked"),
                    Merge = identifier.Word("merge", IdentifierMerge.Anonymous),
                    MaxCustomers = identifier.Whole("maxCustomers", 1),
                    MaxValues = identifier.Whole("maxValues", IdentifierDefinition.DefaultMaxValues),
                    Kept = identifier.Word("kept", IdentifierKept.Plain),
                    Normalize = identifier.Word("normalize", IdentifierNormalization.None),
                }),
            Purposes = root.Names("purposes"),
            SaleOrSharing = root.Names("saleOrSharing"),
            Categories = root.Map("categories", Category),
            Sources = root.Map("sources", (name, source, at) =>
                new SourceDefinition(name, source.Flag("enabled", true), at)),
            AcceptUnknownSources = root.Flag("acceptUnknownSources", true),
            Attributes =
            [
                .. root.Map("attributes", Attribute),
                .. relations.SelectMany(relation => relation.Category is { } category
                    ? [relation.AsAttribute(category, DefaultPrecedence)]
                    : Array.Empty<AttributeDefinition>()),
                .. SaidOfPersonas(customer),
            ],
            Events = root.Map("events", EventMapping.Event),
            Features = root.Map("features", FeatureMapping.Feature),
            SessionGapMinutes = root.Whole("sessionGapMinutes", 30),
            Journey = root.Has("journey") ? FeatureMapping.Journey(root.Of("journey")) : null,
            Models = root.Map("models", ModelMapping.Model),
            Segments = root.Map("segments", Segment),
            Simulation = root.Has("simulation") ? SimulationMapping.Simulation(root.Of("simulation")) : null,
            SegmentTickHours = root.Number("segmentTickHours", 1),
            ValueAtRisk = root.RuleOrNull("valueAtRisk"),
            Triggers = root.Map("triggers", DecisionMapping.Trigger),
            Channels = root.Map("channels", DecisionMapping.Channel),
            ContactPolicy = root.Has("contactPolicy")
                ? DecisionMapping.Contact(root.Of("contactPolicy"))
                : ContactRules.None,
            Holdout = root.Has("holdout") ? DecisionMapping.Holdout(root.Of("holdout")) : null,
            Offers = root.Map("offers", DecisionMapping.Offer),
        };
    }

    /// <summary>A segment, of the definition or made beside it.</summary>
    public static SegmentDefinition Segment(string name, Fields segment, Position at) =>
        new(name, segment.Named("purpose"), segment.Rule("rule"), at)
        {
            Description = segment.TextOrNull("description") ?? "",
        };

    private static IEnumerable<AttributeDefinition> SaidOfPersonas(Fields customer) =>
        customer.NamedOrNull("personaCategory") is { } category
            ? [
                PersonaDefinition.AsAttribute(PersonaDefinition.Choice, category, DefaultPrecedence),
                PersonaDefinition.AsAttribute(PersonaDefinition.Pseudonym, category, DefaultPrecedence),
            ]
            : [];

    private static RelationDefinition Relation(string name, Fields relation, Position at) =>
        new(name, relation.Named("from"), relation.Named("to"), at)
        {
            Category = relation.NamedOrNull("category"),
            MaxTargets = relation.Whole("maxTargets", DefinitionLimits.RelationTargets),
        };

    private static CategoryDefinition Category(string name, Fields category, Position at) => new(
        name,
        category.Whole("retentionDays"),
        category.Values<JsoncText, PurposeBasis>(
            "bases", (purpose, basis) => new(purpose, EnumWords<LegalBasis>.Parse(basis.Value))),
        at)
    {
        IsSpecial = category.Flag("special", false),
        Conditions = category.Values<JsoncText, PurposeCondition>(
            "conditions", (purpose, word) => new(purpose, EnumWords<SpecialCondition>.Parse(word.Value))),
    };

    private static AttributeDefinition Attribute(string name, Fields attribute, Position at) => new(
        name,
        attribute.Word<AttributeType>("type"),
        attribute.Named("category"),
        attribute.Whole("maxLength", 64),
        attribute.Has("precedence")
            ? [.. attribute.Names("precedence").Select(origin => EnumWords<AttributeOrigin>.Parse(origin.Name))]
            : DefaultPrecedence,
        attribute.NumberOrNull("min"),
        attribute.NumberOrNull("max"),
        at);
}
