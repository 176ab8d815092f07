namespace DToC.Twin.Definitions.Reading;

/// <summary>Makes records of checked features and of the journey.</summary>
internal static class FeatureMapping
{
    public static FeatureDefinition Feature(string name, Fields feature, Position at) => new(
        name,
        feature.Word<FeatureKind>("kind"),
        feature.Names("of"),
        feature.Number("halfLifeDays", 0),
        feature.Whole("capacity", 8),
        feature.Whole("precision", 6),
        feature.Whole("bucketHours", 1),
        feature.Number("unitDays", 7),
        feature.NamedOrNull("numerator"),
        feature.NamedOrNull("denominator"),
        feature.NamedOrNull("attribute"),
        feature.RuleOrNull("expression"),
        at);

    public static JourneyDefinition Journey(Fields journey) => new(
        journey.Named("initial"),
        journey.Map("stages", (name, stage, at) =>
            new StageDefinition(name, stage.NumberOrNull("idleDays"), stage.NamedOrNull("idleTo"), at)),
        journey.List("transitions", transition => new TransitionDefinition(
            transition.Names("on"), transition.Names("from"), transition.Named("to"), transition.At)));
}
