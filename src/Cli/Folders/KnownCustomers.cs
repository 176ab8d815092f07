using DToC.Grains;
using DToC.Twin.Events;

namespace DToC.Cli.Folders;

/// <summary>
/// Finds the customer of an event as a server does: the one it names, else the one the first identifier is
/// linked to, by priority, else a new one. A link is written after the turn that shows it; until it can be
/// read, it is remembered here.
/// </summary>
/// <param name="host">Keeps the links.</param>
/// <param name="byPriority">Names of the definition's identifiers, the highest priority first.</param>
internal sealed class KnownCustomers(ITwinHost host, IReadOnlyList<string> byPriority)
{
    // More than the links that can wait to be written, so that none is forgotten before it is.
    private const int MaxRemembered = 500_000;

    private Dictionary<Identifier, string> _newer = [];
    private Dictionary<Identifier, string> _older = [];

    /// <summary>The customer's id. One caller at a time.</summary>
    public ValueTask<string> CustomerOf(TouchpointEvent e, CancellationToken cancellation) =>
        e.Customer is { } named ? new(named) : Find(e.Identifiers, cancellation);

    private async ValueTask<string> Find(IReadOnlyList<Identifier> identifiers, CancellationToken cancellation)
    {
        string? customer = null;
        Identifier? highest = null;
        foreach (var name in byPriority)
        {
            foreach (var identifier in identifiers)
            {
                if (customer != null || identifier.Name != name)
                    continue;
                highest ??= identifier;
                customer = await Find(identifier, cancellation);
            }
        }
        customer ??= IdentityGrain.MintId(highest ?? identifiers[0]);
        Remember(identifiers, customer);
        return customer;
    }

    private async ValueTask<string?> Find(Identifier identifier, CancellationToken cancellation)
    {
        if (_newer.TryGetValue(identifier, out var known) || _older.TryGetValue(identifier, out known))
            return known;
        var row = await host.ReadRowAsync(
            IdentityGrain.KeyOf(identifier), IdentityGrain.RowOf(identifier), cancellation);
        return row is { } value ? IdentityGrain.CustomerOf(value) : null;
    }

    private void Remember(IReadOnlyList<Identifier> identifiers, string customer)
    {
        if (_newer.Count >= MaxRemembered)
            (_older, _newer) = (_newer, []);
        foreach (var identifier in identifiers)
        {
            if (!_older.ContainsKey(identifier))
                _newer.TryAdd(identifier, customer);
        }
    }
}
