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
    public override IReadOnlyList<FaultCell> Cells => FaultPlan.CellsWithErasures;

    /// <summary>Grains of customers, and the tables they tell something.</summary>
    private protected static GrainCatalog Catalog(Func<IGrain> customer, Func<IGrain> identity) =>
        GrainCatalog.Empty.With(customer).With(identity).With(() => new ErasuresGrain());

    /// <summary>A client's wish to erase a customer; one in three does not ask again.</summary>
    private protected static ScriptStep Erasure(GrainKey key, SeededDraws draws) =>
        new(key, new Erase(AsksAgain: !draws.Percent(33)));

    /// <summary>
    /// What erasures have left, then, where that is sound, what is said of the others: in a state that leads to nobody
    /// they could not be read.
    /// </summary>
    private protected static Verdict Judge(
        ErasureJudgement erasures,
        Func<(IEnumerable<string> Problems, Func<IReadOnlyList<(string, long)>> Reached)> others)
    {
        List<string> problems = [.. erasures.Problems()];
        if (problems.Count > 0) return new Verdict(problems, []);
        var (of, reached) = others();
        problems.AddRange(of);
        return new Verdict(problems, problems.Count > 0 ? [] : [.. reached(), .. erasures.Reached()]);
    }

    /// <inheritdoc/>
    public override TwinPlan ReadPlan(ReadOnlyMemory<byte> source) => ProbePlans.Known(source);

    /// <summary>The buckets of all identifiers that events of a script carry, and the table of erasures.</summary>
    protected static IEnumerable<GrainKey> Tables(IEnumerable<IReadOnlyList<ScriptStep>> clients) =>
        clients.SelectMany(c => c).Select(step => step.Message).OfType<CustomerMessage.Observe>()
            .SelectMany(o => o.Events).SelectMany((TouchpointEvent e) => e.Identifiers)
            .Select(IdentityGrain.KeyOf).Distinct().Order().Append(ErasuresGrain.Key);
}
