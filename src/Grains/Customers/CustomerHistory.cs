using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.Decisions;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// A customer's journal read for refolding, with the journals of those merged into it: the checkpoints and the events
/// behind them, in the order of events.
/// </summary>
public sealed partial class CustomerHistory
{
    private readonly TwinPlan _plan;
    private readonly CheckpointRoots _roots;
    private readonly List<(TouchpointEvent Event, string Owner)> _rows = [];
    private readonly List<TouchpointEvent> _events = [];
    private readonly HashSet<ulong> _known = [];
    private readonly History _history;
    private readonly EventReader _reader;
    private HashSet<(string, ulong)>? _sent;

    private CustomerHistory(History history, TwinPlan plan, CheckpointRoots roots)
    {
        _history = history;
        _plan = plan;
        _roots = roots;
        _reader = new EventReader(plan.Events, EventLimits.Stored);
    }

    /// <summary>Events behind the checkpoints, sorted, each once.</summary>
    public IReadOnlyList<TouchpointEvent> Events => _events;

    /// <summary>Reads the journal of one customer.</summary>
    public static CustomerHistory Read(IReadOnlyList<JournalEntry> entries, PlanCatalog plans) =>
        Read(new History(entries), GrainKey.Customer(""), plans);

    /// <summary>Reads the journals of a family. Events that the plan no longer understands are left out.</summary>
    /// <param name="history">The journals.</param>
    /// <param name="key">Whose entries they are where the history does not say.</param>
    /// <param name="plans">The definitions known; the current one reads.</param>
    public static CustomerHistory Read(History history, GrainKey key, PlanCatalog plans)
    {
        var plan = plans.Current;
        var read = new CustomerHistory(history, plan, CheckpointRoots.Of(history, key.Id, plans));
        for (var i = 0; i < history.Entries.Count; i++)
        {
            if (history.Entries[i].Kind != JournalKind.Event) continue;
            if (ReadEvent(read._reader, history.Entries[i]) is not { } e) continue;
            read._rows.Add((e, history.Owners.Count == 0 ? key.Id : history.Owners[i].Id));
        }
        read.Sort();
        return read;
    }

    /// <summary>
    /// Reads the journals of a family without what merged customers have still to forget, as <paramref name="today"/>
    /// says.
    /// </summary>
    public static CustomerHistory Read(History history, GrainKey key, PlanCatalog plans, CustomerState today) =>
        Read(JournalForgetting.Without(history, today, plans) ?? history, key, plans);

    /// <summary>Whether an event was accepted before.</summary>
    public bool Contains(ulong keyHash) => _known.Contains(keyHash);

    /// <summary>
    /// Whether an event was sent to this one of those united, as far as the journals say: one that a checkpoint stands
    /// for alone is nobody's here.
    /// </summary>
    public bool IsOf(string customer, ulong keyHash)
    {
        if (_sent is null)
        {
            _sent = [];
            for (var i = 0; i < _history.Entries.Count; i++)
            {
                if (_history.Entries[i] is not { Kind: JournalKind.Event or JournalKind.AlsoSent } entry) continue;
                if (ReadEvent(_reader, entry) is not { } e) continue;
                _sent.Add((JournalPayload.ForOf(entry) ?? _history.Owners[i].Id, e.KeyHash));
            }
        }
        return _sent.Contains((customer, keyHash));
    }

    /// <summary>
    /// The fold of those events alone that stand in a journal of these customers and in one of the others too: their
    /// states have both counted them.
    /// </summary>
    public CustomerState FoldedByBoth(IReadOnlySet<string> customers)
    {
        var theirs = new HashSet<ulong>();
        foreach (var (e, owner) in _rows)
        {
            if (customers.Contains(owner)) theirs.Add(e.KeyHash);
        }
        var state = new CustomerState(_plan);
        foreach (var (e, owner) in _rows)
        {
            if (!customers.Contains(owner) && theirs.Remove(e.KeyHash)) CommutativeFold.Apply(state, e);
        }
        return state;
    }

    /// <summary>
    /// Whether an event of both belongs to another persona of these customers than of the others, as they had chosen
    /// differently: what both have counted then stands in two facets.
    /// </summary>
    public bool IsOfTwoPersonas(IReadOnlySet<string> customers)
    {
        if (_plan.Events.Personas.Count == 0) return false;
        var theirs = new Dictionary<ulong, int>();
        foreach (var (e, owner) in _rows)
        {
            if (customers.Contains(owner)) theirs[e.KeyHash] = e.Persona;
        }
        return _rows.Exists(row => !customers.Contains(row.Owner)
            && theirs.TryGetValue(row.Event.KeyHash, out var persona) && persona != row.Event.Persona);
    }

    /// <summary>Makes the ordered part anew, out of this history and events that come to it now.</summary>
    public void RefoldOrdered(CustomerState state, IReadOnlyList<TouchpointEvent> added)
    {
        OrderedFold.Reset(state);
        if (_roots.Newest is { } newest) OrderedFold.CopyFrom(state, newest);
        var begins = state.Newest;
        var all = new List<TouchpointEvent>(_events.Count + added.Count);
        all.AddRange(_events);
        foreach (var e in added)
        {
            if (!_known.Contains(e.KeyHash)) all.Add(e);
        }
        all.Sort(static (a, b) => OrderKey.Of(a).CompareTo(OrderKey.Of(b)));
        foreach (var e in all)
        {
            if (OrderKey.Of(e).CompareTo(begins) > 0) OrderedFold.Apply(state, e);
        }
    }

    /// <summary>Makes all that is folded anew; turn facts stay as they are in <paramref name="today"/>.</summary>
    /// <param name="today">The state as it stands.</param>
    /// <param name="keepable">Data categories of which attributes are taken out of events, a bit each.</param>
    public CustomerState RefoldAll(CustomerState today, ulong keepable = ulong.MaxValue)
    {
        var state = Folded(_events, keepable);
        var migrated = StateMigration.To(_plan, today);
        state.TakeAttributes(migrated);
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
    /// <param name="asked">When it is asked for: what expired by then is not shown.</param>
    public static CustomerState At(
        IReadOnlyList<JournalEntry> entries, CustomerState? today, PlanCatalog plans, Instant at, Instant asked)
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
            var consent = now.Consents[i].HasExpired(asked) ? ConsentRecord.None : now.Consents[i];
            var lawful = ConsentGate.Lawful(state.Plan.Consent, consent, i, asked);
            if ((ConsentGate.Lawful(state, i, at) & ~lawful) != 0) state.Consents[i] = consent;
        }
        // The definition in force today may allow less than the one of then.
        var usable = ConsentGate.Usable(today, asked);
        StateForgetting.Forget(state, ~state.Plan.Consent.FromSlotsOf(today.Plan.Consent, usable));
        state.Merged.AddRange(now.Merged);
        return state;
    }

    /// <summary>Consents as a journal gives them: what was said and whom was merged, one after the other.</summary>
    public static ConsentRecord[] ConsentsOf(IReadOnlyList<JournalEntry> entries, PlanCatalog plans)
    {
        var state = new CustomerState(plans.Current);
        foreach (var entry in entries)
        {
            if (entry.Kind == JournalKind.Consents) ApplyFact(state, entry);
            if (entry.Kind != JournalKind.Merge) continue;
            var merged = JournalPayload.ReadMerge(entry.Payload).Read(plans).Consents;
            for (var i = 0; i < merged.Length; i++)
                state.Consents[i] = ConsentRecord.Stricter(state.Consents[i], merged[i]);
        }
        return state.Consents;
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
        var last = OrderKey.None;
        foreach (var entry in entries)
        {
            if (entry.Kind is not (JournalKind.Event or JournalKind.AlsoSent) || entry.KeepUntil > now) continue;
            if (ReadEvent(_reader, entry) is not { } e) continue;
            if (OrderKey.Of(e).CompareTo(last) > 0) last = OrderKey.Of(e);
        }
        return last == OrderKey.None ? null : UpTo(last);
    }

    /// <summary>The state up to an event, and up to the newest checkpoint where that lies behind it.</summary>
    public CustomerState UpTo(OrderKey last)
    {
        // A checkpoint of those merged may lie behind the last expired event; all up to it is held from now on.
        if (_roots.Newest is { } newest && newest.Newest.CompareTo(last) > 0) last = newest.Newest;
        var state = Folded(_events.Where(e => OrderKey.Of(e).CompareTo(last) <= 0));
        if (state.Newest.CompareTo(last) < 0) state.Newest = last;
        return state;
    }

    /// <summary>Reads an event out of an entry; null when the plan does not understand it.</summary>
    public static TouchpointEvent? ReadEvent(EventReader reader, JournalEntry entry)
    {
        if (ReadAsSent(reader, entry) is not { } e) return null;
        // A persona that the definition has no more leaves it to the rules.
        var chosen = e.Schema.Personas.Find(JournalPayload.ChosenOf(entry.Payload));
        return chosen < 0 ? e : e.InChosen(chosen);
    }

    /// <summary>The same, whatever persona the customer had chosen when it came.</summary>
    public static TouchpointEvent? ReadAsSent(EventReader reader, JournalEntry entry)
    {
        var json = JournalPayload.ReadEvent(entry.Payload);
        var reading = reader.ReadStored(json, entry.OccurredAt, entry.RecordedAt);
        return reading is EventReading.Read { Event: var e } ? e : null;
    }

    private void Sort()
    {
        foreach (var (e, owner) in _rows)
        {
            if (_roots.Hold(owner, OrderKey.Of(e))) _known.Add(e.KeyHash);
        }
        foreach (var (e, owner) in _rows)
        {
            // Two merged customers may have the same event.
            if (!_roots.Hold(owner, OrderKey.Of(e)) && _known.Add(e.KeyHash)) _events.Add(e);
        }
        _events.Sort(static (a, b) => OrderKey.Of(a).CompareTo(OrderKey.Of(b)));
    }

    private CustomerState Folded(IEnumerable<TouchpointEvent> events, ulong keepable = ulong.MaxValue)
    {
        var state = Begun();
        foreach (var e in events) Fold(state, e, keepable);
        return state;
    }

    /// <summary>What the checkpoints hold.</summary>
    private CustomerState Begun()
    {
        var state = new CustomerState(_plan);
        foreach (var root in _roots.States) StateMerge.MergeFolded(state, root);
        if (_roots.Newest is { } newest) OrderedFold.CopyFrom(state, newest);
        state.Checkpoint = state.Newest;
        return state;
    }

    private static void Fold(CustomerState state, TouchpointEvent e, ulong keepable)
    {
        CommutativeFold.Apply(state, e);
        if (OrderKey.Of(e).CompareTo(state.Checkpoint) > 0) OrderedFold.Apply(state, e);
        state.Recent.Add(e.KeyHash, e.OccurredAt);
        CustomerTurn.TakeObserved(state, e, keepable);
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
                    if (purpose < 0) continue;
                    ref var consent = ref state.Consents[purpose];
                    consent = change.ApplyTo(consent, entry.OccurredAt, source);
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
