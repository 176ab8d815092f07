using DToC.Grains;
using DToC.Twin.Events;
using DToC.Twin.Plan;

namespace DToC.Conformance;

/// <summary>What workloads over the real grains of a small shop have in common.</summary>
public abstract class ShopWorkload : Workload
{
    /// <summary>How long wake-ups are waited for after the last message.</summary>
    protected const long WakeUpsForMs = 10 * 60_000;

    /// <inheritdoc/>
    public override TwinPlan Plan => CustomerPlans.First;

    /// <inheritdoc/>
    public override Topic Topic => Topic.Decision;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, long> Leases { get; } =
        new SortedDictionary<string, long>(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override TwinPlan ReadPlan(ReadOnlyMemory<byte> source) => ProbePlans.Known(source);

    /// <summary>The buckets of all identifiers that events of a script carry.</summary>
    protected static IEnumerable<GrainKey> Buckets(IEnumerable<IReadOnlyList<ScriptStep>> clients) =>
        clients.SelectMany(c => c).Select(step => step.Message).OfType<CustomerMessage.Observe>()
            .SelectMany(o => o.Events).SelectMany((TouchpointEvent e) => e.Identifiers)
            .Select(IdentityGrain.KeyOf).Distinct().Order();
}
