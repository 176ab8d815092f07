using System.Runtime.InteropServices;
using DToC.Twin.Consent;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.Sketches;
using DToC.Twin.State;

namespace DToC.Twin.Features;

/// <summary>Reads features, context, attributes and time out of a state, as of a moment. Allocates nothing.</summary>
public static class FeatureReader
{
    /// <summary>Fills everything but the scores, which become missing.</summary>
    public static void Fill(Vectors vectors, CustomerState state, Instant now)
    {
        ConsentGate.LawfulInto(state, now, vectors.Lawful);
        FillAll(vectors, state, now);
    }

    /// <summary>
    /// Fills everything but the scores as of one of whom nothing is known: no event, no attribute. Allocates.
    /// </summary>
    /// <param name="vectors">To be filled.</param>
    /// <param name="lawful">Lawful data categories by purpose, as of the customer who is compared.</param>
    public static void FillNobody(Vectors vectors, ReadOnlySpan<ulong> lawful)
    {
        lawful.CopyTo(vectors.Lawful);
        FillAll(vectors, new CustomerState(vectors.Plan), new Instant(0));
    }

    private static void FillAll(Vectors vectors, CustomerState state, Instant now)
    {
        Begin(vectors, state, now);
        var features = vectors.Plan.Vector.Features;
        for (var slot = 0; slot < features.Length; slot++)
        {
            if ((features[slot].Categories & vectors.Unusable) == 0)
                vectors.Numbers[slot] = Read(vectors, state, now, features[slot]);
        }
        FillTexts(vectors, state, now, []);
    }

    /// <summary>Fills only what the rules of every turn read.</summary>
    public static void FillForTurn(Vectors vectors, CustomerState state, Instant now) =>
        FillSome(vectors, state, now, vectors.Plan.FeaturesOfTurn, vectors.Plan.TextsOfTurn);

    /// <summary>Fills only some features and texts; the scores become missing.</summary>
    /// <param name="vectors">To be filled.</param>
    /// <param name="state">Read.</param>
    /// <param name="now">The moment.</param>
    /// <param name="wanted">Features, in the order of their slots; those they are made of among them.</param>
    /// <param name="wantedTexts">By text slot.</param>
    public static void FillSome(
        Vectors vectors, CustomerState state, Instant now, ReadOnlySpan<int> wanted, ReadOnlySpan<bool> wantedTexts)
    {
        ConsentGate.LawfulInto(state, now, vectors.Lawful);
        Begin(vectors, state, now);
        var features = vectors.Plan.Vector.Features;
        foreach (var slot in wanted)
        {
            if ((features[slot].Categories & vectors.Unusable) == 0)
                vectors.Numbers[slot] = Read(vectors, state, now, features[slot]);
        }
        FillTexts(vectors, state, now, wantedTexts);
    }

    private static void Begin(Vectors vectors, CustomerState state, Instant now)
    {
        var plan = vectors.Plan;
        vectors.Numbers.AsSpan().Fill(double.NaN);
        vectors.Texts.AsSpan().Clear();
        var usable = 0UL;
        foreach (var mask in vectors.Lawful) usable |= mask;
        vectors.Unusable = ~usable;
        vectors.Withheld = (state.Kept | ConsentGate.Keepable(state, now)) & ~usable;
        var elapsed = state.LastAt.IsNever ? 0 : Math.Max(0, now.UnixMs - state.LastAt.UnixMs);
        for (var i = 0; i < vectors.DecayFactors.Length; i++)
        {
            vectors.DecayFactors[i] = ExponentialDecay.Factor(elapsed, plan.Fold.HalfLivesMs[i]);
        }
        var hourOfWeek = plan.Fold.LocalTime.HourOfWeek(now);
        vectors.Numbers[plan.Vector.NowHour] = hourOfWeek % 24;
        vectors.Numbers[plan.Vector.NowWeekday] = hourOfWeek / 24 + 1;
        for (var i = 0; i < state.Attributes.Length; i++)
        {
            var slot = plan.Vector.AttributeNumbers[i];
            if (slot < 0 || state.Attribute(i) is not { Text: null } attribute) continue;
            if ((plan.Vector.NumberCategories[slot] & vectors.Unusable) == 0) vectors.Numbers[slot] = attribute.Number;
        }
    }

    private static double Read(Vectors vectors, CustomerState state, Instant now, FeatureRead feature)
    {
        var longs = state.Longs;
        switch (feature.Kind)
        {
            case FeatureKind.Count:
                return longs[feature.At.Longs];
            case FeatureKind.Outliers:
                var outliers = 0L;
                foreach (var slot in feature.LongSlots) outliers += longs[slot];
                return outliers;
            case FeatureKind.Sum:
                return longs[feature.At.Longs] / feature.Scale;
            case FeatureKind.Sessions:
                return longs[feature.At.Longs + 1];
            case FeatureKind.Min or FeatureKind.Max or FeatureKind.Last:
                var value = longs[feature.At.Longs];
                return value == TouchpointEvent.Missing ? double.NaN : value / feature.Scale;
            case FeatureKind.Recency or FeatureKind.Age:
                return DaysSince(longs[feature.At.Longs], now);
            case FeatureKind.DecayedCount:
                return state.Reals[feature.At.Reals] * vectors.DecayFactors[feature.Operand];
            case FeatureKind.DecayedSum:
                return state.Reals[feature.At.Reals] * vectors.DecayFactors[feature.Operand] / feature.Scale;
            case FeatureKind.Mean:
                return state.Reals[feature.At.Reals] > 0
                    ? state.Reals[feature.At.Reals + 1] / feature.Scale
                    : double.NaN;
            case FeatureKind.Distinct:
                return DistinctCount.Estimate(state.Bytes.AsSpan(feature.At.Bytes, feature.Operand));
            case FeatureKind.Ratio:
                var denominator = vectors.Numbers[feature.Ratio.Denominator];
                return denominator == 0 ? double.NaN : vectors.Numbers[feature.Ratio.Numerator] / denominator;
            case FeatureKind.Expression:
                return feature.Expression?.Evaluate(vectors.Numbers, vectors.Texts) ?? double.NaN;
            case FeatureKind.Attribute:
                return vectors.Numbers[vectors.Plan.Vector.AttributeNumbers[feature.Operand]];
            default:
                return ReadOrdered(vectors, state, now, feature);
        }
    }

    private static double ReadOrdered(Vectors vectors, CustomerState state, Instant now, FeatureRead feature)
    {
        switch (feature.Kind)
        {
            case FeatureKind.InterEventMean:
                var mean = state.Reals.AsSpan(feature.At.Reals, 3);
                return mean[0] > 0 ? mean[1] : double.NaN;
            case FeatureKind.InterEventVariance:
                var moments = state.Reals.AsSpan(feature.At.Reals, 3);
                return moments[0] > 1 ? RunningMoments.Variance(moments[0], moments[2]) : double.NaN;
            case FeatureKind.HourOfWeek:
                return HourShare(vectors, state, now, feature);
            case FeatureKind.HeavyHitters:
                return TopShare(state, feature);
            case FeatureKind.TimeInStage:
                var (_, entered) = Stage(state, now);
                return entered == TouchpointEvent.Missing ? double.NaN : DaysSince(entered, now);
            case FeatureKind.PurchaseHistory:
                return Purchases(state, now, feature);
            case FeatureKind.Stage:
                return state.Plan.Fold.Journey.StageCodes[Stage(state, now).Stage];
            case FeatureKind.LastEvent:
                var last = state.Longs[feature.At.Longs + feature.Part];
                return feature.Part == 1 ? DaysSince(last, now)
                    : last == TouchpointEvent.Missing ? double.NaN : last;
            case FeatureKind.Basket:
                return Basket(OrderedFold.BasketOf(state, feature.At, feature.Operand), feature, now);
            case FeatureKind.LatentLevel:
                return Level(state, now, feature);
            case FeatureKind.DemandSums:
                return state.Reals[feature.At.Reals + feature.Operand];
            case FeatureKind.Bursts:
                return BurstFold.At(state, feature.At, state.Plan.Fold.Bursts[feature.Operand], now.UnixMs);
            default:
                throw new InvalidOperationException($"Feature kind {feature.Kind} cannot be read.");
        }
    }

    private static double DaysSince(long thenMs, Instant now) =>
        thenMs == TouchpointEvent.Missing ? double.NaN : Math.Max(0, now.UnixMs - thenMs) / (double)Instant.DayMs;

    private static double HourShare(Vectors vectors, CustomerState state, Instant now, FeatureRead feature)
    {
        var counters = MemoryMarshal.Cast<byte, ushort>(state.Bytes.AsSpan(feature.At.Bytes, feature.Operand * 2));
        var total = 0L;
        foreach (var counter in counters) total += counter;
        var bucket = vectors.Plan.Fold.LocalTime.HourOfWeek(now) * feature.Operand / 168;
        return total == 0 ? double.NaN : counters[bucket] / (double)total;
    }

    private static double TopShare(CustomerState state, FeatureRead feature)
    {
        var counts = state.Longs.AsSpan(feature.At.Longs, feature.Operand);
        var (total, top) = (0L, 0L);
        foreach (var count in counts)
        {
            total += count; // Space-Saving keeps the sum of counts equal to all that was added
            top = Math.Max(top, count);
        }
        return total == 0 ? double.NaN : top / (double)total;
    }

    private static double Basket(BasketCounts basket, FeatureRead feature, Instant now)
    {
        if (feature.Part == 0) return basket.BasketsAt(now.UnixMs, feature.HalfLifeMs);
        var slot = (feature.Part - 1) / 2;
        if (slot >= basket.Used) return double.NaN;
        return feature.Part % 2 == 1
            ? NameCode.Of(basket.Hash(slot))
            : basket.CountAt(slot, now.UnixMs, feature.HalfLifeMs);
    }

    private static double Purchases(CustomerState state, Instant now, FeatureRead feature)
    {
        var history = state.Longs.AsSpan(feature.At.Longs, 5);
        if (history[0] == TouchpointEvent.Missing) return double.NaN;
        var repeats = history[2] - 1;
        return feature.Operand switch
        {
            0 => repeats,
            1 => (history[1] - history[0]) / feature.UnitDays,
            // An event may be dated a little ahead of now; the base then ends at it.
            2 => Math.Max(state.Plan.Fold.LocalTime.Day(now) - history[0], history[1] - history[0]) / feature.UnitDays,
            _ => repeats > 0 ? (history[4] - history[3]) / (double)repeats / feature.Scale : double.NaN,
        };
    }

    /// <summary>Mean and variance after the last answer, days since it; missing where there is none.</summary>
    private static double Level(CustomerState state, Instant now, FeatureRead feature)
    {
        var level = state.Reals.AsSpan(feature.At.Reals, 2);
        if (level[1] <= 0) return double.NaN;
        return feature.Operand < 2 ? level[feature.Operand] : DaysSince(state.Longs[feature.At.Longs], now);
    }

    /// <summary>Slot of the journey stage as of a moment, and when it was entered in ms.</summary>
    public static (int Stage, long EnteredAtMs) Stage(CustomerState state, Instant now)
    {
        var slots = state.Longs.AsSpan(state.Plan.Fold.Journey.At, 3);
        return state.Plan.Fold.Journey.AsOf(slots[0], slots[1], slots[2], now.UnixMs);
    }

    /// <summary>The remembered value of a context key; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Context(CustomerState state, int key)
    {
        var slot = state.Bytes.AsSpan(state.Plan.Fold.ContextAt + key * FoldPlan.ContextStride, FoldPlan.ContextStride);
        return slot.Slice(1, slot[0]);
    }

    /// <summary>
    /// Slot of the most frequent token of a heavy-hitter feature, or -1: the highest count, then the hash.
    /// </summary>
    public static int TopToken(CustomerState state, FeatureRead feature)
    {
        var hitters = OrderedFold.HittersOf(state, feature.At, feature.Operand);
        var top = -1;
        for (var slot = 0; slot < hitters.Used; slot++)
        {
            if (top < 0 || hitters.Count(slot) > hitters.Count(top)
                || (hitters.Count(slot) == hitters.Count(top) && hitters.Hash(slot) < hitters.Hash(top)))
            {
                top = slot;
            }
        }
        return top;
    }

    /// <summary>Hashes the texts that are wanted; an empty mask wants all.</summary>
    private static void FillTexts(Vectors vectors, CustomerState state, Instant now, ReadOnlySpan<bool> wanted)
    {
        var plan = vectors.Plan;
        var texts = vectors.Texts.AsSpan();
        if (state.Persona >= 0) texts[plan.Vector.PersonaText] = plan.Vector.PersonaHashes[state.Persona];
        if (vectors.HasStage && IsWanted(wanted, VectorPlan.StageText))
        {
            texts[VectorPlan.StageText] = plan.Fold.Journey.StageHashes[Stage(state, now).Stage];
        }
        for (var key = 0; key < ContextKeys.Count && vectors.HasContext; key++)
        {
            var slot = VectorPlan.FirstContextText + key;
            if (IsWanted(wanted, slot) && Context(state, key) is { IsEmpty: false } value)
                texts[slot] = StableHash.Of(value);
        }
        for (var i = 0; i < state.Attributes.Length; i++)
        {
            if (state.Attribute(i)?.Text is not { } text) continue;
            var slot = plan.Vector.AttributeTexts[i];
            if (slot < 0 || (plan.Vector.TextCategories[slot] & vectors.Unusable) != 0) continue;
            if (IsWanted(wanted, slot)) texts[slot] = StableHash.Of(text);
        }
        foreach (var feature in plan.Vector.TokenFeatures)
        {
            if ((feature.Categories & vectors.Unusable) != 0 || !IsWanted(wanted, feature.TextSlot)) continue;
            var top = TopToken(state, feature);
            if (top >= 0) texts[feature.TextSlot] = OrderedFold.HittersOf(state, feature.At, feature.Operand).Hash(top);
        }
    }

    private static bool IsWanted(ReadOnlySpan<bool> wanted, int slot) => wanted.IsEmpty || wanted[slot];
}
