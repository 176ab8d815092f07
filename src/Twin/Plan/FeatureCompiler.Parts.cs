using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Models.Satisfaction;

namespace DToC.Twin.Plan;

/// <summary>Features for models that read more than one number of them, and what has plans of its own.</summary>
internal sealed partial class FeatureCompiler
{
    private static readonly string[] Whole = [""];
    private static readonly string[] PurchaseParts = [".x", ".t_x", ".T", ".mean_spend"];
    private static readonly string[] LevelParts = [".mean", ".variance", ".days"];
    private static readonly string[] DemandParts = [".n", ".x", ".xx", ".y", ".xy"];

    private readonly List<SatisfactionFilter> _levels = [];
    private readonly List<BurstPlan> _bursts = [];

    /// <summary>Filters of the latent levels.</summary>
    public SatisfactionFilter[] Levels => [.. _levels];

    /// <summary>What makes bursts.</summary>
    public BurstPlan[] Bursts => [.. _bursts];

    /// <summary>Ends of the names of the numbers a feature of a kind fills in the vector.</summary>
    public static IReadOnlyList<string> PartsOf(FeatureKind kind) => kind switch
    {
        FeatureKind.PurchaseHistory => PurchaseParts,
        FeatureKind.LatentLevel => LevelParts,
        FeatureKind.DemandSums => DemandParts,
        _ => Whole,
    };

    /// <summary>Numbers a feature fills in the vector.</summary>
    public static int Width(FeatureDefinition feature) => feature.Kind switch
    {
        FeatureKind.LastEvent => 2,
        FeatureKind.Basket => 1 + 2 * feature.Capacity,
        _ => PartsOf(feature.Kind).Count,
    };

    /// <summary>The filter of a latent level; the shape of a definition holds its numbers in bounds.</summary>
    public static SatisfactionFilter FilterOf(LevelDefinition level)
    {
        var answers = new SatisfactionAnswer[SatisfactionRange.Kinds];
        Array.Fill(answers, new SatisfactionAnswer(0, 1, 1)); // of kinds that nothing tells of
        foreach (var answer in level.Answers) answers[(int)answer.Scale] = answer.Answer;
        return new SatisfactionFilter(level.Mean, level.Variance, level.DriftPerDay, level.ReversionPerDay, answers);
    }

    /// <summary>All that makes a level but the signals that tell of it.</summary>
    public static string SignatureOf(LevelDefinition level) =>
        $"{level.Mean:R}|{level.Variance:R}|{level.DriftPerDay:R}|{level.ReversionPerDay:R}"
        + string.Concat(level.Answers.Select(a =>
            $"|{a.Scale},{a.Answer.Offset:R},{a.Answer.Slope:R},{a.Answer.NoiseVariance:R}"));

    private void AskPurchaseHistory(FeatureDefinition feature, FeatureSource source)
    {
        const long missing = TouchpointEvent.Missing;
        var group = slots.Ordered(
            $"purchaseHistory|{source.Signature}|{definition.TimeZone.Name}", [missing, missing, 0, 0, 0]);
        WriteSteps(FoldOp.PurchaseDay, source, group, 0);
        ReadParts(feature, source, group);
    }

    private void AskLevel(FeatureDefinition feature)
    {
        var level = feature.Level
            ?? throw new InvalidOperationException($"The level '{feature.Name}' has no answers.");
        foreach (var twice in level.Answers.GroupBy(answer => answer.Scale).Where(group => group.Count() > 1))
        {
            errors.Add(twice.Last().At, $"features.{feature.Name}.answers",
                $"The scale '{twice.Key.ToString().ToLowerInvariant()}' is there twice",
                "Name all its signals in one \"of\"");
        }
        var sources = new List<FeatureSource>();
        foreach (var answer in level.Answers)
        {
            if (FeatureSource.Resolve(feature, answer.Of, schema, errors) is { } source) sources.Add(source);
        }
        if (sources.Count < level.Answers.Count) return;
        var united = sources[0] with { Categories = sources.Aggregate(0UL, (mask, s) => mask | s.Categories) };
        var told = string.Join('|', sources.Select(source => source.Signature));
        var group = slots.Ordered($"level|{SignatureOf(level)}|{told}", [0], reals: 2);
        var index = _levels.Count;
        _levels.Add(FilterOf(level));
        if (_groupsWithSteps.TryAdd($"{FoldOp.Level}|{group}", group))
        {
            _steps.Add((_, ordered) =>
            {
                for (var i = 0; i < sources.Count; i++)
                {
                    foreach (var (type, signal) in sources[i].Reads)
                    {
                        ordered[type].Add(new FoldStep(
                            FoldOp.Level, signal, slots.At(group), index, (int)level.Answers[i].Scale));
                    }
                }
            });
        }
        ReadParts(feature, united, group);
    }

    private void AskDemand(FeatureDefinition feature)
    {
        Named[] names = [.. new[] { feature.Price, feature.Quantity }.OfType<Named>()];
        var resolved = names.Select(name => FeatureSource.Resolve(feature, [name], schema, errors)).ToArray();
        if (resolved is not [{ } price, { } quantity]) return;
        var ((type, priced), (other, bought)) = (price.Reads[0], quantity.Reads[0]);
        if (type != other)
        {
            errors.Add(names[1].At, $"features.{feature.Name}.quantity",
                $"'{names[1].Name}' is not of the event of '{names[0].Name}'",
                "Name a price and a quantity that one event bears");
            return;
        }
        var group = slots.Ordered($"demand|{price.Signature}|{quantity.Signature}", [], reals: DemandParts.Length);
        if (_groupsWithSteps.TryAdd($"{FoldOp.Demand}|{group}", group))
        {
            _steps.Add((_, ordered) =>
                ordered[type].Add(new FoldStep(FoldOp.Demand, priced, slots.At(group), bought, -1)));
        }
        ReadParts(feature, price, group);
    }

    private void AskBursts(FeatureDefinition feature, FeatureSource source)
    {
        var plan = new BurstPlan(
            feature.Clicks, (long)(feature.WithinSeconds * 1_000), feature.HalfLifeDays * Instant.DayMs);
        var group = slots.Ordered(
            $"bursts|{source.Signature}|{plan.Clicks}|{plan.WithinMs}|{feature.HalfLifeDays:R}",
            new long[Fold.BurstFold.Longs], reals: 1);
        _bursts.Add(plan);
        Simple(feature, source, FoldOp.Burst, group, _bursts.Count - 1);
    }

    private void ReadParts(FeatureDefinition feature, FeatureSource source, int group)
    {
        var parts = PartsOf(feature.Kind);
        for (var i = 0; i < parts.Count; i++)
        {
            var part = i;
            _pending.Add(() =>
                Read(feature, source, group, part, ordered: true) with { Name = feature.Name + parts[part] });
        }
    }
}
