using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.Decisions;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// The past as it is assumed: a customer's history up to a moment, without the events that are left out. Contacts that
/// were made because of them stay; what happened is left out, not what was done about it.
/// </summary>
internal sealed class HypotheticalPast
{
    private readonly Hypothesis _assumed;
    private readonly CustomerState _real;
    private readonly Instant _now;
    private readonly Instant? _end;
    private readonly HashSet<string> _found = new(StringComparer.Ordinal);
    private readonly HashSet<(Instant At, string Source)> _leftOut = [];
    private string? _held;

    private HypotheticalPast(Hypothesis assumed, CustomerState real, Instant now)
    {
        (_assumed, _real, _now) = (assumed, real, now);
        _end = assumed.At is { } at && at < now ? at : null;
    }

    /// <summary>Whether a hypothesis has another past than the customer, so that the history is needed.</summary>
    public static bool IsAnother(Hypothesis assumed, Instant now) => assumed.Without.Count > 0 || assumed.At < now;

    /// <summary>Puts the assumed past in the place of the customer's, in turns that nobody hears of.</summary>
    /// <param name="unheard">Where.</param>
    /// <param name="history">The customer's history.</param>
    /// <param name="assumed">What is assumed.</param>
    /// <param name="real">The customer's state, for what may be used of it.</param>
    /// <param name="now">The moment of asking.</param>
    /// <returns>Why it cannot be done; null when it was.</returns>
    public static HypothesisResult.Refused? Put(
        UnheardTurns unheard, History history, Hypothesis assumed, CustomerState real, Instant now)
    {
        var past = new HypotheticalPast(assumed, real, now);
        if (past._end is { } end && end < real.Checkpoint.OccurredAt)
        {
            return new HypothesisResult.Refused(
                "at", $"This customer's journal begins after {real.Checkpoint.OccurredAt}; name a later moment");
        }
        var left = past.Left(JournalForgetting.Without(history, real, unheard.Plans) ?? history, unheard);
        if (past.Refusal() is { } refused) return refused;
        past.Prune(unheard.Twin);
        foreach (var facet in unheard.Twin.Facets)
        {
            if (facet is not null) past.Prune(facet);
        }
        unheard.History = left;
        if (unheard.Tell(new GrainMessage.Refold(), assumed.Moment) is null)
            throw new InvalidOperationException("A turn that was given the history asked for it.");
        foreach (var entry in unheard.History.Entries)
        {
            // What stood behind an attribute that was left out stands again.
            if (entry.Kind == JournalKind.Attributes)
                FactTurns.Take(unheard.Twin, JournalPayload.ReadAttributes(entry));
        }
        Hold(unheard.Twin, assumed.Moment);
        return null;
    }

    private History Left(History history, UnheardTurns unheard)
    {
        var reader = new EventReader(unheard.Plans.Current.Events, EventLimits.Stored);
        return JournalForgetting.Where(history, unheard.Key, (entry, _) => Stays(reader, entry) ? entry : null);
    }

    private bool Stays(EventReader reader, JournalEntry entry)
    {
        var isFact = entry.Kind is JournalKind.Attributes or JournalKind.Decision;
        if (isFact) return _end is not { } end || entry.OccurredAt <= end;
        if (entry.Kind is not (JournalKind.Event or JournalKind.AlsoSent)) return true;
        if (_end < entry.OccurredAt) return false;
        return CustomerHistory.ReadEvent(reader, entry) is not { } e || !LeavesOut(e);
    }

    private bool LeavesOut(TouchpointEvent e)
    {
        var type = e.Schema.Types[e.Type];
        var name = _assumed.Without.Contains(e.Id, StringComparer.Ordinal) ? e.Id
            : _assumed.Without.Contains(type.Name, StringComparer.Ordinal) ? type.Name : null;
        // Whether there is one that may not be shown is not told either.
        if (name is null || !ConsentGate.MayUse(_real.FindFacet(e.Persona) ?? _real, type.Category, _now)) return false;
        if (OrderKey.Of(e).CompareTo(_real.Checkpoint) <= 0) _held = name;
        if (name == type.Name && _real.Checkpoint != OrderKey.None) _held = name;
        _found.Add(name);
        _leftOut.Add((e.OccurredAt, e.Source));
        return true;
    }

    private HypothesisResult.Refused? Refusal()
    {
        if (_held is not null)
        {
            return new HypothesisResult.Refused(
                "without",
                $"'{_held}' cannot be left out: what happened up to {_real.Checkpoint.OccurredAt} is held together by "
                + "a checkpoint. Name ids of later events");
        }
        return _assumed.Without.FirstOrDefault(name => !_found.Contains(name)) is { } unknown
            ? new HypothesisResult.Refused(
                "without", $"No event of this customer has the id or type '{unknown}'; its timeline names them")
            : null;
    }

    /// <summary>Takes out what was known by events that are left out, or later than the moment.</summary>
    private void Prune(CustomerState facet)
    {
        var personas = facet.Plan.Events.Personas;
        for (var slot = 0; slot < facet.Attributes.Length; slot++)
        {
            // Behind which persona the customer stands is a wish, and holds for the past too.
            if (slot == personas.ChoiceAttribute || slot == personas.PseudonymAttribute) continue;
            if (facet.Attributes[slot] is not { } known) continue;
            var isLeftOut = known.Origin == AttributeOrigin.Observed && _leftOut.Contains((known.At, known.Source));
            if (isLeftOut || _end < known.At) facet.Attributes[slot] = null;
        }
        if (_end is { } end) facet.Contacts.RemoveAll(contact => contact.At > end);
    }

    /// <summary>Remembers which thresholds hold in this past: they were crossed in it, not after it.</summary>
    private static void Hold(CustomerState twin, Instant moment)
    {
        var decider = new TurnDecider(twin.Plan);
        for (var persona = PersonaSchema.Nobody; persona < twin.Facets.Length; persona++)
        {
            if (twin.FindFacet(persona) is not { } facet) continue;
            decider.Read(facet, moment);
            decider.Fired(facet, firedByEvents: 0, mayFireThresholds: false);
        }
    }
}
