using DToC.Twin;
using DToC.Twin.Decisions;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// A customer's journal read for refolding: the newest checkpoint and the events behind it, in the order of events.
/// </summary>
public sealed class CustomerHistory
{
    private readonly TwinPlan _plan;
    private readonly CustomerState? _checkpoint;
    private readonly List<TouchpointEvent> _events;
    private readonly HashSet<ulong> _known;

    private CustomerHistory(
        TwinPlan plan, CustomerState? checkpoint, List<TouchpointEvent> events, HashSet<ulong> known)
    {
        _plan = plan;
        _checkpoint = checkpoint;
        _events = events;
        _known = known;
    }

    /// <summary>Events behind the checkpoint, sorted.</summary>
    public IReadOnlyList<TouchpointEvent> Events => _events;

    /// <summary>Reads the entries. Events that the plan no longer understands are left out.</summary>
    public static CustomerHistory Read(IReadOnlyList<JournalEntry> entries, PlanCatalog plans)
    {
        var plan = plans.Current;
        var checkpoint = NewestCheckpoint(entries, plans);
        var reader = new EventReader(plan.Events, EventLimits.Default);
        var events = new List<TouchpointEvent>(entries.Count);
        var known = new HashSet<ulong>(entries.Count);
        foreach (var entry in entries)
        {
            if (entry.Kind != JournalKind.Event) continue;
            var json = Envelope.Open(entry.Payload);
            var reading = reader.ReadStored(json, entry.OccurredAt, entry.RecordedAt);
            if (reading is not EventReading.Read { Event: var e }) continue;
            if (!known.Add(e.KeyHash)) continue; // two merged customers may hold the same event
            if (checkpoint is null || OrderKey.Of(e).CompareTo(checkpoint.Newest) > 0) events.Add(e);
        }
        events.Sort(static (a, b) => OrderKey.Of(a).CompareTo(OrderKey.Of(b)));
        return new CustomerHistory(plan, checkpoint, events, known);
    }

    /// <summary>Whether an event was accepted before.</summary>
    public bool Contains(ulong keyHash) => _known.Contains(keyHash);

    /// <summary>Makes the ordered part anew, out of this history and events that come to it now.</summary>
    public void RefoldOrdered(CustomerState state, IReadOnlyList<TouchpointEvent> added)
    {
        OrderedFold.Reset(state);
        if (_checkpoint is not null) OrderedFold.CopyFrom(state, _checkpoint);
        var all = new List<TouchpointEvent>(_events.Count + added.Count);
        all.AddRange(_events);
        foreach (var e in added)
        {
            if (!_known.Contains(e.KeyHash)) all.Add(e);
        }
        all.Sort(static (a, b) => OrderKey.Of(a).CompareTo(OrderKey.Of(b)));
        foreach (var e in all) OrderedFold.Apply(state, e);
    }

    /// <summary>Makes all that is folded anew; turn facts stay as they are in <paramref name="today"/>.</summary>
    public CustomerState RefoldAll(CustomerState today)
    {
        var state = Folded(_events);
        var migrated = StateMigration.To(_plan, today);
        for (var i = 0; i < state.Attributes.Length; i++)
        {
            if (migrated.Attributes[i] is { } known) state.TakeAttribute(i, known);
        }
        StateMigration.CopyTurnFacts(migrated, state);
        return state;
    }

    /// <summary>
    /// The state as of a past moment: events that had occurred and facts that were recorded by then, without what was
    /// withdrawn since.
    /// </summary>
    /// <param name="entries">The customer's journal.</param>
    /// <param name="today">The state as it stands, for what was withdrawn since; null when there is none.</param>
    /// <param name="plans">The definitions known; the one in force at the moment folds and scores.</param>
    /// <param name="at">The moment.</param>
    public static CustomerState At(
        IReadOnlyList<JournalEntry> entries, CustomerState? today, PlanCatalog plans, Instant at)
    {
        plans = InForce(entries, plans, at);
        var history = Read([.. entries.Where(e => e.OccurredAt <= at)], plans);
        var state = history.Folded(history._events);
        foreach (var entry in entries)
        {
            if (entry.RecordedAt <= at) ApplyFact(state, entry);
        }
        if (today is null) return state;
        var now = StateMigration.To(plans.Current, today);
        for (var i = 0; i < state.Consents.Length; i++)
        {
            if (now.Consents[i].Status is ConsentStatus.Denied or ConsentStatus.Withdrawn)
                state.Consents[i] = now.Consents[i];
        }
        state.Merged.AddRange(now.Merged);
        return state;
    }

    /// <summary>
    /// The plan of the last turn that had been recorded by a moment becomes the current one. A history that came
    /// later altogether (a replayed file) is read with today's.
    /// </summary>
    private static PlanCatalog InForce(IReadOnlyList<JournalEntry> entries, PlanCatalog plans, Instant at)
    {
        JournalEntry? last = null;
        foreach (var entry in entries)
        {
            if (entry.RecordedAt <= at && (last is null || entry.RecordedAt >= last.RecordedAt)) last = entry;
        }
        return last is not null && plans.Find(last.PlanHash) is { } plan ? plans.WithCurrent(plan) : plans;
    }

    /// <summary>
    /// The state up to the newest event that is past its retention at <paramref name="now"/>, or null when none is.
    /// </summary>
    public CustomerState? Expired(IReadOnlyList<JournalEntry> entries, Instant now)
    {
        var reader = new EventReader(_plan.Events, EventLimits.Default);
        var last = OrderKey.None;
        foreach (var entry in entries)
        {
            if (entry.Kind != JournalKind.Event || entry.KeepUntil > now) continue;
            var reading = reader.ReadStored(Envelope.Open(entry.Payload), entry.OccurredAt, entry.RecordedAt);
            if (reading is not EventReading.Read { Event: var e }) continue;
            if (OrderKey.Of(e).CompareTo(last) > 0) last = OrderKey.Of(e);
        }
        if (last == OrderKey.None) return null;
        var state = Folded(_events.Where(e => OrderKey.Of(e).CompareTo(last) <= 0));
        if (state.Newest.CompareTo(last) < 0) state.Newest = last;
        return state;
    }

    private CustomerState Folded(IEnumerable<TouchpointEvent> events)
    {
        var state = new CustomerState(_plan);
        if (_checkpoint is not null)
        {
            _checkpoint.Longs.CopyTo(state.Longs, 0);
            _checkpoint.Reals.CopyTo(state.Reals, 0);
            _checkpoint.Bytes.CopyTo(state.Bytes, 0);
            state.Newest = _checkpoint.Newest;
            state.Checkpoint = _checkpoint.Newest;
            _checkpoint.Attributes.CopyTo(state.Attributes, 0);
            state.Recent.Merge(_checkpoint.Recent);
        }
        foreach (var e in events)
        {
            CommutativeFold.Apply(state, e);
            OrderedFold.Apply(state, e);
            state.Recent.Add(e.KeyHash, e.OccurredAt);
            CustomerTurn.TakeObserved(state, e);
        }
        return state;
    }

    private static CustomerState? NewestCheckpoint(IReadOnlyList<JournalEntry> entries, PlanCatalog plans)
    {
        CustomerState? newest = null;
        foreach (var entry in entries)
        {
            if (entry.Kind != JournalKind.Checkpoint) continue;
            var state = CheckpointForm.Read(entry.Payload, plans);
            if (newest is null || state.Newest.CompareTo(newest.Newest) > 0) newest = state;
        }
        return newest;
    }

    private static void ApplyFact(CustomerState state, JournalEntry entry)
    {
        switch (entry.Kind)
        {
            case JournalKind.Consents:
                var (source, changes) = JournalPayload.ReadConsents(entry.Payload);
                foreach (var change in changes)
                {
                    var purpose = state.Plan.Consent.FindPurpose(change.Purpose);
                    if (purpose >= 0)
                        state.Consents[purpose] = new ConsentRecord(change.Status, entry.OccurredAt, source);
                }
                break;
            case JournalKind.Attributes:
                FactTurns.Take(state, JournalPayload.ReadAttributes(entry));
                break;
            case JournalKind.Decision:
                var record = DecisionRecord.Read(Envelope.Open(entry.Payload.Span));
                state.DecisionCount++;
                if (record.Winner != Decider.NoWinner && record.PlanHash == state.Plan.Hash)
                    DecisionTurn.Remember(state, record);
                break;
        }
    }
}
