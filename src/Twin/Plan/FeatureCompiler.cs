using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Rules;
using ValueType = DToC.Twin.Rules.ValueType;

namespace DToC.Twin.Plan;

/// <summary>Compiles features: asks for slots, then writes fold steps and reads against them.</summary>
internal sealed partial class FeatureCompiler(
    Definition definition, EventSchema schema, SlotAllocator slots, CompileErrors errors)
{
    private readonly List<FeatureRead> _reads = [];
    private readonly List<(int Type, int Signal)> _outliers = [];
    private readonly List<double> _halfLives = [];
    private readonly List<(int Group, int HalfLife)> _decays = [];
    private readonly List<Action<List<FoldStep>[], List<FoldStep>[]>> _steps = [];
    private readonly Dictionary<string, int> _groupsWithSteps = new(StringComparer.Ordinal);
    private readonly List<Func<FeatureRead>> _pending = [];

    /// <summary>Half-lives in ms, each once.</summary>
    public double[] HalfLivesMs => [.. _halfLives];

    /// <summary>Number of outlier weights.</summary>
    public int Weights => _outliers.Count;

    /// <summary>First pass: asks for the slots of every feature.</summary>
    public void Ask()
    {
        foreach (var feature in definition.Features) Ask(feature);
    }

    /// <summary>Second pass, after allocation: the steps by event type, wake-ups' last events among them.</summary>
    public (FoldStep[][] Commutative, FoldStep[][] Ordered, int[] DecayOf) Write(
        StateLayout layout, IReadOnlyList<(int Type, int Group)> latest)
    {
        var commutative = NewSteps();
        var ordered = NewSteps();
        for (var i = 0; i < _outliers.Count; i++) WriteOutlier(i, ordered);
        foreach (var write in _steps) write(commutative, ordered);
        foreach (var (type, group) in latest)
        {
            var step = new FoldStep(FoldOp.Latest, -1, slots.At(group), 0, -1);
            if (!commutative[type].Contains(step)) commutative[type].Add(step);
        }
        _reads.AddRange(_pending.Select(read => read()));
        var decayOf = new int[layout.OrderedFrom.Reals];
        foreach (var (group, halfLife) in _decays) decayOf[slots.At(group).Reals] = halfLife;
        return ([.. commutative.Select(s => s.ToArray())], [.. ordered.Select(s => s.ToArray())], decayOf);
    }

    private List<FoldStep>[] NewSteps() => [.. schema.Types.Select(_ => new List<FoldStep>())];

    private void Ask(FeatureDefinition feature)
    {
        switch (feature.Kind)
        {
            case FeatureKind.Ratio or FeatureKind.Expression or FeatureKind.Attribute or FeatureKind.TimeInStage
                or FeatureKind.Stage:
                _pending.Add(() => new FeatureRead { Name = feature.Name, Kind = feature.Kind });
                return;
            case FeatureKind.LatentLevel:
                AskLevel(feature);
                return;
            case FeatureKind.DemandSums:
                AskDemand(feature);
                return;
        }
        if (FeatureSource.Resolve(feature, feature.Of, schema, errors) is not { } source) return;
        switch (feature.Kind)
        {
            case FeatureKind.Count:
                Simple(feature, source, FoldOp.Count, slots.Longs($"count|{source.Signature}", SlotUnion.Add));
                break;
            case FeatureKind.Sum:
                Simple(feature, source, FoldOp.Sum, slots.Longs($"sum|{source.Signature}", SlotUnion.Add));
                break;
            case FeatureKind.Min:
                Simple(feature, source, FoldOp.Min, slots.Longs($"min|{source.Signature}", SlotUnion.Min));
                break;
            case FeatureKind.Max:
                Simple(feature, source, FoldOp.Max, slots.Longs($"max|{source.Signature}", SlotUnion.Max));
                break;
            case FeatureKind.Recency:
                Simple(feature, source, FoldOp.Latest, LatestGroup(slots, source));
                break;
            case FeatureKind.Age:
                Simple(feature, source, FoldOp.First, slots.Longs($"first|{source.Signature}", SlotUnion.Min));
                break;
            case FeatureKind.DecayedCount or FeatureKind.DecayedSum:
                AskDecayed(feature, source);
                break;
            case FeatureKind.Distinct:
                var registers = 1 << feature.Precision;
                Simple(feature, source, FoldOp.Distinct,
                    slots.Bytes($"distinct|{source.Signature}|{registers}", registers, counters: false), registers);
                break;
            case FeatureKind.HourOfWeek:
                var buckets = 168 / feature.BucketHours;
                Simple(feature, source, FoldOp.HourOfWeek,
                    slots.Bytes($"hourOfWeek|{source.Signature}|{buckets}", buckets * 2, counters: true), buckets);
                break;
            default:
                AskOrdered(feature, source);
                break;
        }
    }

    private void AskOrdered(FeatureDefinition feature, FeatureSource source)
    {
        const long missing = TouchpointEvent.Missing;
        switch (feature.Kind)
        {
            case FeatureKind.Last:
                Simple(feature, source, FoldOp.Last, slots.Ordered($"last|{source.Signature}", [missing]));
                break;
            case FeatureKind.Mean:
                Simple(feature, source, FoldOp.Mean,
                    slots.Ordered($"mean|{source.Signature}|{Flags(source)}", [], reals: 2));
                break;
            case FeatureKind.Outliers:
                AskOutliers(feature, source);
                break;
            case FeatureKind.InterEventMean or FeatureKind.InterEventVariance:
                Simple(feature, source, FoldOp.Interval,
                    slots.Ordered($"interval|{source.Signature}", [missing], reals: 3));
                break;
            case FeatureKind.HeavyHitters:
                var k = feature.Capacity;
                Simple(feature, source, FoldOp.HeavyHitters,
                    slots.Ordered($"heavyHitters|{source.Signature}|{k}", new long[2 * k],
                        bytes: k * (sizeof(ulong) + FoldPlan.TokenStride)), k);
                break;
            case FeatureKind.Sessions:
                Simple(feature, source, FoldOp.Session,
                    slots.Ordered($"sessions|{source.Signature}|{definition.SessionGapMinutes}", [missing, 0]));
                break;
            case FeatureKind.PurchaseHistory:
                AskPurchaseHistory(feature, source);
                break;
            case FeatureKind.LastEvent:
                AskLastEvent(feature, source);
                break;
            case FeatureKind.Basket:
                AskBasket(feature, source);
                break;
            case FeatureKind.Bursts:
                AskBursts(feature, source);
                break;
            default:
                throw new InvalidOperationException($"Feature kind {feature.Kind} has no slots.");
        }
    }

    private void AskDecayed(FeatureDefinition feature, FeatureSource source)
    {
        var isCount = feature.Kind == FeatureKind.DecayedCount;
        var halfLife = HalfLife(feature);
        var group = slots.Decayed(
            $"{(isCount ? "decayedCount" : "decayedSum")}|{source.Signature}|{feature.HalfLifeDays:R}");
        _decays.Add((group, halfLife));
        Simple(feature, source, isCount ? FoldOp.DecayedCount : FoldOp.DecayedSum, group, halfLife);
    }

    private int HalfLife(FeatureDefinition feature)
    {
        var ms = feature.HalfLifeDays * Instant.DayMs;
        if (!_halfLives.Contains(ms)) _halfLives.Add(ms);
        return _halfLives.IndexOf(ms);
    }

    private void AskOutliers(FeatureDefinition feature, FeatureSource source)
    {
        var weights = new List<int>();
        foreach (var (type, signal) in source.Reads)
        {
            if (Weight(type, signal) is >= 0 and var weight)
            {
                weights.Add(weight);
                continue;
            }
            var name = $"{schema.Types[type].Name}.{schema.Types[type].Signals[signal].Name}";
            errors.Add(feature.At, $"features.{feature.Name}.of", $"'{name}' does not flag outliers",
                "Set \"flagOutliers\": true at the signal");
        }
        _pending.Add(() => Read(feature, source, OutlierGroup(weights[0]), 0, ordered: true) with
        {
            LongSlots = [.. weights.Select(weight => slots.At(OutlierGroup(weight)).Longs)],
        });
    }

    private void Simple(FeatureDefinition feature, FeatureSource source, FoldOp op, int group, int operand = 0)
    {
        WriteSteps(op, source, group, operand);
        _pending.Add(() => Read(feature, source, group, operand, op >= FoldOp.Outlier));
    }

    private void AskLastEvent(FeatureDefinition feature, FeatureSource source)
    {
        const long missing = TouchpointEvent.Missing;
        var group = slots.Ordered($"lastEvent|{source.Signature}", [missing, missing]);
        WriteSteps(FoldOp.LastEvent, source, group, 0);
        Parts(feature, source, group, 0, ["event", "days"]);
    }

    private void AskBasket(FeatureDefinition feature, FeatureSource source)
    {
        var k = feature.Capacity;
        var group = slots.Ordered(
            $"basket|{source.Signature}|{k}|{feature.HalfLifeDays:R}", new long[2 * k + Sketches.BasketCounts.Own],
            bytes: k * (sizeof(ulong) + FoldPlan.TokenStride));
        WriteSteps(FoldOp.Basket, source, group, k, HalfLife(feature));
        Parts(feature, source, group, k,
            ["baskets", .. Enumerable.Range(1, k).SelectMany(i => (string[])[$"token{i}", $"count{i}"])]);
    }

    private void Parts(
        FeatureDefinition feature, FeatureSource source, int group, int operand, IReadOnlyList<string> parts)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            var part = i;
            _pending.Add(() => Read(feature, source, group, operand, ordered: true) with
            {
                Name = $"{feature.Name}.{parts[part]}",
                Part = part,
                HalfLifeMs = feature.HalfLifeDays * Instant.DayMs,
            });
        }
    }

    // Two features may share a group (mean and variance of intervals); its steps are written once.
    private void WriteSteps(FoldOp op, FeatureSource source, int group, int operand, int halfLife = -1)
    {
        if (!_groupsWithSteps.TryAdd($"{op}|{group}", group)) return;
        var weights = source.Reads
            .Select(read => op is FoldOp.Mean ? Weight(read.Type, read.Signal) : halfLife).ToArray();
        _steps.Add((commutative, ordered) =>
        {
            for (var i = 0; i < source.Reads.Count; i++)
            {
                var (type, signal) = source.Reads[i];
                var into = op >= FoldOp.Outlier ? ordered : commutative;
                into[type].Add(new FoldStep(op, signal, slots.At(group), operand, weights[i]));
            }
        });
    }

    private FeatureRead Read(
        FeatureDefinition feature, FeatureSource source, int group, int operand, bool ordered) => new()
    {
        Name = feature.Name,
        Kind = feature.Kind,
        At = slots.At(group),
        Operand = operand,
        Scale = source.Scale,
        UnitDays = feature.UnitDays,
        Categories = source.Categories,
        Ordered = ordered,
    };

    private int Weight(int type, int signal)
    {
        if (!schema.Types[type].Signals[signal].FlagOutliers) return -1;
        var known = _outliers.IndexOf((type, signal));
        if (known >= 0) return known;
        _outliers.Add((type, signal));
        OutlierGroup(_outliers.Count - 1);
        return _outliers.Count - 1;
    }

    private int OutlierGroup(int weight)
    {
        var (type, signal) = _outliers[weight];
        return slots.Ordered(
            $"outlier|{schema.Types[type].MeaningOf(signal)}", [0], reals: Sketches.RobustOutlier.StateLength());
    }

    private void WriteOutlier(int weight, List<FoldStep>[] ordered)
    {
        var (type, signal) = _outliers[weight];
        ordered[type].Add(new FoldStep(FoldOp.Outlier, signal, slots.At(OutlierGroup(weight)), 0, weight));
    }

    private string Flags(FeatureSource source) =>
        source.Reads.Any(read => schema.Types[read.Type].Signals[read.Signal].FlagOutliers) ? "robust" : "plain";

    /// <summary>The group that keeps the last occurrence of a source's events.</summary>
    public static int LatestGroup(SlotAllocator slots, FeatureSource source) =>
        slots.Longs($"latest|{source.Signature}", SlotUnion.Max);

    /// <summary>Third pass: names other features and attributes; needs the vector's slots.</summary>
    public FeatureRead[] Link(VectorLinks links)
    {
        var linked = new FeatureRead[links.FeatureCount];
        var slot = 0;
        foreach (var feature in definition.Features)
        {
            for (var part = 0; part < Width(feature); part++, slot++)
            {
                linked[slot] = links.Link(feature, _reads[slot], slot, errors);
                links.Declare(linked[slot], slot);
            }
        }
        return linked;
    }
}
