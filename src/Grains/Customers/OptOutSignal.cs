using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// An opt-out signal that events bear (Global Privacy Control): an objection to each purpose that sells or shares,
/// which stands until the customer answers otherwise.
/// </summary>
internal sealed class OptOutSignal
{
    /// <summary>The source of consents that a signal brought.</summary>
    public const string Source = "gpc";

    private readonly ConsentRecord[] _before;
    private readonly List<ConsentChange> _changes;
    private readonly Instant _at;

    private OptOutSignal(ConsentRecord[] before, List<ConsentChange> changes, Instant at) =>
        (_before, _changes, _at) = (before, changes, at);

    /// <summary>Applies the latest signal of the events; null when it changes nothing.</summary>
    public static OptOutSignal? Of(CustomerTurn turn, IReadOnlyList<TouchpointEvent> events)
    {
        var at = Instant.Never;
        // By index: an enumerator would be allocated with every event.
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i];
            if (e.OptsOut) at = Instant.Max(at, e.OccurredAt < turn.Now ? e.OccurredAt : turn.Now);
        }
        if (at.IsNever) return null;
        OptOutSignal? signal = null;
        var plan = turn.Plan.Consent;
        for (var purpose = 0; purpose < plan.SaleOrSharing.Length; purpose++)
        {
            if (!plan.SaleOrSharing[purpose]) continue;
            ref var consent = ref turn.Twin.Consents[purpose];
            var change = ConsentChange.Signal(plan.Purposes[purpose]);
            var after = change.ApplyTo(consent, at, Source);
            if (after == consent) continue;
            signal ??= new OptOutSignal([.. turn.Twin.Consents], [], at);
            signal._changes.Add(change);
            consent = after;
        }
        return signal;
    }

    /// <summary>Undoes it, for a turn that will be run again.</summary>
    public void TakeBack(CustomerTurn turn) => _before.CopyTo(turn.Twin.Consents, 0);

    /// <summary>Writes it to the journal, and tells other systems.</summary>
    public void Record(CustomerTurn turn)
    {
        turn.Journal(JournalKind.Consents, _at, turn.Plan.Consent.LongestRetentionMs,
            JournalPayload.OfConsents(Source, _changes, turn.For));
        ConsentTurns.Tell(turn, _before, Source);
    }
}
