using DToC.Grains;
using DToC.Twin.Decisions;

namespace DToC.Conformance;

/// <summary>Counts what a schedule of customers went through, to show that its checks had something to check.</summary>
internal sealed class CustomerTally(Script script, ScheduleEnd end, CustomersEnd customers)
{
    public IReadOnlyList<(string What, long Times)> Reached()
    {
        var families = customers.Survivors.Select(customers.Family).ToList();
        var entries = customers.Customers.SelectMany(customers.Journal).ToList();
        var decisions = entries.Where(e => e.Kind == JournalKind.Decision)
            .Select(e => DecisionRecord.Read(DToC.Twin.State.Envelope.Open(e.Payload.Span))).ToList();
        return
        [
            ("events folded", entries.Count(e => e.Kind == JournalKind.Event)),
            ("events behind a newer one", families.Sum(Late)),
            ("events answered as duplicates", Answered(EventStatus.Duplicate)),
            ("events answered as without legal basis", Answered(EventStatus.NoLegalBasis)),
            ("events answered as too old", Answered(EventStatus.TooOld)),
            ("events that two customers had before they were merged", families.Sum(HadByTwo)),
            ("customers merged", families.Sum(f => f.Count - 1)),
            ("customers of whom a ring of merges made one", families.Count(IsRing)),
            ("checkpoints", entries.Count(e => e.Kind == JournalKind.Checkpoint)),
            ("checkpoints of merged customers", families.Where(f => f.Count > 1).Sum(Checkpoints)),
            ("entries removed by retention", customers.Customers.Sum(Removed)),
            ("entries forgotten for want of a basis", customers.Customers.Sum(Forgotten)),
            ("decisions published", decisions.Count(d => d.Winner != Decider.NoWinner)),
            ("decisions of the control group", decisions.Count(d => d.Outcome == Rejection.Holdout)),
            ("decisions on a wake-up", decisions.Count(IsOnWakeUp)),
            ("offers held back by the contact policy", decisions.Sum(d => d.Candidates.Count(IsHeldBack))),
            ("definitions replaced", script.Replacement is null ? 0 : 1),
        ];
    }

    private long Removed(GrainKey key) =>
        end.WholeJournals[key].Count - end.Journals[key].Count - end.Forgotten[key].Count;

    private long Forgotten(GrainKey key) => end.Forgotten[key].Count;

    private long Late(List<GrainKey> family) => family.Sum(key => customers.Events(key)
        .Zip(customers.Events(key).Skip(1))
        .Count(pair => pair.Second.Event.OccurredAt < pair.First.Event.OccurredAt));

    private long HadByTwo(List<GrainKey> family)
    {
        var events = family.SelectMany(customers.Events).ToList();
        return events.Count - events.DistinctBy(e => e.Event.KeyHash).Count();
    }

    private long Checkpoints(List<GrainKey> family) =>
        family.Sum(key => customers.Journal(key).Count(e => e.Kind == JournalKind.Checkpoint));

    /// <summary>One of them was asked to move and leads to itself.</summary>
    private bool IsRing(List<GrainKey> family) => script.Clients.SelectMany(c => c)
        .Any(step => step.To == family[0] && step.Message is CustomerMessage.MergeInto && family.Count > 1);

    private long Answered(EventStatus status) => end.Replies.SelectMany(r => r).OfType<CustomerReply.Observed>()
        .Sum(reply => reply.Results.Count(r => r.Status == status));

    private bool IsOnWakeUp(DecisionRecord record) =>
        customers.Plans.Find(record.PlanHash)?.Decisions.TriggerName(record.Inputs.Trigger) == CustomerPlans.CartLeft;

    private static bool IsHeldBack(Candidate candidate) =>
        candidate.Rejection is >= Rejection.OfferCoolDown and <= Rejection.PolicyCap;
}
