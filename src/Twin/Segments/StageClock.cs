using DToC.Twin.Events;
using DToC.Twin.State;

namespace DToC.Twin.Segments;

/// <summary>When journey stages give way by themselves.</summary>
internal static class StageClock
{
    /// <summary>
    /// When the stage as of <paramref name="now"/> gives way if no event comes; <see cref="Instant.Never"/> for not.
    /// </summary>
    public static Instant GivesWayAt(CustomerState state, Instant now)
    {
        var journey = state.Plan.Fold.Journey;
        var slots = state.Longs.AsSpan(journey.At, 3);
        var (stage, entered, touched) = ((int)slots[0], slots[1], slots[2]);
        // As many hops as there are stages at most: a ring of idle rules is refused when the definition is compiled.
        while (entered != TouchpointEvent.Missing && journey.IdleMs[stage] != long.MaxValue)
        {
            var at = touched + journey.IdleMs[stage];
            if (at > now.UnixMs) return new Instant(at);
            (stage, entered, touched) = (journey.IdleTo[stage], at, at);
        }
        return Instant.Never;
    }
}
