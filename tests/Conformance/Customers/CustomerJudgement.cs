using DToC.Grains;
using DToC.Twin;

namespace DToC.Conformance;

/// <summary>
/// What must be true of customers at the end of any schedule. What depends on the order of arrival (consents against
/// events) is judged by the order in the journal.
/// </summary>
internal sealed class CustomerJudgement(Script script, ScheduleEnd end, CustomersEnd customers)
{

    public IEnumerable<string> Problems()
    {
        var rings = customers.Customers.Where(k => customers.Root(k) is null).ToList();
        if (rings.Count > 0) return [$"The ids {string.Join(", ", rings)} lead round in a ring."];
        return
        [
            .. Merged(),
            .. Acknowledged(),
            .. Journals(),
            .. new KeepingJudgement(customers).Problems(),
            .. new FoldJudgement(customers).Problems(),
            .. new DecisionJudgement(customers, end).Problems(),
            .. new WakeUpJudgement(customers).Problems(),
            .. Identities(),
        ];
    }

    /// <summary>Who was said to be merged is, and whoever is merged was taken in once.</summary>
    private IEnumerable<string> Merged()
    {
        foreach (var (step, _) in Answered())
        {
            if (step.Message is not CustomerMessage.MergeInto merge) continue;
            if (end.IsErased(GrainKey.Customer(merge.Customer))) continue;
            var (root, other) = (customers.Root(step.To), customers.Root(GrainKey.Customer(merge.Customer)));
            if (root == other) continue;
            yield return $"{step.To} was merged into {merge.Customer}; they lead to {root} and {other}.";
        }
        foreach (var root in customers.Survivors)
        {
            var is_ = customers.States[root].Merged.Order(StringComparer.Ordinal);
            var should = customers.Family(root).Skip(1).Select(k => k.Id).Order(StringComparer.Ordinal);
            if (is_.SequenceEqual(should, StringComparer.Ordinal)) continue;
            var ids = string.Join(", ", should);
            yield return $"{root} has taken in [{string.Join(", ", is_)}]; the ids [{ids}] lead there.";
        }
    }

    /// <summary>What was acknowledged as folded is in the journal of the customer it leads to.</summary>
    private IEnumerable<string> Acknowledged()
    {
        var known = customers.Survivors.ToDictionary(
            root => root, root => Family(root).Select(e => e.Event.KeyHash).ToHashSet());
        foreach (var (step, reply) in Answered())
        {
            if (step.Message is not CustomerMessage.Observe observe) continue;
            if (reply is not CustomerReply.Observed observed)
            {
                yield return $"{observe} to {step.To} was answered with {reply}.";
                continue;
            }
            var root = customers.Root(step.To)!.Value; // rings were excluded
            for (var i = 0; i < observe.Events.Count; i++)
            {
                if (observed.Results[i].Status is not (EventStatus.Accepted or EventStatus.Duplicate)) continue;
                if (known[root].Contains(observe.Events[i].KeyHash)) continue;
                yield return $"Event {observe.Events[i].Id} of {step.To} was acknowledged as "
                    + $"{observed.Results[i].Status}; {root} does not have it.";
            }
        }
    }

    private IEnumerable<string> Journals()
    {
        foreach (var key in customers.Customers)
        {
            var journal = customers.Journal(key);
            if (journal.Zip(journal.Skip(1)).Any(pair => pair.Second.RecordedAt < pair.First.RecordedAt))
            {
                yield return $"The journal of {key} goes back in time.";
            }
            // What was forgotten may come again.
            var events = customers.Events(key).Where(e => !customers.IsForgotten(key, e.Entry));
            foreach (var twice in events.GroupBy(e => e.Event.KeyHash).Where(g => g.Count() > 1))
            {
                yield return $"Event {twice.First().Event.Id} was folded {twice.Count()} times by {key}.";
            }
        }
    }

    /// <summary>An identifier of folded events is claimed by each customer that folded one, and by no other.</summary>
    private IEnumerable<string> Identities()
    {
        var carriers = new Dictionary<Twin.Events.Identifier, HashSet<GrainKey>>();
        foreach (var root in customers.Survivors)
        {
            foreach (var identifier in Family(root).SelectMany(e => e.Event.Identifiers))
            {
                if (!carriers.TryGetValue(identifier, out var roots)) carriers[identifier] = roots = [];
                roots.Add(root);
            }
        }
        foreach (var (identifier, roots) in carriers)
        {
            var rows = end.Rows[IdentityGrain.KeyOf(identifier)];
            var row = rows.FirstOrDefault(r => r.Row == IdentityGrain.RowOf(identifier));
            if (row.Row is null)
            {
                yield return $"There is no row of {identifier}.";
                continue;
            }
            var claims = IdentityRow.Read(row.Value.Span).Claims;
            var claimed = claims.Select(claim => customers.Root(GrainKey.Customer(claim.Customer)))
                .OfType<GrainKey>().ToHashSet();
            if (claimed.SetEquals(roots)) continue;
            yield return $"{identifier} was shown by {string.Join(", ", roots)}; it is claimed by "
                + $"{string.Join(", ", claimed)}.";
        }
    }

    private IEnumerable<JournaledEvent> Family(GrainKey root) =>
        customers.Family(root).SelectMany(customers.Events);

    /// <summary>What those that were not erased were told. Others have no answers but of the erasure.</summary>
    private IEnumerable<(ScriptStep Step, Reply Reply)> Answered() =>
        script.Clients.Zip(end.Replies).SelectMany(c => c.First.Zip(c.Second))
            .Where(answered => !end.IsErased(answered.First.To));
}
