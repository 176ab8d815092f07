using static DToC.Twin.Definitions.Reading.Key;
using static DToC.Twin.Definitions.Reading.Shapes;
using Limits = DToC.Twin.Definitions.DefinitionLimits;

namespace DToC.Twin.Definitions.Reading;

/// <summary>The keys of a definition file, and of those parts that say who the customer is.</summary>
internal static class DefinitionShape
{
    private static readonly Shape Relation = new Shape.Record(
    [
        Must("from", Name, "Kind of customer that has the relation."),
        Must("to", Name, "Kind of customer it leads to."),
        May("category", Name, "Data category of what is said of it. Without one nothing can be said of it."),
        May("maxTargets", Whole(1, Limits.RelationTargets), "Most customers one may have it to. Default 8."),
    ],
    [new Agreement.Needs("maxTargets", "category")]);

    private static readonly Shape Persona = new Shape.Record(
    [
        May("when", Rule,
            "Rule over an event that chooses it: event.type, event.source, event.hour, event.weekday, "
            + "context.channel|device|place|session, signal.NAME. The first persona that fits stands."),
        May("pseudonymous", Flag,
            "True: the customer says who it is. While it is chosen, nothing observed is used or kept but for what a "
            + "contract or the law asks for, and its decisions go out under an id of their own. Default false."),
    ]);

    private static readonly Shape Customer = new Shape.Record(
    [
        Must("kinds", new Shape.ListOf(Name, Limits.CustomerKinds), "Kinds of customer, the default first."),
        May("relations", Map(TextPattern.Name, Limits.Relations, Relation),
            "Relations between customers that do not merge them, for example memberOf."),
        May("personas", Map(TextPattern.Identifier, Limits.Personas, Persona),
            "Facets of one customer (work, private) that are folded, scored and decided apart."),
        May("personaCategory", Name,
            "Data category of what the customer says of personas. Without one none can be chosen by the customer."),
    ],
    [new Agreement.Needs("personaCategory", "personas")]);

    private static readonly Shape Identifier = new Shape.Record(
    [
        Must("priority", Whole(0, 1000), "The present identifier of highest priority names a new customer."),
        May("blocked", new Shape.ListOf(Name, Limits.BlockedValues, OrSingle: true),
            "Values that many customers share (a call centre's e-mail, a tablet in a shop) and that lead to none of "
            + "them. Placeholders such as null and undefined always are."),
        May("merge", Word<IdentifierMerge>(),
            "Which twins an event brings together that shows this identifier beside a stronger one, or a customer id. "
            + "anonymous: one known by nothing stronger than this identifier moves into that customer. never: none "
            + "moves, and a value leads to whom it was linked to first. Default anonymous."),
        May("maxCustomers", Whole(1, Limits.CustomersPerIdentifier),
            "Most known customers that one value leads to; with one more it is shared and leads to nobody. Default 1."),
        May("maxValues", Whole(1, Limits.ValuesPerIdentifier),
            "Most values that one customer may have; a further one is not linked, and the answer says so. Default 32."),
        May("kept", Word<IdentifierKept>(),
            "plain: as it comes. hash: as a keyed hash that takes its place in the event at the door. Default plain."),
        May("normalize", Word<IdentifierNormalization>(),
            "What does not count in a value. none: every byte counts. trim: white space around it does not. lowercase: "
            + "nor does letter case. Default none."),
    ]);

    private static readonly Shape Category = new Shape.Record(
    [
        Must("retentionDays", Whole(1, 36_500), "Days a journal row of this category is kept."),
        Must("bases", Map(TextPattern.Name, Limits.Purposes, Word<LegalBasis>()),
            "Legal basis (GDPR Art. 6(1)) of each purpose; a purpose not named has none: never lawful."),
        May("special", Flag,
            "True for a special category (GDPR Art. 9: health, beliefs, origin, ...). Default false."),
        May("conditions", Map(TextPattern.Name, Limits.Purposes, Word<SpecialCondition>()),
            "For a special category: condition (GDPR Art. 9(2)) of each purpose that has a basis."),
    ],
    [new Agreement.Needs("conditions", "special")]);

    private static readonly Shape Source = new Shape.Record(
    [
        May("enabled", Flag, "False refuses every event of this source. Default true."),
    ]);

    private static readonly IReadOnlyList<Key> AttributeKeys =
    [
        Must("category", Name, "Data category of the attribute."),
        May("precedence", new Shape.ListOf(Word<AttributeOrigin>(), EnumWords<AttributeOrigin>.All.Count),
            "Origins, the strongest first; a value yields only to one at least as strong. "
            + "Default declared, observed, enriched, inferred."),
    ];

    private static readonly Shape Attribute = new Shape.Choice("type", TypeOfAttribute,
    [
        OfType(AttributeType.Text,
            [May("maxLength", Whole(1, 1024), "Longest text in UTF-8 bytes. Default 64.")]),
        OfType(AttributeType.Number,
            [
                May("min", Number, "Smallest value accepted."),
                May("max", Number, "Largest value accepted."),
            ],
            new Agreement.NotAbove("min", "max")),
        OfType(AttributeType.Boolean, []),
    ]);

    private const string TypeOfAttribute = "Type of the value.";

    /// <summary>The whole file.</summary>
    public static readonly Shape.Record Root = new(
    [
        May("$schema", Text, "The schema an editor checks this file with; not read otherwise."),
        Must("name", new Shape.Text(TextPattern.Slug), "Short name, for example retail."),
        Must("version", Name, "Version as you count it; the content hash identifies a definition."),
        May("description", Text, "One or two sentences for people."),
        May("timeZone", Name, "IANA time zone of days, hour-of-week profiles and quiet hours. Default UTC."),
        May("currency", new Shape.Text(TextPattern.Currency), "ISO 4217 code in which money signals are summed."),
        May("currencyRates", Map(TextPattern.Currency, Limits.CurrencyRates, AboveZero),
            "Value of one unit of a foreign currency in the definition's currency."),
        Must("customer", Customer, "What kinds of customer there are."),
        May("identifiers", Map(TextPattern.Name, Limits.Identifiers, Identifier),
            "Identifiers that lead to a customer id."),
        Must("purposes", new Shape.ListOf(Name, Limits.Purposes), "Purposes for which data are used."),
        May("saleOrSharing", Names(Name),
            "Purposes that sell personal data or share them for advertising (CCPA/CPRA): an opt-out, the signal Global "
            + "Privacy Control among them, closes them."),
        Must("categories", Map(TextPattern.Name, Limits.Categories, Category, fewest: 1),
            "Data categories with retention and legal bases."),
        May("sources", Map(TextPattern.Name, Limits.Sources, Source), "Systems that send events."),
        May("acceptUnknownSources", Flag,
            "Whether an event of a source that is not listed is folded or quarantined. Default true."),
        May("attributes", Map(TextPattern.Identifier, Limits.Attributes, Attribute),
            "Properties of the customer, as opposed to what the customer did."),
        Must("events", Map(TextPattern.EventName, Limits.Events, EventShape.Event, fewest: 1),
            "Touchpoint events that are understood, keyed by their type."),
        May("features", Map(TextPattern.Identifier, Limits.Features, FeatureShape.Feature),
            "Numbers derived from the state, which models and rules read."),
        May("sessionGapMinutes", Whole(1, 1440), "Minutes of silence that end a session. Default 30."),
        May("journey", FeatureShape.Journey, "Stages a customer goes through."),
        May("models", Map(TextPattern.Identifier, Limits.Models, ModelShape.Model),
            "Scores, in the order they are evaluated; a later one may read an earlier one."),
        May("segments", Map(TextPattern.Identifier, Limits.Segments, ModelShape.Segment),
            "Rules whose members change."),
        May("simulation", SimulationShape.Simulation, "What simulations of the customers rest on."),
        May("segmentTickHours", new Shape.Number(Limits.LeastTickHours, Limits.MostTickHours),
            "Hours after which segments are looked at again that time changes at moments which cannot be computed: "
            + "those that read scores, shares, ratios of what fades, or the hour. Default 1."),
        May("valueAtRisk", Rule,
            "Value that would be lost with the customer, for the tallies of segments: over features and scores, for "
            + "example lifetime_value * churn."),
        May("triggers", Map(TextPattern.Name, Limits.Triggers, DecisionShape.Trigger), "What makes a turn decide."),
        May("channels", Map(TextPattern.Name, Limits.Channels, DecisionShape.Channel),
            "Channels an offer can leave by."),
        May("contactPolicy", DecisionShape.ContactPolicy, "Contact rules over all outbound channels together."),
        May("holdout", DecisionShape.Holdout, "The stable control group."),
        May("offers", Map(TextPattern.Name, Limits.Offers, DecisionShape.Offer), "Candidates of a decision."),
    ],
    [new Agreement.Needs("currencyRates", "currency")]);

    private static Variant OfType(
        AttributeType type, IReadOnlyList<Key> own, params IReadOnlyList<Agreement> agreements) =>
        Variant([EnumWords<AttributeType>.Of(type)], "type", TypeOfAttribute, AttributeKeys, own, agreements);
}
