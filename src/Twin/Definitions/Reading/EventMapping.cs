namespace DToC.Twin.Definitions.Reading;

/// <summary>Makes records of checked events.</summary>
internal static class EventMapping
{
    public static EventDefinition Event(string name, Fields found, Position at) => new(
        name,
        found.Named("category"),
        found.Map("signals", Signal),
        found.Values<JsoncText, ObservedAttribute>("attributes", (attribute, path) => new(attribute, path.Value)),
        at)
    {
        Outcome = found.Has("outcome") ? Outcome(found.Of("outcome")) : null,
    };

    private static OutcomeDefinition Outcome(Fields outcome) =>
        new(outcome.Word<OutcomeKind>("kind"), outcome.Text("decision"));

    private static SignalDefinition Signal(string name, Fields signal, Position at)
    {
        var type = signal.Word<SignalType>("type");
        var path = signal.Text("path");
        return new SignalDefinition(
            name,
            path,
            type,
            signal.Has("aggregate") ? signal.Word<SignalAggregate>("aggregate") : DefaultAggregate(type, path),
            signal.Whole("decimals", DefaultDecimals(type)),
            signal.TextOrNull("unit"),
            signal.Flag("required", false),
            signal.NumberOrNull("min"),
            signal.NumberOrNull("max"),
            signal.TextOrNull("currencyPath"),
            signal.Flag("flagOutliers", false),
            at)
        {
            KeepText = signal.Flag("keepText", false),
            Lexicon = signal.NamedOrNull("lexicon"),
            Emoji = signal.NamedOrNull("emoji"),
        };
    }

    private static int DefaultDecimals(SignalType type) => type switch
    {
        SignalType.Number or SignalType.Money => 2,
        SignalType.Sentiment => Events.TextScoring.Decimals,
        _ => 0,
    };

    private static SignalAggregate DefaultAggregate(SignalType type, string path) =>
        type is SignalType.Number or SignalType.Money && path.Contains("[]", StringComparison.Ordinal)
            ? SignalAggregate.Sum
            : SignalAggregate.First;
}
