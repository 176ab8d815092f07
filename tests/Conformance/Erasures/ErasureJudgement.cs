using DToC.Grains;
using DToC.Twin.Events;

namespace DToC.Conformance;

/// <summary>
/// What an erasure leaves: nothing of whom it reached, whoever it should have reached among them, and nobody else. Who
/// that is follows from the answers that clients had before it was begun. The others are judged as if there had been
/// no erasure, by the workload.
/// </summary>
/// <param name="script">What was sent.</param>
/// <param name="end">The end.</param>
/// <param name="mayBeOne">Whether two customers may ever turn out to be one.</param>
internal sealed class ErasureJudgement(Script script, ScheduleEnd end, Func<GrainKey, GrainKey, bool> mayBeOne)
{
    // What no consent and no retention of a schedule takes from a journal.
    private const string Kept = "Ordered";

    private readonly List<AnsweredStep> _answered =
        [.. script.Clients.SelectMany((client, c) => client.Select((step, n) =>
            new AnsweredStep(step, end.Replies[c][n], end.Times[c][n].Sent, end.Times[c][n].Answered)))];

    public IEnumerable<string> Problems() =>
        [.. Remains(), .. Receipts(), .. Answers(), .. Merges(), .. Suppressed(), .. Others(), .. Leads()];

    public IReadOnlyList<(string What, long Times)> Reached() =>
    [
        ("erasures", end.Erasures.Count),
        ("erasures of several customers who were one", end.Erasures.Count(e => e.Subject.Customers.Count > 1)),
        ("erasures that a crash left to the host",
            _answered.Count(a => a.Reply is EraseReply { Receipt: null } && end.IsErased(a.Step.To))),
        ("messages answered with erased", _answered.Count(a => a.Reply is Reply.Erased)),
    ];

    /// <summary>Nothing is kept, all that was begun is done, and each id that is asked for is erased.</summary>
    private IEnumerable<string> Remains()
    {
        foreach (var kept in end.KeptOfErased) yield return $"{kept.Key} was erased; there is {kept}";
        foreach (var erasure in end.Erasures.Where(e => !e.IsDone))
            yield return $"The erasure of {erasure.Asked} was begun and is not done.";
        foreach (var (step, reply, _, _) in _answered.Where(a => a.Step.Message is Erase))
        {
            var isErased = end.IsErased(step.To);
            if (reply is not (EraseReply or Reply.Erased)) yield return $"An erasure was answered with {reply}.";
            // Who did not ask again may have been told nothing of what was not begun.
            if (!isErased && reply is not EraseReply { Receipt: null })
                yield return $"{step.To} was erased, the client was told {reply}, and it is not closed.";
        }
    }

    /// <summary>Each erasure has told the table its receipt once.</summary>
    private IEnumerable<string> Receipts()
    {
        var rows = end.Rows[ErasuresGrain.Key].Select(row => row.Row).Order(StringComparer.Ordinal);
        var should = end.Erasures.Select(e => SimulatedErasure.TokenOf(e.Name)).Order(StringComparer.Ordinal);
        if (!rows.SequenceEqual(should, StringComparer.Ordinal))
            yield return $"{end.Rows[ErasuresGrain.Key].Count} receipts are kept of {end.Erasures.Count} erasures.";
    }

    /// <summary>Whoever is closed takes nothing, and only they are answered so.</summary>
    private IEnumerable<string> Answers()
    {
        foreach (var (step, reply, sent, _) in _answered)
        {
            if (step.Message is Erase) continue;
            if (reply is Reply.Erased && !end.IsErased(step.To))
                yield return $"{step.Message} to {step.To} was answered with erased, and it is not.";
            if (reply is not Reply.Erased && end.IsErased(step.To) && end.ClosedAt[step.To.Id] < sent)
                yield return $"{step.To} was erased; {step.Message}, sent later, was answered with {reply}.";
        }
    }

    /// <summary>Whoever a client was told is one with another goes with it.</summary>
    private IEnumerable<string> Merges()
    {
        if (_answered.Exists(a => a.Step.Message is CustomerMessage.Split)) yield break;
        foreach (var (step, reply, _, answered) in _answered)
        {
            if (step.Message is not CustomerMessage.MergeInto merge || reply is not Reply.Done) continue;
            var other = GrainKey.Customer(merge.Customer);
            foreach (var erasure in end.Erasures.Where(e => e.Begun > answered))
            {
                // A merge into one who was erased before was none.
                if (IsClosedBefore(step.To, erasure) || IsClosedBefore(other, erasure)) continue;
                if (erasure.Subject.Is(step.To.Id) != erasure.Subject.Is(other.Id))
                    yield return $"{step.To} was merged into {other} before {erasure.Asked} was erased, which reached "
                        + $"[{string.Join(", ", erasure.Subject.Customers)}].";
            }
        }
    }

    private bool IsClosedBefore(GrainKey key, SeenErasure erasure) =>
        end.ClosedAt.TryGetValue(key.Id, out var closed) && closed < erasure.Begun;

    /// <summary>
    /// An identifier that none but erased customers have shown stands nowhere; and where they were one, it begins
    /// nobody: the id of an event that has nothing else is closed.
    /// </summary>
    private IEnumerable<string> Suppressed()
    {
        var ofOthers = new HashSet<Identifier>();
        var ofErased = new Dictionary<Identifier, HashSet<SeenErasure>>();
        var isKept = new HashSet<Identifier>();
        foreach (var (step, reply, _, answered) in _answered)
        {
            if (step.Message is not CustomerMessage.Observe observe) continue;
            if (!end.IsErased(step.To))
            {
                ofOthers.UnionWith(observe.Events.SelectMany(e => e.Identifiers));
                continue;
            }
            var erasure = end.Erasures.First(e => e.Subject.Closed.Contains(step.To.Id, StringComparer.Ordinal));
            foreach (var identifier in observe.Events.SelectMany(e => e.Identifiers))
            {
                if (!ofErased.TryGetValue(identifier, out var of)) ofErased[identifier] = of = [];
                of.Add(erasure);
            }
            if (reply is not CustomerReply.Observed observed) continue;
            for (var i = 0; i < observe.Events.Count; i++)
            {
                var e = observe.Events[i];
                var isIn = observed.Results[i].Status == EventStatus.Accepted
                    && answered < end.ClosedAt[step.To.Id] && e.Schema.Types[e.Type].Name == Kept;
                if (isIn) isKept.UnionWith(e.Identifiers);
            }
        }
        foreach (var (identifier, of) in ofErased.Where(shown => !ofOthers.Contains(shown.Key)))
        {
            var (minted, row) = (IdentityGrain.MintId(identifier), IdentityGrain.RowOf(identifier));
            if (of.Count == 1 && isKept.Contains(identifier) && !end.ClosedAt.ContainsKey(minted))
                yield return $"{identifier} was shown by {of.First().Asked} alone, now erased; {minted} is not closed.";
            if (end.Rows[IdentityGrain.KeyOf(identifier)].Any(kept => kept.Row == row))
                yield return $"{identifier} was shown by erased customers alone; its row is kept.";
        }
    }

    /// <summary>Nobody goes who is another.</summary>
    private IEnumerable<string> Others()
    {
        foreach (var erasure in end.Erasures)
        {
            foreach (var id in erasure.Subject.Customers)
            {
                if (!mayBeOne(GrainKey.Customer(erasure.Asked), GrainKey.Customer(id)))
                    yield return $"{erasure.Asked} was erased, and {id} with it, who is another.";
            }
        }
    }

    /// <summary>No id of the others leads to one who was erased, or has one merged into it.</summary>
    private IEnumerable<string> Leads()
    {
        var plans = new Twin.Plan.PlanCatalog(script.Replacement ?? CustomerPlans.First, [CustomerPlans.First]);
        foreach (var (key, stored) in end.States)
        {
            if (key.Kind != GrainKind.Customer || stored is null) continue;
            var state = CustomerCodec.Read(stored.Bytes.Span, plans).Twin;
            foreach (var other in state.Merged.Append(state.MovedTo).OfType<string>())
            {
                if (end.ClosedAt.ContainsKey(other)) yield return $"{key} leads to {other}, or it to {key}: erased.";
            }
        }
    }

    private sealed record AnsweredStep(ScriptStep Step, Reply Reply, long Sent, long Answered);
}
