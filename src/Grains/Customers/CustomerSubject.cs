using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// Finds out who a customer is altogether: the twin that stands for it, all that were merged into that one, and the
/// identifiers that their journals show.
/// </summary>
public static class CustomerSubject
{
    // Merges lead on so often at most; a ring of them ends sooner.
    private const int MostSteps = 64;

    /// <summary>The subject that a customer id belongs to; one that was never met is alone.</summary>
    public static async ValueTask<DataSubject> FindAsync(
        ITwinStore store, PlanCatalog plans, string customer, CancellationToken cancellation)
    {
        return await FindAsync(store, plans, [customer], cancellation);
    }

    /// <summary>The subject of several ids that are one.</summary>
    internal static async ValueTask<DataSubject> FindAsync(
        ITwinStore store, PlanCatalog plans, IReadOnlyCollection<string> ids, CancellationToken cancellation)
    {
        List<string> customers = [];
        foreach (var id in ids)
        {
            // One of a family that is known brings the same.
            if (customers.Contains(id, StringComparer.Ordinal)) continue;
            var family = await FamilyAsync(store, plans, id, cancellation);
            customers.AddRange(family.Except(customers, StringComparer.Ordinal).ToList());
        }
        var identifiers = new HashSet<Identifier>();
        var pseudonyms = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var one in customers)
        {
            var journal = await store.ReadJournalAsync(GrainKey.Customer(one), cancellation);
            identifiers.UnionWith(IdentifiersOf(journal, plans));
            pseudonyms.UnionWith(PseudonymsOf(journal));
            // The entry that gave it may have expired.
            if (plans.Current.Events.Personas.PseudonymAttribute < 0) continue;
            if (await store.ReadAsync(GrainKey.Customer(one), cancellation) is { } stored)
                pseudonyms.UnionWith(CustomerCodec.Read(stored.Bytes.Span, plans).Twin.Pseudonyms);
        }
        var own = new List<Identifier>(identifiers.Count);
        foreach (var identifier in identifiers)
        {
            // One that somebody else has shown, a shared device, is not this subject's.
            var row = await store.ReadRowAsync(
                IdentityGrain.KeyOf(identifier), IdentityGrain.RowOf(identifier), cancellation);
            if (row is not { } value || IsOwn(IdentityRow.Read(value.Span), customers)) own.Add(identifier);
        }
        return new DataSubject([.. customers, .. pseudonyms.Except(customers, StringComparer.Ordinal)], own);
    }

    private static IEnumerable<string> PseudonymsOf(IReadOnlyList<JournalEntry> journal)
    {
        const string Named = PersonaDefinition.Pseudonym;
        return journal.Where(static entry => entry.Kind == JournalKind.Attributes)
            .SelectMany(static entry => JournalPayload.ReadAttributes(entry).Changes)
            .Where(static change => change.Attribute.EndsWith(Named, StringComparison.Ordinal)
                && change.Attribute[..^Named.Length].EndsWith(PersonaDefinition.Separator))
            .Select(static change => change.Text).OfType<string>();
    }

    /// <summary>Whether nobody else has shown an identifier.</summary>
    internal static bool IsOwn(IdentityRow row, IReadOnlyList<string> customers) =>
        !row.HasForgotten && row.Claims.All(claim => customers.Contains(claim.Customer, StringComparer.Ordinal));

    private static async ValueTask<List<string>> FamilyAsync(
        ITwinStore store, PlanCatalog plans, string customer, CancellationToken cancellation)
    {
        var customers = new List<string>();
        List<string> own = [customer];
        var next = customer;
        var move = 0L;
        for (var step = 0; step < MostSteps && !customers.Contains(next, StringComparer.Ordinal); step++)
        {
            customers.Add(next);
            if (await store.ReadAsync(GrainKey.Customer(next), cancellation) is not { } stored) break;
            var state = CustomerCodec.Read(stored.Bytes.Span, plans).Twin;
            if (step == 0) move = state.MoveNumber;
            // Split off, and what tells it so is under way: it is alone with those that came along.
            else if (state.HasParted(customer, move)) return own;
            customers.AddRange(state.Merged.Except(customers, StringComparer.Ordinal).ToList());
            if (step == 0) own = [.. customers];
            if (state.MovedTo is not { } target || customers.Contains(target, StringComparer.Ordinal)) break;
            next = target;
        }
        return customers;
    }

    /// <summary>The identifiers that the events of a journal name.</summary>
    public static IEnumerable<Identifier> IdentifiersOf(IReadOnlyList<JournalEntry> journal, PlanCatalog plans)
    {
        var readers = new Dictionary<ulong, EventReader>();
        foreach (var entry in journal)
        {
            if (entry.Kind is not (JournalKind.Event or JournalKind.AlsoSent)) continue;
            if (!readers.TryGetValue(entry.PlanHash, out var reader))
            {
                var plan = plans.Find(entry.PlanHash) ?? plans.Current;
                readers[entry.PlanHash] = reader = new EventReader(plan.Events, EventLimits.Stored);
            }
            if (CustomerHistory.ReadEvent(reader, entry) is not { } e) continue;
            foreach (var identifier in e.Identifiers) yield return identifier;
        }
    }
}
