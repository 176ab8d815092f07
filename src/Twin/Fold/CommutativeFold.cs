using System.Runtime.InteropServices;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.Sketches;
using DToC.Twin.State;

namespace DToC.Twin.Fold;

/// <summary>
/// Folds an event into the commutative part: any order of events gives the same result (decayed values within 1e-9
/// of the sum of absolute contributions). An event of a persona goes to that facet alone. Allocates nothing but a
/// facet.
/// </summary>
public static class CommutativeFold
{
    /// <summary>Adds one event. The caller has made sure it was not added before.</summary>
    public static void Apply(CustomerState state, TouchpointEvent e)
    {
        state.Kept |= 1UL << state.Plan.Events.Types[e.Type].Category;
        if (e.Persona >= 0) state = state.FacetOf(e.Persona);
        var plan = state.Plan.Fold;
        var longs = state.Longs;
        var latest = longs[StateLayout.LastAt];
        var at = e.OccurredAt.UnixMs;
        if (at > latest)
        {
            if (latest != TouchpointEvent.Missing) Advance(state.Reals, plan, at - latest);
            longs[StateLayout.LastAt] = latest = at;
        }
        longs[StateLayout.EventCount]++;
        longs[StateLayout.FirstAt] = Earlier(longs[StateLayout.FirstAt], at);
        foreach (ref readonly var step in plan.Commutative[e.Type].AsSpan()) Apply(state, e, step, latest - at);
    }

    /// <summary>Moves decayed values on by a time: exponential decay is linear, so all move alike.</summary>
    private static void Advance(Span<double> reals, FoldPlan plan, long elapsedMs)
    {
        Span<double> factors = stackalloc double[plan.HalfLivesMs.Length];
        for (var i = 0; i < factors.Length; i++) factors[i] = ExponentialDecay.Factor(elapsedMs, plan.HalfLivesMs[i]);
        var decayOf = plan.DecayOf;
        for (var slot = 0; slot < decayOf.Length; slot++) reals[slot] *= factors[decayOf[slot]];
    }

    private static void Apply(CustomerState state, TouchpointEvent e, in FoldStep step, long lateMs)
    {
        ref var slot = ref MemoryMarshal.GetArrayDataReference(state.Longs);
        if (step.At.Longs < state.Longs.Length) slot = ref state.Longs[step.At.Longs];
        var value = step.Signal < 0 ? TouchpointEvent.Missing : e.Numbers[step.Signal];
        switch (step.Op)
        {
            case FoldOp.Count:
                slot++;
                break;
            case FoldOp.Sum:
                if (value != TouchpointEvent.Missing) slot += value;
                break;
            case FoldOp.Min:
                slot = Earlier(slot, value);
                break;
            case FoldOp.Max:
                slot = Math.Max(slot, value);
                break;
            case FoldOp.First:
                slot = Earlier(slot, e.OccurredAt.UnixMs);
                break;
            case FoldOp.Latest:
                slot = Math.Max(slot, e.OccurredAt.UnixMs);
                break;
            case FoldOp.DecayedCount:
                state.Reals[step.At.Reals] += Factor(state, step.Size, lateMs);
                break;
            case FoldOp.DecayedSum:
                if (value != TouchpointEvent.Missing)
                    state.Reals[step.At.Reals] += value * Factor(state, step.Size, lateMs);
                break;
            case FoldOp.Distinct:
                AddTokens(state.Bytes.AsSpan(step.At.Bytes, step.Size), e, step.Signal);
                break;
            case FoldOp.HourOfWeek:
                AddHour(state, e, step);
                break;
            default:
                throw new InvalidOperationException($"{step.Op} is not commutative.");
        }
    }

    private static double Factor(CustomerState state, int halfLife, long lateMs) =>
        lateMs == 0 ? 1 : ExponentialDecay.Factor(lateMs, state.Plan.Fold.HalfLivesMs[halfLife]);

    private static void AddTokens(Span<byte> registers, TouchpointEvent e, int signal)
    {
        foreach (ref readonly var token in e.Tokens.AsSpan())
        {
            if (token.Signal == signal) DistinctCount.Add(registers, token.Hash);
        }
    }

    private static void AddHour(CustomerState state, TouchpointEvent e, in FoldStep step)
    {
        var bucket = state.Plan.Fold.LocalTime.HourOfWeek(e.OccurredAt) * step.Size / 168;
        var counters = MemoryMarshal.Cast<byte, ushort>(state.Bytes.AsSpan(step.At.Bytes, step.Size * 2));
        if (counters[bucket] < ushort.MaxValue) counters[bucket]++; // saturates: a share stays a share
    }

    internal static long Earlier(long a, long b)
    {
        if (a == TouchpointEvent.Missing) return b;
        return b == TouchpointEvent.Missing ? a : Math.Min(a, b);
    }
}
