using DToC.Twin;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>What is left of a grain whose state cannot be read.</summary>
/// <param name="Key">Whose.</param>
/// <param name="Journal">Its own journal, in the order of recording.</param>
/// <param name="Family">Its journal and those of the customers merged into it.</param>
/// <param name="Rows">Names of its rows.</param>
/// <param name="WakeUps">Wake-ups it has asked for.</param>
/// <param name="MergedInto">The customer that says it was merged into it, or null.</param>
public sealed record GrainRemains(
    GrainKey Key, IReadOnlyList<JournalEntry> Journal, History Family, IReadOnlyCollection<string> Rows,
    IReadOnlyList<(string Name, Instant At)> WakeUps, string? MergedInto);

/// <summary>
/// Makes states anew out of what a host still has of them. Of a customer that is all that was folded, the consents,
/// attributes and merges, and the decisions under the definition in force; counters of refused events and of triggers
/// without a winner stand in no journal and begin at zero.
/// </summary>
public static class TwinSalvage
{
    /// <summary>Customers merged into this one, as its journal says.</summary>
    public static IReadOnlyList<string> MergedOf(IReadOnlyList<JournalEntry> journal, PlanCatalog plans)
    {
        List<string> merged = [];
        foreach (var entry in journal)
        {
            if (entry.Kind == JournalKind.Checkpoint)
                merged.AddRange(CheckpointForm.Read(entry.Payload, plans).Merged);
            if (entry.Kind != JournalKind.Merge) continue;
            var merge = JournalPayload.ReadMerge(entry.Payload);
            merged.Add(merge.Customer);
            merged.AddRange(merge.Read(plans).Merged);
        }
        return [.. merged.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The state of a grain anew.</summary>
    /// <param name="remains">What is left of it.</param>
    /// <param name="plans">The definitions known.</param>
    /// <param name="floor">Becomes its version and the number of its effects: above all it can have had.</param>
    /// <exception cref="InvalidDataException">The journal cannot be read, or no such kind can be made
    /// anew.</exception>
    public static GrainState Rebuild(GrainRemains remains, PlanCatalog plans, long floor)
    {
        GrainState state = remains.Key.Kind switch
        {
            GrainKind.Customer => new CustomerActivation(Customer(remains, plans)),
            GrainKind.Identity or GrainKind.Erasures or GrainKind.Cohort or GrainKind.Simulations => new TableState(),
            GrainKind.AccessKeys => new AccessKeysState { Count = remains.Rows.Count },
            GrainKind.Quarantine => new QuarantineState
            {
                Count = remains.Rows.Count(IsEvent),
                IsWaking = remains.WakeUps.Count > 0,
            },
            GrainKind.Connectors => new ConnectorsState { Count = remains.Rows.Count },
            GrainKind.Deliveries => DeliveriesState.Of(remains.Rows, remains.WakeUps.Count > 0),
            _ => throw new InvalidDataException($"A {remains.Key.Kind} cannot be made anew."),
        };
        state.Version = floor;
        state.EffectSequence = floor;
        return state;
    }

    /// <summary>Makes the folded parts of a customer anew; the turn facts stay as they are.</summary>
    /// <exception cref="InvalidDataException">A journal cannot be read.</exception>
    public static CustomerActivation Refold(
        CustomerActivation today, GrainKey key, History family, PlanCatalog plans) =>
        new(CustomerHistory.Read(family, key, plans, today.Twin).RefoldAll(today.Twin))
        {
            Version = today.Version + 1,
            EffectSequence = today.EffectSequence,
        };

    private static bool IsEvent(string row) => row.StartsWith(QuarantineGrain.EventPrefix, StringComparison.Ordinal);

    private static CustomerState Customer(GrainRemains remains, PlanCatalog plans)
    {
        var facts = CustomerHistory.At(remains.Journal, today: null, plans, Instant.Forever, Instant.Never);
        foreach (var entry in remains.Journal)
        {
            if (entry.Kind != JournalKind.Merge) continue;
            var merge = JournalPayload.ReadMerge(entry.Payload);
            var state = merge.Read(plans);
            StateMerge.Merge(facts, state);
            MergeTurns.Lead(facts, merge, state);
        }
        CustomerHistory.ConsentsOf(remains.Journal, plans).CopyTo(facts.Consents, 0);
        facts.Merged.Clear();
        facts.Merged.AddRange(MergedOf(remains.Journal, plans));
        foreach (var entry in remains.Journal)
        {
            if (entry.Kind != JournalKind.Split) continue;
            foreach (var (mark, move) in JournalPayload.ReadSplit(entry.Payload)) facts.PartAs(mark, move);
        }
        facts.MovedTo = remains.MergedInto;
        foreach (var (name, at) in remains.WakeUps)
        {
            if (facts.OfWakeUp(name) is var (facet, trigger)) facet.WakeUps.Ask(trigger.NameHash, at);
        }
        return CustomerHistory.Read(remains.Family, remains.Key, plans).RefoldAll(facts);
    }
}
