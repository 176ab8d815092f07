using System.Collections.Concurrent;
using DToC.Grains;
using DToC.Twin.Events;

namespace DToC.Http.Events;

/// <summary>Remembers identifiers briefly, in two halves of which the older is forgotten.</summary>
internal sealed class IdentityMemory(HttpOptions options, TimeProvider time) : IIdentityMemory
{
    // No customer has an empty id.
    private static readonly IdentityLead Doubtful = new("", IsShared: false);

    private readonly Lock _turning = new();
    private ConcurrentDictionary<Identifier, IdentityLead> _current = new();
    private ConcurrentDictionary<Identifier, IdentityLead> _previous = new();
    private long _turnedAt = time.GetTimestamp();

    /// <inheritdoc/>
    public bool TryRecall(Identifier identifier, out IdentityLead lead)
    {
        TurnPages();
        return (_current.TryGetValue(identifier, out lead) || _previous.TryGetValue(identifier, out lead))
            && lead != Doubtful;
    }

    /// <inheritdoc/>
    public void Remember(Identifier identifier, IdentityLead lead) => _current.TryAdd(identifier, lead);

    /// <inheritdoc/>
    public void Shown(Identifier identifier, string customer)
    {
        var isHere = _current.TryGetValue(identifier, out var lead) || _previous.TryGetValue(identifier, out lead);
        // What is shared stays so whoever shows it.
        if (isHere && lead.Customer is { } other && other != customer) _current[identifier] = Doubtful;
    }

    /// <summary>Forgets what leads to customers who were erased.</summary>
    public void Forget(DataSubject subject)
    {
        foreach (var page in (ReadOnlySpan<ConcurrentDictionary<Identifier, IdentityLead>>)[_current, _previous])
        {
            foreach (var (identifier, lead) in page)
            {
                if (subject.Is(lead.Customer)) page.TryRemove(identifier, out _);
            }
        }
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
            _current = new ConcurrentDictionary<Identifier, IdentityLead>();
            Volatile.Write(ref _turnedAt, time.GetTimestamp());
        }
    }
}
