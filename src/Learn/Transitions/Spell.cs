using DToC.Twin.Events;
using DToC.Twin.Plan;

namespace DToC.Learn.Transitions;

/// <summary>How long something lasted, and what followed.</summary>
/// <param name="From">What it was, by index.</param>
/// <param name="Days">How long, 0 or more.</param>
/// <param name="Next">What followed, by index; -1 when nothing had by the end of what is known.</param>
public readonly record struct Spell(int From, double Days, int Next)
{
    /// <summary>From event to event.</summary>
    /// <param name="events">What happened, by index, and when in ms; in the order of time.</param>
    /// <param name="untilMs">Where what is known ends; later events are left out.</param>
    public static IEnumerable<Spell> OfEvents(IEnumerable<(int Type, long AtMs)> events, long untilMs)
    {
        ArgumentNullException.ThrowIfNull(events);
        var (last, since) = (-1, 0L);
        foreach (var (type, at) in events)
        {
            if (at > untilMs) break;
            if (last >= 0) yield return new Spell(last, DaysBetween(since, at), type);
            (last, since) = (type, at);
        }
        if (last >= 0) yield return new Spell(last, DaysBetween(since, untilMs), -1);
    }

    /// <summary>From stage to stage, those that gave way in silence among them.</summary>
    /// <inheritdoc cref="StageMoves"/>
    public static IEnumerable<Spell> OfStages(
        JourneyPlan journey, IEnumerable<(int Type, long AtMs)> events, long untilMs) =>
        OfEvents(StageMoves(journey, events, untilMs), untilMs);

    /// <summary>The stages one after the other, each with the moment it began, in the order of time.</summary>
    /// <param name="journey">The journey.</param>
    /// <param name="events">Slots of event types, and when in ms; in the order of time.</param>
    /// <param name="untilMs">Where what is known ends; later events are left out.</param>
    public static IReadOnlyList<(int Stage, long AtMs)> StageMoves(
        JourneyPlan journey, IEnumerable<(int Type, long AtMs)> events, long untilMs)
    {
        ArgumentNullException.ThrowIfNull(journey);
        var moves = new List<(int Stage, long AtMs)>();
        var (stage, touched) = (0, TouchpointEvent.Missing);
        foreach (var (type, at) in events.Where(e => e.AtMs <= untilMs))
        {
            Idle(at);
            var next = journey.Next[type * journey.Stages.Count + stage];
            if (next < 0) continue;
            // Before its first move nobody knows since when a customer is in the initial stage.
            if (next != stage || moves.Count == 0) moves.Add((next, at));
            (stage, touched) = (next, at);
        }
        Idle(untilMs);
        return moves;

        void Idle(long at)
        {
            while (touched != TouchpointEvent.Missing && journey.IdleMs[stage] <= at - touched)
            {
                touched += journey.IdleMs[stage];
                stage = journey.IdleTo[stage];
                moves.Add((stage, touched));
            }
        }
    }

    /// <summary>Days from one moment to another, both in ms.</summary>
    public static double DaysBetween(long fromMs, long untilMs) => (untilMs - fromMs) / (double)Twin.Instant.DayMs;
}
