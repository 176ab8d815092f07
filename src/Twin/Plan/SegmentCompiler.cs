using DToC.Twin.Definitions;
using DToC.Twin.Models.Satisfaction;
using DToC.Twin.Rules;
using DToC.Twin.Segments;
using ValueType = DToC.Twin.Rules.ValueType;

namespace DToC.Twin.Plan;

/// <summary>Compiles segments, what time does to them, and what their members contribute.</summary>
internal sealed class SegmentCompiler(
    Definition definition, VectorLinks links, ConsentPlan consent, CompileErrors errors)
{
    // Everybody, the others in a comparison, and the words that join segments to sets.
    private static readonly string[] Taken = ["everybody", "rest", "and", "or", "not", "true", "false"];

    private const double PerUnitOfFeature = 1_000;
    private const double PerUnitOfScore = 1_000_000;

    public SegmentationPlan Compile(FeatureRead[] features, IReadOnlyList<ModelPlan> models)
    {
        var segments = Segments(new TimingCompiler(features, models, links));
        var valueAtRisk = errors.Rule(definition.ValueAtRisk, links.Symbols, ValueType.Number, "valueAtRisk");
        List<MeasurePlan> measures = [];
        // What time alone moves comes last: a tally goes past what an event left as it was at once.
        foreach (var slot in Enumerable.Range(0, features.Length).OrderBy(slot => IsStill(features[slot]) ? 0 : 1))
        {
            if (features[slot].IsCoded) continue;
            measures.Add(new MeasurePlan(
                features[slot].Name, MeasureKind.Feature, slot, PerUnitOf(features[slot]), features[slot].Categories));
        }
        var satisfaction = -1;
        for (var i = 0; i < models.Count; i++)
        {
            if (satisfaction < 0 && models[i] is ModelPlan.OfModel { Model: SatisfactionModel })
                satisfaction = measures.Count;
            measures.Add(new MeasurePlan(
                models[i].Name, MeasureKind.Score, links.FirstScore + i, PerUnitOfScore, models[i].Categories));
        }
        return new SegmentationPlan
        {
            Segments = segments,
            Purposes = [.. segments.Select(segment => segment.Purpose).Distinct().Order()],
            TickMs = (long)(definition.SegmentTickHours * Instant.HourMs),
            Stages = Math.Max(1, definition.Journey?.Stages.Count ?? 0),
            ReadsTrigger = features.Any(feature => ReadsTrigger(feature.Expression))
                || models.Any(ReadsTrigger),
            ValueAtRisk = valueAtRisk,
            ValueAtRiskAt = AddValueAtRisk(measures, valueAtRisk),
            SatisfactionAt = satisfaction,
            TrendAt = AddTrend(measures, satisfaction),
            Measures = [.. measures],
            Categories = measures.Aggregate(links.JourneyCategories, (mask, measure) => mask | measure.Categories),
        };
    }

    private static bool ReadsTrigger(ModelPlan model) =>
        (model is ModelPlan.OfFormula formula && ReadsTrigger(formula.Expression))
        || model.Prior?.Groups.Any(group => ReadsTrigger(group.When)) == true;

    private static bool ReadsTrigger(Expression? rule) => rule?.TextsRead.Contains(VectorPlan.TriggerText) == true;

    private List<SegmentPlan> Segments(TimingCompiler timings)
    {
        var segments = new List<SegmentPlan>();
        foreach (var segment in definition.Segments)
        {
            var path = AddedSegments.PathOf(segment);
            if (Array.IndexOf(Taken, segment.Name) >= 0)
            {
                errors.Add(segment.Rule.At, path, $"'{segment.Name}' means something else where segments are named",
                    $"Choose a name other than {string.Join(", ", Taken)}");
            }
            var purpose = errors.Slot(segment.Purpose, consent.Purposes, $"{path}.purpose", "purpose");
            var rule = errors.Rule(segment.Rule, links.Symbols, ValueType.Boolean, $"{path}.rule");
            if (purpose >= 0 && rule is not null)
                segments.Add(new SegmentPlan(
                    segment.Name, purpose, links.CategoriesOf(rule), rule, timings.Of(rule)));
        }
        return segments;
    }

    private int AddValueAtRisk(List<MeasurePlan> measures, Expression? rule)
    {
        if (rule is null) return -1;
        measures.Add(new MeasurePlan(
            "valueAtRisk", MeasureKind.ValueAtRisk, -1, PerUnitOfFeature, links.CategoriesOf(rule)));
        return measures.Count - 1;
    }

    private static int AddTrend(List<MeasurePlan> measures, int satisfaction)
    {
        if (satisfaction < 0) return -1;
        measures.Add(measures[satisfaction] with
        {
            Name = SatisfactionTrend.Name, Kind = MeasureKind.SatisfactionTrend,
        });
        return measures.Count - 1;
    }

    /// <summary>What is stored as a whole number keeps its unit, so that nothing of it is rounded.</summary>
    private static double PerUnitOf(FeatureRead feature) => feature.Kind switch
    {
        FeatureKind.Count or FeatureKind.Outliers or FeatureKind.Sessions => 1,
        FeatureKind.Sum or FeatureKind.Min or FeatureKind.Max or FeatureKind.Last => feature.Scale,
        _ => PerUnitOfFeature,
    };

    private static bool IsStill(FeatureRead feature) => feature.Kind is FeatureKind.Count or FeatureKind.Outliers
        or FeatureKind.Sum or FeatureKind.Sessions or FeatureKind.Min or FeatureKind.Max or FeatureKind.Last
        or FeatureKind.Mean or FeatureKind.Distinct or FeatureKind.Attribute or FeatureKind.HeavyHitters
        or FeatureKind.InterEventMean or FeatureKind.InterEventVariance or FeatureKind.DemandSums;
}
