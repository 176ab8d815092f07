using System.Runtime.InteropServices;
using DToC.Twin.Events;
using DToC.Twin.Models.Pricing;
using DToC.Twin.Models.Satisfaction;
using DToC.Twin.Plan;
using DToC.Twin.Sketches;
using DToC.Twin.State;

namespace DToC.Twin.Fold;

/// <summary>
/// Folds events into the ordered part, which is defined on the events sorted by (occurred at, source, id). The
/// caller gives them in that order. Allocates nothing but the copy of the newest key.
/// </summary>
public static class OrderedFold
{
    /// <summary>Puts the ordered part back to its beginning.</summary>
    public static void Reset(CustomerState state)
    {
        var layout = state.Plan.Layout;
        var from = layout.OrderedFrom;
        layout.InitialLongs.AsSpan(from.Longs).CopyTo(state.Longs.AsSpan(from.Longs));
        state.Reals.AsSpan(from.Reals).Clear();
        state.Bytes.AsSpan(from.Bytes).Clear();
        state.Newest = OrderKey.None;
        foreach (var facet in state.Facets)
        {
            if (facet is not null) Reset(facet);
        }
    }

    /// <summary>Copies the ordered part of another state of the same plan.</summary>
    public static void CopyFrom(CustomerState state, CustomerState other)
    {
        var from = state.Plan.Layout.OrderedFrom;
        other.Longs.AsSpan(from.Longs).CopyTo(state.Longs.AsSpan(from.Longs));
        other.Reals.AsSpan(from.Reals).CopyTo(state.Reals.AsSpan(from.Reals));
        other.Bytes.AsSpan(from.Bytes).CopyTo(state.Bytes.AsSpan(from.Bytes));
        state.Newest = other.Newest;
        for (var i = 0; i < state.Facets.Length; i++)
        {
            if (other.Facets[i] is { } facet) CopyFrom(state.FacetOf(i), facet);
            else if (state.Facets[i] is { } gone) Reset(gone);
        }
    }

    /// <summary>Adds the event that comes next in order.</summary>
    public static void Apply(CustomerState state, TouchpointEvent e)
    {
        var facet = e.Persona < 0 ? state : state.FacetOf(e.Persona);
        foreach (ref readonly var step in state.Plan.Fold.Ordered[e.Type].AsSpan()) Apply(facet, e, step);
        Move(facet, e);
        RememberContext(facet, e);
        state.Newest = OrderKey.Of(e);
    }

    private static void Apply(CustomerState state, TouchpointEvent e, in FoldStep step)
    {
        var value = step.Signal < 0 ? TouchpointEvent.Missing : e.Numbers[step.Signal];
        switch (step.Op)
        {
            case FoldOp.Outlier:
                Weigh(state, step, value);
                break;
            case FoldOp.Last:
                if (value != TouchpointEvent.Missing) state.Longs[step.At.Longs] = value;
                break;
            case FoldOp.Mean:
                if (value != TouchpointEvent.Missing) AddMean(state, step, value);
                break;
            case FoldOp.Interval:
                AddInterval(state, step, e.OccurredAt.UnixMs);
                break;
            case FoldOp.HeavyHitters:
                AddHeavyHitters(state, e, step);
                break;
            case FoldOp.Session:
                AddSession(state, step, e.OccurredAt.UnixMs);
                break;
            case FoldOp.PurchaseDay:
                AddPurchase(state.Longs.AsSpan(step.At.Longs, 5), state.Plan.Fold.LocalTime.Day(e.OccurredAt), value);
                break;
            case FoldOp.LastEvent:
                state.Longs[step.At.Longs] = state.Plan.Fold.EventCodes[e.Type];
                state.Longs[step.At.Longs + 1] = e.OccurredAt.UnixMs;
                break;
            case FoldOp.Basket:
                AddBasket(state, e, step);
                break;
            case FoldOp.Level:
                if (value != TouchpointEvent.Missing) Follow(state, e, step, value);
                break;
            case FoldOp.Demand:
                AddDemand(state, e, step, value);
                break;
            case FoldOp.Burst:
                BurstFold.Add(state, e, step);
                break;
            default:
                throw new InvalidOperationException($"{step.Op} is not ordered.");
        }
    }

    private static void Weigh(CustomerState state, in FoldStep step, long value)
    {
        if (value == TouchpointEvent.Missing)
        {
            state.OutlierWeights[step.Weight] = 1;
            return;
        }
        var history = state.Reals.AsSpan(step.At.Reals, RobustOutlier.StateLength());
        var weight = RobustOutlier.Weight(history, value);
        if (weight < 1) state.Longs[step.At.Longs]++;
        RobustOutlier.Add(history, value);
        state.OutlierWeights[step.Weight] = weight;
    }

    /// <summary>Weighted incremental mean (West 1979): weight so far, mean.</summary>
    private static void AddMean(CustomerState state, in FoldStep step, long value)
    {
        var weight = step.Weight < 0 ? 1 : state.OutlierWeights[step.Weight];
        ref var total = ref state.Reals[step.At.Reals];
        ref var mean = ref state.Reals[step.At.Reals + 1];
        total += weight;
        mean += (value - mean) * (weight / total);
    }

    private static void AddInterval(CustomerState state, in FoldStep step, long atMs)
    {
        ref var last = ref state.Longs[step.At.Longs];
        if (last != TouchpointEvent.Missing)
        {
            var reals = state.Reals.AsSpan(step.At.Reals, 3);
            RunningMoments.Add(ref reals[0], ref reals[1], ref reals[2], (atMs - last) / (double)Instant.DayMs);
        }
        last = atMs;
    }

    private static void AddHeavyHitters(CustomerState state, TouchpointEvent e, in FoldStep step)
    {
        var hitters = HittersOf(state, step.At, step.Size);
        foreach (ref readonly var token in e.Tokens.AsSpan())
        {
            if (token.Signal == step.Signal)
                hitters.Add(token.Hash, e.TokenBytes.AsSpan(token.Offset, token.Length), 1);
        }
    }

    /// <summary>The heavy-hitter table of a feature.</summary>
    public static HeavyHitters HittersOf(CustomerState state, SlotCounts at, int capacity)
    {
        var bytes = state.Bytes.AsSpan(at.Bytes, capacity * (sizeof(ulong) + FoldPlan.TokenStride));
        return new HeavyHitters(
            MemoryMarshal.Cast<byte, ulong>(bytes[..(capacity * sizeof(ulong))]),
            state.Longs.AsSpan(at.Longs, capacity),
            state.Longs.AsSpan(at.Longs + capacity, capacity),
            bytes[(capacity * sizeof(ulong))..],
            FoldPlan.TokenStride);
    }

    // Each token of an event counts once, however many lines it has.
    private static void AddBasket(CustomerState state, TouchpointEvent e, in FoldStep step)
    {
        var basket = BasketOf(state, step.At, step.Size);
        var isBegun = false;
        var tokens = e.Tokens.AsSpan();
        for (var i = 0; i < tokens.Length; i++)
        {
            if (tokens[i].Signal != step.Signal || IsBefore(tokens[..i], tokens[i])) continue;
            if (!isBegun) basket.Begin(e.OccurredAt.UnixMs, state.Plan.Fold.HalfLivesMs[step.Weight]);
            isBegun = true;
            basket.Add(tokens[i].Hash, e.TokenBytes.AsSpan(tokens[i].Offset, tokens[i].Length));
        }
    }

    private static bool IsBefore(ReadOnlySpan<Token> earlier, Token token)
    {
        foreach (ref readonly var other in earlier)
        {
            if (other.Signal == token.Signal && other.Hash == token.Hash) return true;
        }
        return false;
    }

    /// <summary>The baskets of a feature.</summary>
    public static BasketCounts BasketOf(CustomerState state, SlotCounts at, int capacity) =>
        new(HittersOf(state, at, capacity), state.Longs.AsSpan(at.Longs, 2 * capacity + BasketCounts.Own), capacity);

    private static void AddSession(CustomerState state, in FoldStep step, long atMs)
    {
        ref var last = ref state.Longs[step.At.Longs];
        if (last == TouchpointEvent.Missing || atMs - last > state.Plan.Fold.SessionGapMs)
            state.Longs[step.At.Longs + 1]++;
        last = atMs;
    }

    /// <summary>First day, last day, days, spend on the first day, spend in all.</summary>
    private static void AddPurchase(Span<long> history, long day, long spend)
    {
        if (spend == TouchpointEvent.Missing) spend = 0;
        if (history[0] == TouchpointEvent.Missing) history[0] = day;
        if (history[1] != day) history[2]++;
        history[1] = day;
        if (history[0] == day) history[3] += spend;
        history[4] += spend;
    }

    /// <summary>Mean, variance and moment of what an answer tells.</summary>
    private static void Follow(CustomerState state, TouchpointEvent e, in FoldStep step, long value)
    {
        var level = state.Reals.AsSpan(step.At.Reals, 2);
        ref var at = ref state.Longs[step.At.Longs];
        var answer = value / state.Plan.Events.Types[e.Type].Scales[step.Signal];
        var told = state.Plan.Fold.Levels[step.Size].Observe(
            new SatisfactionState(level[0], level[1], at), e.OccurredAt.UnixMs, (SatisfactionKind)step.Weight, answer);
        (level[0], level[1], at) = (told.Mean, told.Variance, told.AtMs);
    }

    private static void AddDemand(CustomerState state, TouchpointEvent e, in FoldStep step, long price)
    {
        var quantity = e.Numbers[step.Size];
        // One that is missing is far below 0.
        if (price <= 0 || quantity <= 0) return;
        var scales = state.Plan.Events.Types[e.Type].Scales;
        DemandSums.Add(
            state.Reals.AsSpan(step.At.Reals, DemandSums.CountFor(2)), [1, Math.Log(price / scales[step.Signal])],
            Math.Log(quantity / scales[step.Size]));
    }

    private static void Move(CustomerState state, TouchpointEvent e)
    {
        var journey = state.Plan.Fold.Journey;
        var slots = state.Longs.AsSpan(journey.At, 3);
        var at = e.OccurredAt.UnixMs;
        var (stage, entered) = journey.AsOf(slots[0], slots[1], slots[2], at);
        var idled = stage != slots[0];
        var next = journey.Next[e.Type * journey.Stages.Count + stage];
        if (next >= 0)
        {
            if (next != stage) entered = at;
            (slots[0], slots[1], slots[2]) = (next, entered == TouchpointEvent.Missing ? at : entered, at);
        }
        else if (idled)
        {
            (slots[0], slots[1], slots[2]) = (stage, entered, entered);
        }
    }

    private static void RememberContext(CustomerState state, TouchpointEvent e)
    {
        for (var key = 0; key < ContextKeys.Count; key++)
        {
            if (e.Context[key].Span is { IsEmpty: false } value) RememberContext(state, key, value);
        }
    }

    /// <summary>Remembers the value of a context key in the place of the one before.</summary>
    /// <param name="state">The state, or the facet.</param>
    /// <param name="key">Slot of the key, see <see cref="ContextKeys"/>.</param>
    /// <param name="value">In UTF-8, at most <see cref="ContextKeys.MaxBytes"/> bytes.</param>
    public static void RememberContext(CustomerState state, int key, ReadOnlySpan<byte> value)
    {
        var slot = state.Bytes.AsSpan(
            state.Plan.Fold.ContextAt + key * FoldPlan.ContextStride, FoldPlan.ContextStride);
        slot.Clear();
        slot[0] = (byte)value.Length;
        value.CopyTo(slot[1..]);
    }
}
