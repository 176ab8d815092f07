namespace DToC.Twin.Plan;

/// <summary>
/// The definitions a host knows, by content hash: the current one, and those that stored states and journal
/// entries still name. Immutable.
/// </summary>
public sealed class PlanCatalog
{
    private readonly Dictionary<ulong, TwinPlan> _byHash;

    /// <summary>A catalog with a current plan and others that are still named.</summary>
    public PlanCatalog(TwinPlan current, IEnumerable<TwinPlan> others)
    {
        Current = current;
        _byHash = [];
        foreach (var plan in others) _byHash[plan.Hash] = plan;
        _byHash[current.Hash] = current;
    }

    /// <summary>A catalog with one plan.</summary>
    public PlanCatalog(TwinPlan current)
        : this(current, [])
    {
    }

    /// <summary>The definition in force.</summary>
    public TwinPlan Current { get; }

    /// <summary>All plans.</summary>
    public IReadOnlyCollection<TwinPlan> All => _byHash.Values;

    /// <summary>The plan with this content hash, or null.</summary>
    public TwinPlan? Find(ulong hash) => _byHash.GetValueOrDefault(hash);

    /// <summary>This catalog with another plan in force.</summary>
    public PlanCatalog WithCurrent(TwinPlan plan) => new(plan, _byHash.Values);
}
