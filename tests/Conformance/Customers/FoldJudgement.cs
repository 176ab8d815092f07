using DToC.Grains;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Conformance;

/// <summary>
/// The folded parts of each customer against the events of its family: each counted once, integers to the bit,
/// decayed values within 1e-9 of the sum of contributions, the ordered part as the sorted events give it.
/// </summary>
internal sealed class FoldJudgement(CustomersEnd customers)
{
    private readonly KeepingJudgement _keeping = new(customers);

    public IEnumerable<string> Problems() => customers.Survivors.SelectMany(Problems);

    private IEnumerable<string> Problems(GrainKey root)
    {
        var family = customers.Family(root);
        var events = family.SelectMany(customers.Events).Where(e => _keeping.IsFolded(root, e))
            .DistinctBy(e => e.Event.KeyHash).Select(e => e.Event).OrderBy(OrderKey.Of).ToList();
        var state = customers.States[root];
        var folded = new CustomerState(state.Plan);
        foreach (var e in events)
        {
            CommutativeFold.Apply(folded, e);
            OrderedFold.Apply(folded, e);
            folded.Recent.Add(e.KeyHash, e.OccurredAt);
        }
        var contributions = events.Sum(Contribution);
        var left = LeftToCheckpoints(family);
        // What a checkpoint held of the forgotten cannot be told from what it held of the others.
        var isCut = left.Any && _keeping.HasLost(root);
        if (!isCut)
        {
            foreach (var problem in Differences(folded, state, contributions, left.CanBeHadBack))
                yield return $"{root}, against the {events.Count} events of {string.Join(", ", family)}: {problem}";
        }
        if (state.IsStale) yield return $"{root} still waits for its history.";
        foreach (var e in events)
        {
            if (isCut) break;
            if (folded.Recent.Check(e.KeyHash, e.OccurredAt) == state.Recent.Check(e.KeyHash, e.OccurredAt)) continue;
            yield return $"{root} does not remember {e.Id} as the newest 32 events would.";
        }
        var rebuilt = CustomerHistory.Read(customers.Kept(family), root, customers.Plans).RefoldAll(state);
        foreach (var problem in Differences(rebuilt, state, contributions, _ => true))
        {
            yield return $"{root}, against its refolded journal: {problem}";
        }
    }

    private Checkpoints LeftToCheckpoints(List<GrainKey> family)
    {
        var plans = family.SelectMany(customers.Journal).Where(e => e.Kind == JournalKind.Checkpoint)
            .Select(e => e.PlanHash).Distinct().Select(customers.Plans.Find).ToList();
        var removedOfTwo = plans.Count > 0 && family.Count > 1 && family.SelectMany(customers.Events)
            .GroupBy(e => e.Event.KeyHash).Any(had => had.Count() > 1 && !had.All(customers.IsKept));
        return new Checkpoints(plans, family.Count > 1, removedOfTwo);
    }

    private static double Contribution(TouchpointEvent e) =>
        1.0 + e.Numbers.Where(n => n != TouchpointEvent.Missing).Sum(n => Math.Abs((double)n));

    private static IEnumerable<string> Differences(
        CustomerState should, CustomerState is_, double contributions, Func<SlotGroup, bool> isJudged)
    {
        foreach (var group in should.Plan.Layout.Groups)
        {
            if (!isJudged(group)) continue;
            var (at, size) = (group.At, group.Size);
            var longs = should.Longs.AsSpan(at.Longs, size.Longs).SequenceEqual(is_.Longs.AsSpan(at.Longs, size.Longs));
            var bytes = should.Bytes.AsSpan(at.Bytes, size.Bytes).SequenceEqual(is_.Bytes.AsSpan(at.Bytes, size.Bytes));
            var error = 0.0;
            for (var i = at.Reals; i < at.Reals + size.Reals; i++)
            {
                error = Math.Max(error, Math.Abs(should.Reals[i] - is_.Reals[i]));
            }
            if (longs && bytes && error <= (group.Ordered ? 0 : 1e-9 * contributions)) continue;
            yield return $"{group.Signature} is {Show(is_, group)}, not {Show(should, group)}";
        }
        for (var persona = 0; persona < should.Facets.Length; persona++)
        {
            var facets = (should.FacetOf(persona), is_.FacetOf(persona));
            foreach (var problem in Differences(facets.Item1, facets.Item2, contributions, isJudged))
                yield return $"persona {persona}: {problem}";
        }
        if (should.Newest == is_.Newest) yield break;
        yield return $"newest is {is_.Newest.OccurredAt}, not {should.Newest.OccurredAt}";
    }

    private static string Show(CustomerState state, SlotGroup group) =>
        $"[{string.Join(' ', state.Longs.Skip(group.At.Longs).Take(group.Size.Longs))} "
        + $"{string.Join(' ', state.Reals.Skip(group.At.Reals).Take(group.Size.Reals))} "
        + $"{Convert.ToHexString(state.Bytes, group.At.Bytes, group.Size.Bytes)}]";

    /// <summary>
    /// What a family's checkpoints stand for. Where events are left to a checkpoint alone, three things cannot be had
    /// back from all events ever recorded: the order of two histories before it, a slot that its definition did not
    /// have, and that two customers had the same event.
    /// </summary>
    private sealed record Checkpoints(List<TwinPlan?> Plans, bool OfMerged, bool RemovedOfTwo)
    {
        public bool Any => Plans.Count > 0;

        /// <summary>Whether all events ever recorded tell what is in these slots.</summary>
        public bool CanBeHadBack(SlotGroup group)
        {
            if (Plans.Count == 0) return true;
            if (OfMerged && (group.Ordered || RemovedOfTwo)) return false;
            return Plans.TrueForAll(plan => plan?.Layout.Find(group.Signature) is not null);
        }
    }
}
