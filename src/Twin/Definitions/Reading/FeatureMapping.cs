using DToC.Twin.Models.Satisfaction;

namespace DToC.Twin.Definitions.Reading;

/// <summary>Makes records of checked features and of the journey.</summary>
internal static class FeatureMapping
{
    public static FeatureDefinition Feature(string name, Fields feature, Position at) => new(
        name,
        feature.Word<FeatureKind>("kind"),
        Reads(feature),
        feature.Number("halfLifeDays", 0),
        feature.Whole("capacity", 8),
        feature.Whole("precision", 6),
        feature.Whole("bucketHours", 1),
        feature.Number("unitDays", 7),
        feature.NamedOrNull("numerator"),
        feature.NamedOrNull("denominator"),
        feature.NamedOrNull("attribute"),
        feature.RuleOrNull("expression"),
        at)
    {
        Level = feature.Has("answers") ? Level(feature) : null,
        Price = feature.NamedOrNull("price"),
        Quantity = feature.NamedOrNull("quantity"),
        Clicks = feature.Whole("clicks", 0),
        WithinSeconds = feature.Number("withinSeconds", 0),
    };

    // What is read under keys of its own is read too.
    private static IReadOnlyList<Named> Reads(Fields feature) =>
    [
        .. feature.Names("of"),
        .. feature.List("answers", answer => answer.Names("of")).SelectMany(names => names),
        .. feature.Names("price"),
        .. feature.Names("quantity"),
    ];

    private static LevelDefinition Level(Fields level) => new(
        level.Number("mean", 0), level.Number("variance"), level.Number("driftPerDay", 0),
        level.Number("reversionPerDay", 0), level.List("answers", Answer));

    private static LevelAnswer Answer(Fields answer)
    {
        var scale = answer.Word<SatisfactionKind>("scale");
        var (worst, best) = SatisfactionRange.Of(scale);
        return new LevelAnswer(answer.Names("of"), scale, new SatisfactionAnswer(
            answer.Number("offset", (worst + best) / 2), answer.Number("slope", (best - worst) / 2),
            answer.Number("noiseVariance")), answer.At);
    }

    public static JourneyDefinition Journey(Fields journey) => new(
        journey.Named("initial"),
        journey.Map("stages", (name, stage, at) =>
            new StageDefinition(name, stage.NumberOrNull("idleDays"), stage.NamedOrNull("idleTo"), at)),
        journey.List("transitions", transition => new TransitionDefinition(
            transition.Names("on"), transition.Names("from"), transition.Named("to"), transition.At)));
}
