using System.Collections.Concurrent;
using DToC.Grains;
using DToC.Twin.Events;

namespace DToC.Http.Events;

/// <summary>
/// Finds the customer an event's identifiers lead to. What was found, or is about to be linked by a turn
/// under way, is remembered briefly.
/// </summary>
internal sealed class IdentityLookup(ITwinHost host, HttpOptions options, TimeProvider time)
{
    private readonly Lock _turning = new();
    private ConcurrentDictionary<Identifier, string> _current = new();
    private ConcurrentDictionary<Identifier, string> _previous = new();
    private long _turnedAt = time.GetTimestamp();

    /// <summary>
    /// The customer of the first identifier that is linked, by priority; else a new one's id.
    /// </summary>
    /// <param name="identifiers">At least one.</param>
    /// <param name="byPriority">Names of identifiers, the highest priority first.</param>
    /// <param name="cancellation">Ends the look-up.</param>
    public async ValueTask<string> FindAsync(
        IReadOnlyList<Identifier> identifiers, IReadOnlyList<string> byPriority,
        CancellationToken cancellation)
    {
        TurnPages();
        string? customer = null;
        Identifier? highest = null;
        for (var i = 0; i < byPriority.Count && customer is null; i++)
        {
            foreach (var identifier in identifiers)
            {
                if (identifier.Name != byPriority[i]) continue;
                highest ??= identifier;
                customer = await FindAsync(identifier, cancellation);
                if (customer is not null) break;
            }
        }
        customer ??= IdentityGrain.MintId(highest ?? identifiers[0]);
        // The turn links them after its commit; until then events of the same person must meet in the same
        // twin.
        foreach (var identifier in identifiers) _current.TryAdd(identifier, customer);
        return customer;
    }

    /// <summary>Forgets what leads to customers who were erased.</summary>
    public void Forget(DataSubject subject)
    {
        foreach (var page in (ReadOnlySpan<ConcurrentDictionary<Identifier, string>>)[_current, _previous])
        {
            foreach (var (identifier, customer) in page)
            {
                if (subject.Is(customer)) page.TryRemove(identifier, out _);
            }
        }
    }

    private async ValueTask<string?> FindAsync(Identifier identifier, CancellationToken cancellation)
    {
        if (_current.TryGetValue(identifier, out var known) || _previous.TryGetValue(identifier, out known))
        {
            return known;
        }
        var row = await host.ReadRowAsync(
            IdentityGrain.KeyOf(identifier), IdentityGrain.RowOf(identifier), cancellation);
        return row is { } value ? IdentityGrain.CustomerOf(value) : null;
    }

    /// <summary>Forgets the older half when its time has come or the newer one is full.</summary>
    private void TurnPages()
    {
        if (time.GetElapsedTime(Volatile.Read(ref _turnedAt)) < options.IdentityMemory
            && _current.Count < options.MaxIdentitiesRemembered)
        {
            return;
        }
        lock (_turning)
        {
            if (time.GetElapsedTime(_turnedAt) < options.IdentityMemory
                && _current.Count < options.MaxIdentitiesRemembered)
            {
                return;
            }
            _previous = _current;
            _current = new ConcurrentDictionary<Identifier, string>();
            Volatile.Write(ref _turnedAt, time.GetTimestamp());
        }
    }
}
