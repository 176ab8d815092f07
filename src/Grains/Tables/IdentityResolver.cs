using DToC.Twin.Events;

namespace DToC.Grains;

/// <summary>
/// Finds the customer of an event, at the door: the one it names; else the one that the identifier of highest priority
/// leads to, and a new one of its own when it leads to nobody yet. Identifiers that are shared are passed over. Reads
/// only: what an event links, its turn says.
/// </summary>
public sealed class IdentityResolver(ITwinHost host, IIdentityMemory memory)
{
    private const int MaxHops = 4;

    /// <summary>The customer's id, and the event without those of its identifiers that are shared.</summary>
    /// <param name="e">An event with a customer or at least one identifier.</param>
    /// <param name="cancellation">Ends the look-up.</param>
    public ValueTask<(string Customer, TouchpointEvent Event)> ResolveAsync(
        TouchpointEvent e, CancellationToken cancellation)
    {
        if (e.Customer is { } named)
        {
            Shown(e.Identifiers, 0, named);
            return new((named, e));
        }
        if (memory.TryRecall(e.Identifiers[0], out var lead) && lead.Customer is { } customer)
        {
            Shown(e.Identifiers, 1, customer);
            return new((customer, e));
        }
        return FindAsync(e, cancellation);
    }

    private async ValueTask<(string Customer, TouchpointEvent Event)> FindAsync(
        TouchpointEvent e, CancellationToken cancellation)
    {
        var identifiers = e.Identifiers;
        for (var i = 0; i < identifiers.Count; i++)
        {
            var lead = await LeadAsync(identifiers[i], e.Schema, cancellation);
            if (lead.IsShared) continue;
            var customer = lead.Customer ?? IdentityGrain.MintId(identifiers[i]);
            if (lead.Customer is null) await RememberNewAsync(identifiers, i, customer, e.Schema, cancellation);
            Shown(identifiers, i + 1, customer);
            return (customer, i == 0 ? e : e.With([.. identifiers.Skip(i)]));
        }
        return (IdentityGrain.MintSharedId(identifiers[0]), e.With([]));
    }

    /// <summary>
    /// The turn links them after its commit; until then events of the same person should meet in the same twin.
    /// </summary>
    private async ValueTask RememberNewAsync(
        IReadOnlyList<Identifier> identifiers, int from, string customer, EventSchema schema,
        CancellationToken cancellation)
    {
        memory.Remember(identifiers[from], new IdentityLead(customer, IsShared: false));
        for (var i = from + 1; i < identifiers.Count; i++)
        {
            var lead = await LeadAsync(identifiers[i], schema, cancellation);
            if (lead == default) memory.Remember(identifiers[i], new IdentityLead(customer, IsShared: false));
        }
    }

    private void Shown(IReadOnlyList<Identifier> identifiers, int from, string customer)
    {
        for (var i = from; i < identifiers.Count; i++) memory.Shown(identifiers[i], customer);
    }

    private async ValueTask<IdentityLead> LeadAsync(
        Identifier identifier, EventSchema schema, CancellationToken cancellation)
    {
        if (memory.TryRecall(identifier, out var known)) return known;
        var row = await host.ReadRowAsync(
            IdentityGrain.KeyOf(identifier), IdentityGrain.RowOf(identifier), cancellation);
        if (row is not { } value) return default;
        var shape = schema.Identifiers[schema.IdentifierSlot(identifier.Name)];
        var lead = await LeadAsync(IdentityRow.Read(value.Span), shape, cancellation);
        memory.Remember(identifier, lead);
        return lead;
    }

    private async ValueTask<IdentityLead> LeadAsync(
        IdentityRow row, IdentifierShape shape, CancellationToken cancellation)
    {
        if (row.IsOverrun) return IdentityLead.Shared;
        if (row.IsContested(shape))
        {
            // Customers who showed it as two may have turned out to be one.
            var roots = new HashSet<string>(StringComparer.Ordinal);
            foreach (var claim in row.Claims)
            {
                if (claim.IsKnown) roots.Add(await RootAsync(claim.Customer, cancellation));
                if (roots.Count > shape.MaxCustomers) return IdentityLead.Shared;
            }
        }
        var first = row.First(shape);
        // Sent there at once, an event needs no hops.
        if (first is not null && row.Claims.Count > 1) first = await RootAsync(first, cancellation);
        return new IdentityLead(first, IsShared: false);
    }

    private async ValueTask<string> RootAsync(string customer, CancellationToken cancellation)
    {
        for (var hop = 0; hop < MaxHops; hop++)
        {
            if (await host.ReadAsync(GrainKey.Customer(customer), cancellation) is not { } stored) break;
            if (CustomerCodec.Read(stored.Bytes.Span, host.Plans).Twin.MovedTo is not { } target) break;
            customer = target;
        }
        return customer;
    }
}
