using DToC.Twin.Rules;
using DToC.Twin.State;

namespace DToC.Twin.Segments;

/// <summary>How a rule's outcome follows time.</summary>
public enum TimingKind : byte
{
    /// <summary>Only turns change it.</summary>
    Still,

    /// <summary>Time changes it at moments that can be computed.</summary>
    Computed,

    /// <summary>Time changes it, and it is looked at again once a tick.</summary>
    Ticked,
}

/// <summary>What the passing of time does to a rule.</summary>
/// <param name="Kind">How its outcome follows time.</param>
/// <param name="Crossings">The comparisons whose moments are computed.</param>
/// <param name="ReadsStage">Whether it changes when the journey's stage gives way.</param>
public sealed record RuleTiming(TimingKind Kind, IReadOnlyList<Crossing> Crossings, bool ReadsStage)
{
    /// <summary>
    /// The next moment after <paramref name="now"/> at which time alone may change the outcome, were there no event;
    /// <see cref="Instant.Never"/> for none. It may be early, never late by more than the tick of a rule that has one.
    /// </summary>
    public Instant NextChange(CustomerState state, Instant now, long tickMs)
    {
        if (Kind == TimingKind.Still) return Instant.Never;
        if (Kind == TimingKind.Ticked) return now.PlusMs(tickMs);
        var next = ReadsStage ? StageClock.GivesWayAt(state, now) : Instant.Never;
        for (var i = 0; i < Crossings.Count; i++) next = Earlier(next, Crossings[i].At(state, now));
        return next;
    }

    /// <summary>The earlier of two moments, of which either may be never.</summary>
    public static Instant Earlier(Instant a, Instant b) => a.IsNever || (!b.IsNever && b < a) ? b : a;
}
