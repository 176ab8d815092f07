using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Decisions;
using DToC.Twin.Definitions;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Conformance;

/// <summary>
/// Decisions: what was committed was published, once under its id, and nothing else; no winner breaks the contact
/// policy or lacks a consent, both taken from the journal in its order; each can be made again from its record.
/// </summary>
internal sealed class DecisionJudgement(CustomersEnd customers, ScheduleEnd end)
{
    private readonly Dictionary<GrainKey, Facts> _facts = [];

    public IEnumerable<string> Problems()
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in customers.Customers)
        {
            var decided = Decisions(key).Where(d => d.Record.Winner != Decider.NoWinner).ToList();
            var published = end.Published.Where(p => p.Id.Sender == key).ToList();
            if (!decided.Select(d => Hash(d.Payload)).SequenceEqual(published.Select(p => Hash(p.Payload))))
            {
                yield return $"Of {key} {decided.Count} decisions were committed, "
                    + $"{published.Count} came to the subscriber.";
            }
            foreach (var (record, _) in decided)
            {
                if (!ids.Add(record.Id)) yield return $"Two decisions have the id {record.Id}.";
                if (Rebuilt(record) is { } problem) yield return $"{key}: {problem}";
            }
            var problems = new List<string>();
            FactsOf(key, problems);
            foreach (var problem in problems) yield return $"{key}: {problem}";
        }
        foreach (var root in customers.Survivors)
        {
            var should = FactsOf(root, []).Consents;
            var is_ = customers.States[root].Consents.Select(c => c.Status);
            if (!is_.SequenceEqual(should)) yield return $"{root} has other consents than its journal gives.";
        }
    }

    private IEnumerable<(DecisionRecord Record, ReadOnlyMemory<byte> Payload)> Decisions(GrainKey key) =>
        customers.Journal(key).Where(e => e.Kind == JournalKind.Decision).Select(e => (Record(e), e.Payload));

    private static DecisionRecord Record(JournalEntry entry) =>
        DecisionRecord.Read(DToC.Twin.State.Envelope.Open(entry.Payload.Span));

    private static ulong Hash(ReadOnlyMemory<byte> payload) => StableHash.Of(payload.Span);

    private string? Rebuilt(DecisionRecord record)
    {
        if (customers.Plans.Find(record.PlanHash) is not { } plan) return "a decision names an unknown definition";
        return record.Rebuild(plan).Winner == record.Winner ? null : $"decision {record.Id} cannot be made again";
    }

    /// <summary>Walks a journal; consents and contacts as they stand at its end.</summary>
    private Facts FactsOf(GrainKey key, List<string> problems)
    {
        if (_facts.TryGetValue(key, out var known)) return known;
        var facts = new Facts(customers.Plans.Current.Consent);
        _facts[key] = facts; // before the walk: a ring that fell apart must not walk round
        foreach (var entry in customers.Journal(key))
        {
            switch (entry.Kind)
            {
                case JournalKind.Consents:
                    facts.Take(JournalPayload.ReadConsents(entry.Payload).Changes);
                    break;
                case JournalKind.Merge:
                    facts.Unite(FactsOf(GrainKey.Customer(Merged(entry)), problems));
                    break;
                case JournalKind.Decision:
                    if (facts.Check(Record(entry), customers.Plans) is { } problem) problems.Add(problem);
                    break;
            }
        }
        return facts;
    }

    private static string Merged(JournalEntry entry)
    {
        var reader = new BinaryFormReader(DToC.Twin.State.Envelope.Open(entry.Payload.Span));
        return reader.Text();
    }

    /// <summary>Consents and contacts at a place of a journal.</summary>
    private sealed class Facts(ConsentPlan plan)
    {
        private readonly List<(Instant At, string Offer, string? Channel)> _contacts = [];

        public ConsentStatus[] Consents { get; } = new ConsentStatus[plan.Purposes.Count];

        public void Take(IReadOnlyList<ConsentChange> changes)
        {
            foreach (var change in changes) Consents[plan.FindPurpose(change.Purpose)] = change.Status;
        }

        public void Unite(Facts other)
        {
            for (var i = 0; i < Consents.Length; i++)
            {
                if (other.Consents[i] > Consents[i]) Consents[i] = other.Consents[i]; // numbered by strictness
            }
            _contacts.AddRange(other._contacts);
        }

        /// <summary>What is wrong with a winner here, or null; remembers it as a contact.</summary>
        public string? Check(DecisionRecord record, PlanCatalog plans)
        {
            if (record.Winner == Decider.NoWinner) return null;
            var decisions = plans.Find(record.PlanHash)!.Decisions; // checked before
            var offer = decisions.Offers[record.Candidates[record.Winner].Offer];
            var channel = decisions.Channels[offer.Channel];
            var at = record.Inputs.Now;
            var isMarketing = plan.Purposes[offer.Purpose] == "marketing";
            var problem = isMarketing && Consents[offer.Purpose] != ConsentStatus.Granted
                ? $"{offer.Name} left without consent at {at}"
                : Broken(offer, channel, decisions.ContactPolicy, at);
            _contacts.Add((at, offer.Name, channel.Outbound ? channel.Name : null));
            return problem;
        }

        private string? Broken(OfferPlan offer, ChannelPlan channel, ContactRules policy, Instant at)
        {
            if (offer.CoolDownMs > 0
                && _contacts.Exists(c => c.Offer == offer.Name && at.UnixMs - c.At.UnixMs < offer.CoolDownMs))
            {
                return $"{offer.Name} was chosen again too soon at {at}";
            }
            if (!channel.Outbound) return null;
            var all = _contacts.Where(c => c.Channel is not null).Select(c => c.At).ToList();
            var same = _contacts.Where(c => c.Channel == channel.Name).Select(c => c.At).ToList();
            return IsBroken(policy, all, at) || IsBroken(channel.Contact, same, at)
                ? $"{offer.Name} left by {channel.Name} at {at}, after {string.Join(", ", all)}"
                : null;
        }

        private static bool IsBroken(ContactRules rules, List<Instant> contacts, Instant at) =>
            contacts.Exists(c => at.UnixMs - c.UnixMs < rules.CoolDownHours * Instant.HourMs)
            || rules.Caps.Any(cap =>
                contacts.Count(c => at.UnixMs - c.UnixMs < cap.Days * Instant.DayMs) >= cap.Count);
    }
}
