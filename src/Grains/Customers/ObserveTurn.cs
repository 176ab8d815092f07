using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.Segments;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>Folds touchpoint events.</summary>
internal static class ObserveTurn
{
    public static TurnResult Run(CustomerTurn turn, CustomerMessage.Observe message)
    {
        var results = new EventResult[message.Events.Count];
        var admitted = LeaveErased(turn, message.Events, results);
        // Before the gate: what the customer wishes goes for the event that brings it.
        var signal = OptOutSignal.Of(turn, admitted);
        var lost = signal is null ? 0 : turn.Lost(turn.Twin.Consents);
        if (lost != 0 && turn.History is null) return NeedsHistory(turn, signal);
        if (lost != 0) turn.Forget(lost);
        var history = turn.Past;
        var events = PersonaTurns.InChosen(turn.Twin, ReadAgain(turn.Plan, message.Events, results));
        var taken = new List<TouchpointEvent>(events.Count);
        if (!Classify(turn, events, history, results, taken)) return NeedsHistory(turn, signal);
        List<TouchpointEvent> repeated = [];
        if (turn.IsUnited && !SentToAnother(turn, events, history, results, repeated))
            return NeedsHistory(turn, signal);
        taken.Sort(static (a, b) => OrderKey.Of(a).CompareTo(OrderKey.Of(b)));
        var isLate = taken.Count > 0 && OrderKey.Of(taken[0]).CompareTo(turn.Twin.Newest) < 0;
        if (isLate && history is null) return NeedsHistory(turn, signal);

        signal?.Record(turn);
        CountRefused(turn.Twin, events, results);
        foreach (var e in repeated) Record(turn, e, JournalKind.AlsoSent, turn.For ?? turn.Customer);
        if (taken.Count + repeated.Count == 0 && !turn.HasRefolded && signal is null && !HasRefused(results))
        {
            return turn.Unchanged(new CustomerReply.Observed(results, turn.Version));
        }
        Fold(turn, taken, history, isLate);
        Link(turn, events, results);
        return turn.Changed(version => new CustomerReply.Observed(results, version));
    }

    /// <summary>Those of a customer that was let in again which happened since; the others have their result.</summary>
    private static IReadOnlyList<TouchpointEvent> LeaveErased(
        CustomerTurn turn, IReadOnlyList<TouchpointEvent> events, EventResult[] results)
    {
        if (turn.Since.IsNever) return events;
        List<TouchpointEvent> admitted = new(events.Count);
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].OccurredAt >= turn.Since) admitted.Add(events[i]);
            else results[i] = new EventResult(EventStatus.Erased, turn.ErasedBefore);
        }
        return admitted;
    }

    private static TurnResult NeedsHistory(CustomerTurn turn, OptOutSignal? signal)
    {
        signal?.TakeBack(turn);
        return turn.NeedsHistory();
    }

    /// <summary>
    /// The events in the slots of the plan in force: those read under another (the definition was replaced between
    /// door and turn) are read again. What is no longer understood has its result already.
    /// </summary>
    private static IReadOnlyList<TouchpointEvent> ReadAgain(
        TwinPlan plan, IReadOnlyList<TouchpointEvent> events, EventResult[] results)
    {
        TouchpointEvent[]? read = null;
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i];
            if (ReferenceEquals(e.Schema, plan.Events) || results[i].Status == EventStatus.Erased) continue;
            read ??= [.. events];
            var json = TextScoring.Hide(e.Json, plan.Events, EventLimits.Stored);
            switch (new EventReader(plan.Events, EventLimits.Stored).ReadStored(json, e.OccurredAt, e.ReceivedAt))
            {
                case EventReading.Read again:
                    read[i] = again.Event;
                    break;
                case EventReading.Rejected rejected:
                    results[i] = new EventResult(EventStatus.NotUnderstood, rejected.Message);
                    break;
            }
        }
        return read ?? events;
    }

    /// <summary>Says what becomes of each event without changing anything; false when that needs the history.</summary>
    private static bool Classify(
        CustomerTurn turn, IReadOnlyList<TouchpointEvent> events, CustomerHistory? history, EventResult[] results,
        List<TouchpointEvent> taken)
    {
        var seen = events.Count > 1 ? new Dictionary<ulong, int>(events.Count) : null;
        for (var i = 0; i < events.Count; i++)
        {
            if (results[i].Status is EventStatus.NotUnderstood or EventStatus.Erased) continue;
            var e = events[i];
            var standing = turn.Twin.Recent.Check(e.KeyHash, e.OccurredAt);
            if (standing == RecentEvents.Standing.Unknown && history is not null)
            {
                standing = history.Contains(e.KeyHash) ? RecentEvents.Standing.Duplicate : RecentEvents.Standing.New;
            }
            results[i] = Judge(turn, e, standing);
            if (seen is not null && !seen.TryAdd(e.KeyHash, i))
            {
                // A copy in the same message fares as the first did, but that it is not folded twice.
                var first = results[seen[e.KeyHash]];
                var isTaken = first.Status == EventStatus.Accepted;
                results[i] = isTaken ? new EventResult(EventStatus.Duplicate, null) : first;
            }
            if (results[i].Status != EventStatus.Accepted) continue;
            if (standing == RecentEvents.Standing.Unknown) return false;
            taken.Add(e);
        }
        return true;
    }

    /// <summary>
    /// Of those united, the one this was sent to may not have had an event that another of them has: were they split,
    /// it would be both's. False when that needs the history.
    /// </summary>
    private static bool SentToAnother(
        CustomerTurn turn, IReadOnlyList<TouchpointEvent> events, CustomerHistory? history, EventResult[] results,
        List<TouchpointEvent> repeated)
    {
        for (var i = 0; i < events.Count; i++)
        {
            if (results[i].Status != EventStatus.Duplicate) continue;
            if (history is null) return false;
            var e = events[i];
            if (history.IsOf(turn.For ?? turn.Customer, e.KeyHash)) continue;
            if (Judge(turn, e, RecentEvents.Standing.New).Status != EventStatus.Accepted) continue;
            // A copy of one that this message brings first is that one again.
            var isCopy = false;
            for (var before = 0; before < i; before++) isCopy |= events[before].KeyHash == e.KeyHash;
            if (!isCopy) repeated.Add(e);
        }
        return true;
    }

    private static EventResult Judge(CustomerTurn turn, TouchpointEvent e, RecentEvents.Standing standing)
    {
        if (standing == RecentEvents.Standing.Duplicate) return new EventResult(EventStatus.Duplicate, null);
        var category = turn.Plan.Events.Types[e.Type].Category;
        var consent = turn.Plan.Consent;
        if (!ConsentGate.MayKeep(turn.Twin, category, turn.Now))
        {
            return new EventResult(EventStatus.NoLegalBasis, turn.Twin.IsSetAside
                ? $"The customer stands behind a persona, and no contract and no law asks for "
                    + $"{consent.Categories[category]}; nothing was kept"
                : $"No purpose has a legal basis for {consent.Categories[category]} of this customer now; "
                    + "nothing was kept");
        }
        if (turn.Now.UnixMs - e.OccurredAt.UnixMs > consent.RetentionMs[category])
        {
            return new EventResult(EventStatus.TooOld,
                $"The event is older than the {consent.RetentionMs[category] / Instant.DayMs} days "
                + $"that {consent.Categories[category]} is kept");
        }
        if (OrderKey.Of(e).CompareTo(turn.Twin.Checkpoint) <= 0)
        {
            return new EventResult(EventStatus.TooOld,
                "The event is older than this customer's journal, "
                + $"which begins after {turn.Twin.Checkpoint.OccurredAt}");
        }
        return new EventResult(EventStatus.Accepted,
            e.Stamped
                ? "The event has no time; it was stamped on arrival, and a later copy of it may count again"
                : null);
    }

    private static void CountRefused(CustomerState state, IReadOnlyList<TouchpointEvent> events, EventResult[] results)
    {
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i].Status == EventStatus.NoLegalBasis)
                state.Refused[state.Plan.Events.Types[events[i].Type].Category]++;
        }
    }

    private static bool HasRefused(EventResult[] results)
    {
        foreach (var result in results)
        {
            if (result.Status == EventStatus.NoLegalBasis) return true;
        }
        return false;
    }

    private static void Fold(CustomerTurn turn, List<TouchpointEvent> taken, CustomerHistory? history, bool isLate)
    {
        turn.Decisions.Begin(turn);
        var keepable = ConsentGate.Keepable(turn.Twin, turn.Now);
        Span<ulong> fired = stackalloc ulong[turn.Twin.Facets.Length + 1]; // the customer as such first
        fired.Clear();
        var touched = 1UL;
        foreach (var e in taken)
        {
            CommutativeFold.Apply(turn.Twin, e);
            turn.Twin.Recent.Add(e.KeyHash, e.OccurredAt);
            if (!isLate) Order(turn, e);
            CustomerTurn.TakeObserved(turn.Twin, e, keepable);
            Record(turn, e, JournalKind.Event, turn.For);
            if (turn.Now.UnixMs - e.OccurredAt.UnixMs <= CustomerTurn.FreshMs)
                fired[e.Persona + 1] |= turn.Plan.Decisions.FiredByEvent[e.Type];
            touched |= 1UL << (e.Persona + 1);
        }
        if (isLate && history is not null) history.RefoldOrdered(turn.Twin, taken);
        turn.Decisions.AskForWakeUps(turn);
        var newestIsFresh = taken.Count > 0 && turn.Now.UnixMs - taken[^1].OccurredAt.UnixMs <= CustomerTurn.FreshMs;
        for (var i = 0; i < fired.Length; i++)
        {
            if ((touched >> i & 1) != 0)
                turn.Decisions.Run(turn, turn.Twin.FacetOf(i - 1), fired[i], mayFireThresholds: newestIsFresh);
        }
    }

    /// <summary>Folds the ordered part, and notes how the event moved the customer through the journey.</summary>
    private static void Order(CustomerTurn turn, TouchpointEvent e)
    {
        var journey = turn.Plan.Fold.Journey;
        var stage = turn.Twin.Longs.AsSpan(journey.At, 3);
        Span<long> before = [stage[0], stage[1], stage[2]];
        OrderedFold.Apply(turn.Twin, e);
        if (turn.Plan.Segmentation.IsAny && e.Persona == PersonaSchema.Nobody)
            SegmentEvaluation.NoteMove(turn.Segments, journey, before, stage, e.OccurredAt.UnixMs);
    }

    /// <summary>Links the identifiers of events that were taken; of no other.</summary>
    private static void Link(CustomerTurn turn, IReadOnlyList<TouchpointEvent> events, EventResult[] results)
    {
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i].Status != EventStatus.Accepted || events[i].Identifiers.Count == 0) continue;
            if (LinkTurns.Link(turn, events[i]) is not (var notLinked and not 0)) continue;
            var remark = NotLinked(results[i].Message, notLinked);
            results[i] = results[i] with { NotLinked = notLinked, Message = remark };
        }
    }

    private static string NotLinked(string? remark, int count) =>
        (remark is null ? "" : remark + "; ")
        + $"{count} of its identifiers {(count == 1 ? "was" : "were")} not linked: "
        + "this customer has as many values as it may";

    private static void Record(CustomerTurn turn, TouchpointEvent e, JournalKind kind, string? @for)
    {
        var keepMs = turn.Plan.Consent.RetentionMs[turn.Plan.Events.Types[e.Type].Category];
        turn.Journal(kind, e.OccurredAt, keepMs, JournalPayload.OfEvent(e.Json, @for, PersonaTurns.ChosenOf(e)));
    }
}
