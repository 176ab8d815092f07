using System.Runtime.InteropServices;
using DToC.Twin.Events;
using DToC.Twin.Models.Frustration;
using DToC.Twin.Plan;
using DToC.Twin.Sketches;
using DToC.Twin.State;

namespace DToC.Twin.Fold;

/// <summary>
/// Bursts in the ordered part of a state: in longs the moment that their decayed number is stated for and the clicks
/// that may become one, in a real that number.
/// </summary>
internal static class BurstFold
{
    /// <summary>Longs that a feature takes.</summary>
    public const int Longs = 1 + ClickBurst.Longs;

    /// <summary>Takes an event, or of a signal its first token; without one it is a click on nothing known.</summary>
    public static void Add(CustomerState state, TouchpointEvent e, in FoldStep step)
    {
        if (!TryTarget(e, step.Signal, out var target)) return;
        var plan = state.Plan.Fold.Bursts[step.Size];
        var longs = state.Longs.AsSpan(step.At.Longs, Longs);
        ref var clicks = ref MemoryMarshal.Cast<long, ClickBurst>(longs[1..])[0];
        var atMs = e.OccurredAt.UnixMs;
        if (!clicks.Observe(atMs, target, plan.Clicks, plan.WithinMs)) return;
        ref var bursts = ref state.Reals[step.At.Reals];
        bursts = At(state, step.At, plan, atMs) + 1;
        longs[0] = atMs;
    }

    /// <summary>The decayed number of bursts as of a moment.</summary>
    public static double At(CustomerState state, SlotCounts at, BurstPlan plan, long nowMs)
    {
        var elapsed = Math.Max(0, nowMs - state.Longs[at.Longs]);
        return state.Reals[at.Reals] * ExponentialDecay.Factor(elapsed, plan.HalfLifeMs);
    }

    private static bool TryTarget(TouchpointEvent e, int signal, out ulong target)
    {
        target = 0;
        if (signal < 0) return true;
        foreach (ref readonly var token in e.Tokens.AsSpan())
        {
            if (token.Signal != signal) continue;
            target = token.Hash;
            return true;
        }
        return false;
    }
}
