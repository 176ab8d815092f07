using DToC.Twin.Definitions;
using DToC.Twin.Events;

namespace DToC.Twin.Plan;

/// <summary>What a feature reads, resolved: event types with, where needed, a signal of each.</summary>
internal sealed record FeatureSource(
    IReadOnlyList<(int Type, int Signal)> Reads, string Signature, double Scale, ulong Categories)
{
    /// <summary>Resolves names such as <c>Order Completed.total</c>; nothing named means every event.</summary>
    public static FeatureSource? Resolve(
        FeatureDefinition feature, IReadOnlyList<Named> names, EventSchema schema, CompileErrors errors)
    {
        var path = $"features.{feature.Name}.of";
        var needs = Needs(feature.Kind);
        if (names.Count == 0 && needs != SignalNeed.None)
        {
            errors.Add(feature.At, path, "The feature reads nothing",
                "Name a signal, for example \"Order Completed.total\"");
            return null;
        }
        var reads = new List<(int Type, int Signal)>();
        foreach (var name in names)
        {
            if (ResolveOne(name, schema, needs, path, errors) is { } read) reads.Add(read);
        }
        if (reads.Count < names.Count) return null;
        if (names.Count == 0) reads.AddRange(Enumerable.Range(0, schema.Types.Count).Select(type => (type, -1)));
        return Unite(feature, reads, names.Count == 0, schema, errors);
    }

    private enum SignalNeed
    {
        None,
        Number,
        Token,
        TokenOrNone,
    }

    private static SignalNeed Needs(FeatureKind kind) => kind switch
    {
        FeatureKind.Sum or FeatureKind.DecayedSum or FeatureKind.Min or FeatureKind.Max or FeatureKind.Last
            or FeatureKind.Mean or FeatureKind.Outliers or FeatureKind.PurchaseHistory or FeatureKind.LatentLevel
            or FeatureKind.DemandSums => SignalNeed.Number,
        FeatureKind.Distinct or FeatureKind.HeavyHitters or FeatureKind.Basket => SignalNeed.Token,
        FeatureKind.Bursts => SignalNeed.TokenOrNone,
        _ => SignalNeed.None,
    };

    private static (int Type, int Signal)? ResolveOne(
        Named name, EventSchema schema, SignalNeed need, string path, CompileErrors errors)
    {
        var dot = name.Name.IndexOf('.', StringComparison.Ordinal);
        var typeName = dot < 0 ? name.Name : name.Name[..dot];
        var type = errors.Slot(name with { Name = typeName }, [.. schema.Types.Select(t => t.Name)], path, "event");
        if (type < 0) return null;
        var signals = schema.Types[type].Signals;
        if (dot < 0)
        {
            if (need is SignalNeed.None or SignalNeed.TokenOrNone) return (type, -1);
            errors.Add(name.At, path, $"'{name.Name}' is an event; this kind reads a signal of it",
                signals.Count == 0 ? "The event has no signals" : $"For example \"{typeName}.{signals[0].Name}\"");
            return null;
        }
        var signal = errors.Slot(
            name with { Name = name.Name[(dot + 1)..] }, [.. signals.Select(s => s.Name)], path,
            $"signal of '{typeName}'");
        if (signal < 0) return null;
        var isToken = signals[signal].Type == SignalType.Token;
        if (need == SignalNeed.Number && isToken)
            errors.Add(name.At, path, $"'{name.Name}' is a token", "Name a number, money or boolean signal");
        if (need is SignalNeed.Token or SignalNeed.TokenOrNone && !isToken)
            errors.Add(name.At, path, $"'{name.Name}' is a number", "Name a signal of type token");
        return (type, need == SignalNeed.None ? -1 : signal);
    }

    private static FeatureSource? Unite(
        FeatureDefinition feature, List<(int Type, int Signal)> reads, bool isAll, EventSchema schema,
        CompileErrors errors)
    {
        var categories = 0UL;
        var scale = 0.0;
        var words = new List<string>();
        foreach (var (type, signal) in reads)
        {
            var shape = schema.Types[type];
            categories |= 1UL << shape.Category;
            words.Add(signal < 0 ? shape.Name : shape.MeaningOf(signal));
            if (signal < 0 || shape.Signals[signal].Type == SignalType.Token) continue;
            if (scale != 0 && scale != shape.Scales[signal] && feature.Kind != FeatureKind.Outliers)
            {
                errors.Add(feature.At, $"features.{feature.Name}.of",
                    "The signals have different numbers of decimals",
                    "Give them the same decimals, so that they can be summed exactly");
                return null;
            }
            scale = shape.Scales[signal];
        }
        var signature = isAll ? "*" : string.Join('+', words.Order(StringComparer.Ordinal));
        return new FeatureSource(reads, signature, scale == 0 ? 1 : scale, categories);
    }
}
