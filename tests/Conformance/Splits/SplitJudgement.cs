using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Conformance;

/// <summary>
/// Each customer of a family that was merged and split against one that was told the same and never merged. Whose an
/// event is, the script says and nothing else: to whom it was sent.
/// </summary>
internal sealed class SplitJudgement
{
    private readonly Script _script;
    private readonly ScheduleEnd _end;
    private readonly CustomersEnd _customers;
    private readonly PlanCatalog _plans;
    private readonly Dictionary<GrainKey, List<(CustomerMessage Message, Reply Reply)>> _told = [];
    private readonly Dictionary<string, long> _reached = new(StringComparer.Ordinal);

    public SplitJudgement(Script script, ScheduleEnd end)
    {
        (_script, _end) = (script, end);
        _customers = new CustomersEnd(script, end);
        _plans = _customers.Plans;
        foreach (var key in script.Keys.Where(k => k.Kind == GrainKind.Customer)) _told[key] = [];
        foreach (var (step, reply) in script.Clients.Zip(end.Replies).SelectMany(c => c.First.Zip(c.Second)))
        {
            if (step.Message is CustomerMessage message) _told[step.To].Add((message, reply));
        }
        Count("histories", _customers.Customers.GroupBy(SplitWorkload.FamilyOf, StringComparer.Ordinal).Count());
        Count("merges", Answered<CustomerMessage.MergeInto>());
        Count("splits", Answered<CustomerMessage.Split>());
        Count("definitions replaced", script.Replacement is null ? 0 : 1);
    }

    /// <summary>How often what it is there for was there.</summary>
    public IReadOnlyList<(string What, long Times)> Reached() => [.. _reached.Select(r => (r.Key, r.Value))];

    public IEnumerable<string> Problems()
    {
        foreach (var family in _customers.Customers.GroupBy(SplitWorkload.FamilyOf, StringComparer.Ordinal))
        {
            GrainKey[] members = [.. family];
            var united = members.Where(key => IsUnited(_customers.States[key])).ToList();
            if (united.Count > 0 && !MayBeUnited(members))
            {
                yield return $"{string.Join(", ", united)} are still merged.";
                continue;
            }
            foreach (var problem in united.Count > 0 ? Leads(members) : members.SelectMany(m => Problems(m, members)))
                yield return problem;
        }
    }

    private static bool IsUnited(CustomerState state) => state.MovedTo is not null || state.Merged.Count > 0;

    /// <summary>
    /// One of two merges of two clients may have come when the splits were over, or may have made another of them the
    /// root.
    /// </summary>
    private bool MayBeUnited(GrainKey[] members) => _script.Clients.Count(client => client.Any(step =>
        step.Message is CustomerMessage.MergeInto
        && SplitWorkload.FamilyOf(step.To) == SplitWorkload.FamilyOf(members[0]))) > 1;

    /// <summary>Of those that stayed merged each leads to one by a single move.</summary>
    private IEnumerable<string> Leads(GrainKey[] members)
    {
        Count("families left merged", 1);
        foreach (var key in members)
        {
            if (_customers.States[key].MovedTo is not { } next) continue;
            var root = _customers.States[GrainKey.Customer(next)];
            if (root.MovedTo is null && root.Merged.Contains(key.Id)) continue;
            var merged = string.Join(", ", root.Merged);
            yield return $"{key} leads to {next}, which leads to {root.MovedTo} and has [{merged}].";
        }
    }

    private IEnumerable<string> Problems(GrainKey key, GrainKey[] members)
    {
        var state = _customers.States[key];
        var events = EventsOf(key, members).ToList();
        var said = _told[key].Where(told => told.Reply is Reply.Done).Select(told => told.Message);
        var should = NeverMerged.Of(events, said, _plans);
        var contributions = events.DistinctBy(e => e.KeyHash).Sum(Contribution);
        foreach (var problem in Decayed(should, state, contributions)) yield return $"{key}: {problem}";
        foreach (var e in events)
        {
            if (state.Recent.Check(e.KeyHash, e.OccurredAt) != should.Recent.Check(e.KeyHash, e.OccurredAt))
                yield return $"{key} does not remember {e.Id} as the newest 32 events would.";
        }
        // Identifiers of what was forgotten lead to the customer all the same.
        if (MayForget(key) && !should.Links.Except(state.Links).Any())
        {
            should.Links.Clear();
            should.Links.AddRange(state.Links);
        }
        if (Forbids(should) && _customers.Events(key).Any(e => IsBehaviour(e.Event) && _customers.IsKept(e)))
            yield return $"{key} keeps behaviour that it forbade.";
        Count("customers compared", 1);
        Count("events", events.Count);
        if (should.Newest.CompareTo(state.Checkpoint) <= 0) should.Newest = OrderKey.None;
        if (NeverMerged.HashOf(state) == NeverMerged.HashOf(should)) yield break;
        foreach (var difference in Differences(should, state)) yield return $"{key}: {difference}";
    }

    /// <summary>What it was sent and has taken, each as often as it was sent.</summary>
    private IEnumerable<TouchpointEvent> EventsOf(GrainKey key, GrainKey[] members)
    {
        GrainKey[] all = [.. members, .. _end.ErasedJournals.Keys.Where(
            other => SplitWorkload.FamilyOf(other) == SplitWorkload.FamilyOf(key) && !members.Contains(other))];
        var written = Written(key, all);
        var kept = _customers.Events(key).Where(_customers.IsKept).Select(e => e.Event.KeyHash).ToHashSet();
        var last = all.SelectMany(JournalOf).Where(e => e.Kind == JournalKind.Checkpoint)
            .Select(e => e.OccurredAt).DefaultIfEmpty(SimulatedHost.Start.PlusMs(-CustomerPlans.BehaviourMs)).Max();
        last = Instant.Max(last, SimulatedHost.Start.PlusMs(SplitDraws.ExpiryMs - CustomerPlans.BehaviourMs));
        var mayForget = MayForget(key);
        foreach (var (message, reply) in _told[key])
        {
            if (message is not CustomerMessage.Observe observe) continue;
            var results = ((CustomerReply.Observed)reply).Results;
            for (var i = 0; i < results.Count; i++)
            {
                var e = observe.Events[i];
                // Whether there was a basis then, and is now, the order of arrival decides.
                if (mayForget && IsBehaviour(e))
                {
                    if (kept.Contains(e.KeyHash)) yield return e;
                    continue;
                }
                var isTaken = results[i].Status switch
                {
                    EventStatus.Accepted => true,
                    // Another had it, and it was too old by then to be taken for this one.
                    EventStatus.Duplicate => written.Contains(e.KeyHash) || e.OccurredAt > last,
                    // Or it was taken before the answer was lost.
                    _ => written.Contains(e.KeyHash),
                };
                if (results[i].Status == EventStatus.Duplicate) Count("events answered as duplicates", 1);
                if (isTaken) yield return e;
            }
        }
    }

    /// <summary>Whether one of a family, erased or not, ever took the last basis from a category.</summary>
    private bool MayForget(GrainKey key) => _told.Where(
        of => SplitWorkload.FamilyOf(of.Key) == SplitWorkload.FamilyOf(key)).SelectMany(of => of.Value).Any(told =>
        told.Message is CustomerMessage.SetConsents said
        && said.Changes.Any(change => change.Purpose == "analytics" && change.Status >= ConsentStatus.Denied));

    /// <summary>Events that a journal of the family has, or had, as this customer's.</summary>
    private HashSet<ulong> Written(GrainKey key, GrainKey[] members)
    {
        var written = _customers.Events(key).Where(e => JournalPayload.ForOf(e.Entry) is null)
            .Select(e => e.Event.KeyHash).ToHashSet();
        foreach (var member in members)
        {
            var journal = JournalOf(member)
                .Where(e => e.Kind is JournalKind.Event or JournalKind.AlsoSent && JournalPayload.ForOf(e) == key.Id)
                .Select(e => e with { Kind = JournalKind.Event });
            foreach (var e in CustomersEnd.EventsOf(key, journal, _plans.Current)) written.Add(e.Event.KeyHash);
        }
        Count("events sent to two of those merged", members.Sum(member =>
            JournalOf(member).Count(e => e.Kind == JournalKind.AlsoSent)));
        Count("entries removed by retention",
            _end.WholeJournals[key].Count - _end.Journals[key].Count - _end.Forgotten[key].Count);
        Count("checkpoints", _customers.Journal(key).Count(e => e.Kind == JournalKind.Checkpoint));
        return written;
    }

    private IReadOnlyList<JournalEntry> JournalOf(GrainKey key) =>
        _end.ErasedJournals.TryGetValue(key, out var erased) ? erased : _customers.Journal(key);

    private static bool IsBehaviour(TouchpointEvent e)
    {
        var plan = e.Schema == CustomerPlans.First.Events ? CustomerPlans.First : CustomerPlans.Second;
        return plan.Consent.Categories[plan.Events.Types[e.Type].Category] == "behaviour";
    }

    private static bool Forbids(CustomerState state)
    {
        var consent = state.Plan.Consent;
        return state.Consents[consent.FindPurpose("analytics")].Forbids
            && state.Consents[consent.FindPurpose("marketing")].Status != ConsentStatus.Granted;
    }

    /// <summary>Decayed values within 1e-9 of the sum of contributions; then they are taken for the same.</summary>
    private static IEnumerable<string> Decayed(CustomerState should, CustomerState state, double contributions)
    {
        for (var slot = 0; slot < should.Plan.Fold.DecayOf.Length; slot++)
        {
            if (Math.Abs(should.Reals[slot] - state.Reals[slot]) > 1e-9 * contributions)
                yield return $"decayed value {slot} is {state.Reals[slot]}, not {should.Reals[slot]}";
            state.Reals[slot] = should.Reals[slot];
        }
        for (var persona = 0; persona < should.Facets.Length; persona++)
        {
            foreach (var problem in Decayed(should.FacetOf(persona), state.FacetOf(persona), contributions))
                yield return $"persona {persona}: {problem}";
        }
    }

    private static double Contribution(TouchpointEvent e) =>
        1.0 + e.Numbers.Where(n => n != TouchpointEvent.Missing).Sum(n => Math.Abs((double)n));

    private static IEnumerable<string> Differences(CustomerState should, CustomerState state)
    {
        foreach (var group in should.Plan.Layout.Groups)
        {
            var (at, size) = (group.At, group.Size);
            var longs = should.Longs.AsSpan(at.Longs, size.Longs);
            var reals = should.Reals.AsSpan(at.Reals, size.Reals);
            var bytes = should.Bytes.AsSpan(at.Bytes, size.Bytes);
            var isSame = longs.SequenceEqual(state.Longs.AsSpan(at.Longs, size.Longs))
                && reals.SequenceEqual(state.Reals.AsSpan(at.Reals, size.Reals))
                && bytes.SequenceEqual(state.Bytes.AsSpan(at.Bytes, size.Bytes));
            if (!isSame) yield return $"{group.Signature} differs";
        }
        for (var persona = 0; persona < should.Facets.Length; persona++)
        {
            if (!should.FacetOf(persona).Longs.AsSpan().SequenceEqual(state.FacetOf(persona).Longs))
                yield return $"persona {persona} differs";
        }
        for (var i = 0; i < should.Consents.Length; i++)
        {
            if (should.Consents[i] != state.Consents[i])
                yield return $"consent {i} is {state.Consents[i]}, not {should.Consents[i]}";
        }
        for (var i = 0; i < should.Attributes.Length; i++)
        {
            if (should.Attributes[i] != state.Attributes[i])
                yield return $"attribute {i} is {state.Attributes[i]}, not {should.Attributes[i]}";
        }
        yield return $"events {state.EventCount} / {should.EventCount}, kept {state.Kept} / {should.Kept}, "
            + $"newest {state.Newest.OccurredAt} / {should.Newest.OccurredAt}, links {state.Links.Count} / "
            + $"{should.Links.Count}, stale {state.IsStale}, forgotten of {state.ForgottenOf.Count}, "
            + $"moves {state.Moves.Count}";
    }

    private long Answered<T>() where T : CustomerMessage => _told.Values.SelectMany(told => told)
        .Count(told => told is (T, Reply.Done));

    private void Count(string what, long times) =>
        _reached[what] = _reached.GetValueOrDefault(what) + times;
}
