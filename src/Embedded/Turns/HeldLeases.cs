using DToC.Grains;

namespace DToC.Embedded.Turns;

/// <summary>The partition's leases less what uncommitted turns spent. Used by the turn loop only.</summary>
internal sealed class HeldLeases
{
    private readonly Dictionary<string, long> _available = new(StringComparer.Ordinal);
    private Leases _view = Leases.None;

    /// <summary>What turns are shown.</summary>
    public Leases View => _view;

    /// <summary>Forgets everything for what the disk says.</summary>
    public void Reload(IReadOnlyList<Lease> stored)
    {
        _available.Clear();
        foreach (var lease in stored) _available[lease.Resource] = lease.Available;
        Renew();
    }

    /// <summary>Why these cannot be spent, or null. A turn may name a resource more than once.</summary>
    public string? Refusal(IReadOnlyList<LeaseSpend> spent)
    {
        for (var i = 0; i < spent.Count; i++)
        {
            if (spent[i].Amount < 0) return $"a negative amount of {spent[i].Resource} was spent";
            var total = 0L;
            for (var k = 0; k <= i; k++)
            {
                if (spent[k].Resource == spent[i].Resource) total += spent[k].Amount;
            }
            if (total > _view.Available(spent[i].Resource))
                return $"more of {spent[i].Resource} was spent than held";
        }
        return null;
    }

    public void Spend(IReadOnlyList<LeaseSpend> spent, Batch batch)
    {
        if (spent.Count == 0) return;
        foreach (var spend in spent) Add(spend.Resource, -spend.Amount, batch);
        Renew();
    }

    public void Grant(string resource, long amount, Batch batch)
    {
        Add(resource, amount, batch);
        Renew();
    }

    private void Add(string resource, long amount, Batch batch)
    {
        var left = checked(_available.GetValueOrDefault(resource) + amount);
        _available[resource] = left;
        batch.Leases[resource] = left;
    }

    private void Renew() =>
        _view = _available.Count == 0
            ? Leases.None
            : new Leases([.. _available.Select(held => new Lease(held.Key, held.Value))]);
}
