using DToC.Twin.Models.Frustration;
using DToC.Twin.Models.Satisfaction;
using static DToC.Twin.Definitions.FeatureKind;
using static DToC.Twin.Definitions.Reading.Key;
using static DToC.Twin.Definitions.Reading.Shapes;
using Limits = DToC.Twin.Definitions.DefinitionLimits;

namespace DToC.Twin.Definitions.Reading;

/// <summary>The keys of features and of the journey.</summary>
internal static class FeatureShape
{
    private const double MaxVariance = SatisfactionFilter.MaxVariance;

    private const string KindOfFeature = "What the feature measures.";

    private static readonly Key Events = Must("of", Names(Name), "Events it reads.");

    private static readonly Key AnyEvents = May("of", Names(Name), "Events it reads. Default: any event.");

    private static readonly Key Signals = Must("of", Names(Name),
        "Signals it reads, for example Order Completed.total.");

    private static readonly Key HalfLife = Must("halfLifeDays", AboveZeroUpTo(36_500),
        "Days after which an event weighs half.");

    private static readonly Shape Answer = new Shape.Record(
    [
        Must("of", Names(Name), "Numeric signals, for example Survey Answered.nps."),
        Must("scale", Word<SatisfactionKind>(), "What was asked: which answers there are."),
        May("offset", Bounded(MaxVariance),
            "Answer expected of a satisfaction of 0. Default the middle of the scale."),
        May("slope", AboveZeroUpTo(MaxVariance),
            "By how much the answer moves with satisfaction. Default half the scale."),
        Must("noiseVariance", AboveZeroUpTo(MaxVariance), "Variance of the answer around that."),
    ]);

    /// <summary>One feature.</summary>
    public static readonly Shape.Choice Feature = new("kind", KindOfFeature,
    [
        OfKind([Count, InterEventMean, InterEventVariance], Events),
        OfKind([Sum, Min, Max, Last, Mean, Outliers], Signals),
        OfKind([DecayedCount], Events, HalfLife),
        OfKind([DecayedSum], Signals, HalfLife),
        OfKind([Recency, Age, Sessions, LastEvent], AnyEvents),
        OfKind([Distinct], Signals,
            May("precision", Whole(4, 12), "2^precision registers of the sketch. Default 6.")),
        OfKind([HeavyHitters], Signals, May("capacity", Whole(1, 32), "Tokens kept. Default 8.")),
        OfKind([HourOfWeek], Events, May("bucketHours", new Shape.Step([1, 2, 3, 4, 6, 8, 12, 24]),
            "Width of a bucket of the profile in hours. Default 1.")),
        OfKind([Ratio],
            Must("numerator", Identifier, "Feature above the line."),
            Must("denominator", Identifier, "Feature below the line; the ratio is missing when it is 0.")),
        OfKind([FeatureKind.Expression], Must("expression", Rule, "Rule over earlier features.")),
        OfKind([FeatureKind.Attribute], Must("attribute", Identifier, "A numeric or boolean attribute.")),
        OfKind([TimeInStage, FeatureKind.Stage]),
        OfKind([Basket], Signals, HalfLife, May("capacity", Whole(1, 32), "Tokens kept. Default 8.")),
        OfKind([PurchaseHistory],
            Must("of", Names(Name), "Signal that is the worth of a purchase, for example Order Completed.total."),
            May("unitDays", AboveZeroUpTo(366), "Days in a unit of time. Default 7, weeks.")),
        OfKind([LatentLevel],
            May("mean", Bounded(MaxVariance), "Mean satisfaction of the population, about -1 to 1. Default 0."),
            Must("variance", AboveZeroUpTo(MaxVariance), "Its variance over customers."),
            May("driftPerDay", UpTo(MaxVariance), "Variance that a day adds. Default 0."),
            May("reversionPerDay", UpTo(1), "Share of the distance to the mean that a day takes. Default 0."),
            Must("answers", new Shape.ListOf(Answer, SatisfactionRange.Kinds), "Signals that tell of it.")),
        OfKind([DemandSums],
            Must("price", Name, "Signal of the price, for example Order Completed.price."),
            Must("quantity", Name, "Signal of the quantity, of the same event.")),
        OfKind([Bursts],
            Must("of", Name, "Event, or a token signal of it: then a burst is of one token."),
            Must("clicks", Whole(2, ClickBurst.MaxClicks), "Events that make a burst."),
            Must("withinSeconds", AboveZeroUpTo(3_600), "Seconds from the first event of a burst to its last."),
            HalfLife),
    ]);

    private static readonly Shape Stage = new Shape.Record(
    [
        May("idleDays", AboveZeroUpTo(36_500), "Days without an event that leads here, after which it gives way."),
        May("idleTo", Name, "Stage it gives way to."),
    ],
    [new Agreement.Needs("idleDays", "idleTo"), new Agreement.Needs("idleTo", "idleDays")]);

    private static readonly Shape Transition = new Shape.Record(
    [
        Must("on", Names(EventName), "Events that move a customer."),
        May("from", Names(Name), "Stages they move from. Default: any."),
        Must("to", Name, "Stage they move to."),
    ]);

    /// <summary>The journey.</summary>
    public static readonly Shape Journey = new Shape.Record(
    [
        Must("initial", Name, "Stage of a customer with no event."),
        Must("stages", Map(TextPattern.Name, Limits.Stages, Stage, fewest: 1), "The stages."),
        May("transitions", new Shape.ListOf(Transition, Limits.Transitions),
            "Which event leads where; the first that fits counts."),
    ]);

    private static Shape Bounded(double most) => new Shape.Number(-most, most);

    private static Variant OfKind(IReadOnlyList<FeatureKind> kinds, params IReadOnlyList<Key> own) =>
        Variant([.. kinds.Select(EnumWords<FeatureKind>.Of)], "kind", KindOfFeature, [], own);
}
