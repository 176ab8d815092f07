using static DToC.Twin.Definitions.Reading.Key;
using static DToC.Twin.Definitions.Reading.Shapes;
using Limits = DToC.Twin.Definitions.DefinitionLimits;

namespace DToC.Twin.Definitions.Reading;

/// <summary>The keys of an event and its signals.</summary>
internal static class EventShape
{
    private const string TypeOfSignal = "Type of the measure.";

    private static readonly IReadOnlyList<Key> SignalKeys =
    [
        Must("path", new Shape.Text(TextPattern.SignalPath),
            "Path below properties: total, address.country, products[].price."),
        May("required", Flag, "An event without it is quarantined. Default false."),
    ];

    private static readonly Key Aggregate = May("aggregate", Word<SignalAggregate>(),
        "How several values under a [] path become one number. "
        + "Default sum for numbers and money under a [] path, first otherwise.");

    private static readonly IReadOnlyList<Key> NumberKeys =
    [
        Aggregate,
        May("decimals", Whole(0, 6), "Digits kept behind the point. Default 2."),
        May("unit", Name, "Unit for people, for example EUR, pieces, celsius."),
        May("min", Number, "Smallest plausible value; an event below it is quarantined."),
        May("max", Number, "Largest plausible value; an event above it is quarantined."),
        May("flagOutliers", Flag,
            "Outliers against this customer's own history are flagged and weigh less. Default false."),
    ];

    private static readonly Key CurrencyPath = May("currencyPath", new Shape.Text(TextPattern.Path),
        "Path of the ISO 4217 code; without it the definition's currency is meant.");

    private static readonly Agreement MinToMax = new Agreement.NotAbove("min", "max");

    private static readonly Shape Signal = new Shape.Choice("type", TypeOfSignal,
    [
        OfType(SignalType.Number, NumberKeys, MinToMax),
        OfType(SignalType.Money, [.. NumberKeys, CurrencyPath], MinToMax),
        OfType(SignalType.Boolean, [Aggregate]),
        OfType(SignalType.Token, []),
        OfType(SignalType.Sentiment,
        [
            Aggregate,
            May("lexicon", new Shape.Text(TextPattern.FileName),
                "File of words and how good or bad they are, beside the definition or put under /v1/lexicons; the text "
                + "is scored by VADER's rules over them. Default: the shipped English scorer."),
            May("emoji", new Shape.Text(TextPattern.FileName), "File of emoji and what they say, for the lexicon."),
            May("keepText", Flag, "Whether the text is stored with its score. Default false: the score stands for it."),
        ], new Agreement.Needs("emoji", "lexicon")),
    ]);

    /// <summary>One event.</summary>
    public static readonly Shape Event = new Shape.Record(
    [
        Must("category", Name, "Data category of the event."),
        May("signals", Map(TextPattern.Identifier, Limits.SignalsPerEvent, Signal),
            "Measures read from its properties."),
        May("attributes", Map(TextPattern.Identifier, Limits.Attributes, new Shape.Text(TextPattern.Path)),
            "Attributes observed in it: name of the attribute, path below properties."),
        May("outcome", new Shape.Record(
            [
                Must("kind", Word<OutcomeKind>(), "What came of the decision."),
                Must("decision", new Shape.Text(TextPattern.Path),
                    "Path below properties of the decision's id, as it was delivered."),
            ]),
            "It says what came of a decision: a receipt of a delivery, or what the customer did."),
    ]);

    private static Variant OfType(
        SignalType type, IReadOnlyList<Key> own, params IReadOnlyList<Agreement> agreements) =>
        Variant([EnumWords<SignalType>.Of(type)], "type", TypeOfSignal, SignalKeys, own, agreements);
}
