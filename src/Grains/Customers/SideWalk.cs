using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// Goes through the journal of a customer that has taken others in, from its beginning, and keeps what belongs to one
/// side: entries as they would stand in its own journal, and what they say of consents, attributes and identifiers.
/// </summary>
internal sealed class SideWalk(
    string customer, CustomerState facts, PlanCatalog plans, Func<string, bool> isOfIt, HashSet<ulong> counted)
{
    private readonly EventReader _reader = new(plans.Current.Events, EventLimits.Stored);

    public List<JournalEntry> Entries { get; } = [];

    /// <summary>Turn facts and attributes so far.</summary>
    public CustomerState Facts { get; private set; } = facts;

    /// <summary>Takes the next entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="to">To whom it was sent.</param>
    /// <param name="isHolder">Whether the side is that of the journal's owner.</param>
    public void Take(JournalEntry entry, string to, bool isHolder)
    {
        switch (entry.Kind)
        {
            case JournalKind.Event or JournalKind.AlsoSent or JournalKind.Consents or JournalKind.Attributes:
                if (isOfIt(to)) Take(entry, to);
                break;
            case JournalKind.Merge:
                TakeMerge(entry, isHolder);
                break;
            case JournalKind.Checkpoint:
                TakeCheckpoint(entry, isHolder);
                break;
            default:
                if (isHolder) Entries.Add(entry);
                break;
        }
    }

    private void Take(JournalEntry entry, string to)
    {
        var @for = to == customer ? null : to;
        switch (entry.Kind)
        {
            case JournalKind.Consents:
                var (source, changes) = JournalPayload.ReadConsents(entry.Payload);
                foreach (var change in changes) Say(change, entry.OccurredAt, source);
                break;
            case JournalKind.Attributes:
                FactTurns.Take(Facts, JournalPayload.ReadAttributes(entry));
                break;
            default:
                if (CustomerHistory.ReadAsSent(_reader, entry) is not { } e) break;
                TakeEvent(e, entry.RecordedAt);
                // The persona that those united had chosen may be none of its own.
                var chosen = PersonaTurns.ChosenOf(PersonaTurns.InChosen(Facts, e));
                if (entry.Kind == JournalKind.Event)
                {
                    Entries.Add(entry with { Payload = JournalPayload.OfEvent(e.Json, @for, chosen) });
                    return;
                }
                // What was counted for another counts here.
                var counts = counted.Add(e.KeyHash);
                Entries.Add(entry with
                {
                    Kind = counts ? JournalKind.Event : JournalKind.AlsoSent,
                    Payload = JournalPayload.OfEvent(e.Json, counts ? @for : to, chosen),
                });
                return;
        }
        Entries.Add(JournalPayload.For(entry, @for));
    }

    private void TakeEvent(TouchpointEvent e, Instant recordedAt)
    {
        LinkTurns.Take(Facts, e);
        if (!e.OptsOut) return;
        // The signal of one was no news to those united, but is to it alone.
        var consent = plans.Current.Consent;
        for (var purpose = 0; purpose < consent.SaleOrSharing.Length; purpose++)
        {
            if (!consent.SaleOrSharing[purpose]) continue;
            var at = e.OccurredAt < recordedAt ? e.OccurredAt : recordedAt;
            Say(ConsentChange.Signal(consent.Purposes[purpose]), at, OptOutSignal.Source);
        }
    }

    private void Say(ConsentChange change, Instant at, string source)
    {
        var purpose = plans.Current.Consent.FindPurpose(change.Purpose);
        if (purpose < 0) return;
        ref var consent = ref Facts.Consents[purpose];
        consent = change.ApplyTo(consent, at, source);
    }

    private void TakeMerge(JournalEntry entry, bool isHolder)
    {
        var merge = JournalPayload.ReadMerge(entry.Payload);
        if (merge.Customer == customer) return;
        // The holder was alone until then, and rows behind it may have gone.
        if (isHolder && !merge.Before.IsEmpty) Facts = CheckpointForm.Read(merge.Before, plans);
        if (!isOfIt(merge.Customer)) return;
        var into = merge.Into == customer ? null : merge.Into;
        var isFirst = Facts.Merged.Count == 0 && !Entries.Exists(static e => e.Kind == JournalKind.Merge);
        if (!isHolder && isFirst) merge = merge with { Before = CheckpointForm.Write(Facts) };
        StateMerge.Merge(Facts, merge.Read(plans));
        Entries.Add(entry with { Payload = JournalPayload.OfMerge(merge with { Into = into }) });
    }

    private void TakeCheckpoint(JournalEntry entry, bool isHolder)
    {
        var whole = CheckpointForm.Read(entry.Payload, plans, out var parts);
        if (parts.Count == 0)
        {
            // From before all merges.
            if (isHolder) Entries.Add(entry);
            return;
        }
        List<CheckpointPart> mine = [.. parts.Where(part => isOfIt(part.Customer))];
        if (mine.Count == 0) return;
        if (mine.Find(part => part.Customer == customer) is not { } own) return;
        Facts = CheckpointForm.Read(own.Checkpoint, plans, out var inside);
        var united = CheckpointForm.Read(own.Checkpoint, plans);
        var others = mine.FindAll(part => part != own);
        foreach (var other in others)
        {
            var state = CheckpointForm.Read(other.Checkpoint, plans);
            StateMerge.Merge(Facts, state);
            Unite(united, state, other.Customer);
        }
        IReadOnlyList<CheckpointPart> left = mine.Count == 1 ? inside
            : inside.Count > 0 ? [.. inside, .. others]
            : mine;
        if (mine.Count == parts.Count) (united, left) = (whole, parts);
        Entries.Add(entry with { Payload = CheckpointForm.Write(united, left) });
    }

    /// <summary>
    /// The parts of several as one: what adds up is added, of two orders the later begun is kept (as after any merge of
    /// customers whose histories begin with checkpoints).
    /// </summary>
    private static void Unite(CustomerState united, CustomerState part, string customer)
    {
        var isLater = part.LatestAt.CompareTo(united.LatestAt) > 0;
        StateMerge.MergeFolded(united, part);
        if (isLater) OrderedFold.CopyFrom(united, part);
        united.Merged.Add(customer);
        united.Merged.AddRange(part.Merged);
    }
}
