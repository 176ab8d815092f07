using System.Text.Json.Serialization;
using DToC.Twin;
using DToC.Twin.Segments;
using DToC.Twin.Segments.Differences;

namespace DToC.Http.Segments;

/// <summary>What a group of customers has in common.</summary>
/// <param name="Numbers">By feature.</param>
/// <param name="Scores">By score.</param>
/// <param name="Stages">How many are in which journey stage; null where they are too few to be told.</param>
/// <param name="StageUnknown">Of how many the stage is not known, or may not be used.</param>
/// <param name="Flows">How those who are in it now have moved between stages, the most first.</param>
/// <param name="ValueAtRisk">What would be lost with them; null where the definition does not say.</param>
/// <param name="Satisfaction">How satisfied they are; null where no model says so.</param>
/// <param name="SatisfactionTrend">Satisfaction now less its mean of late.</param>
internal sealed record TallyForm(
    IReadOnlyDictionary<string, NumberForm> Numbers, IReadOnlyDictionary<string, NumberForm> Scores,
    IReadOnlyDictionary<string, long?> Stages, long StageUnknown, IReadOnlyList<FlowForm> Flows,
    NumberForm? ValueAtRisk, NumberForm? Satisfaction, NumberForm? SatisfactionTrend)
{
    /// <summary>A tally as it is shown.</summary>
    public static TallyForm Of(SegmentTally tally) => new(
        NumbersOf(tally, MeasureKind.Feature), NumbersOf(tally, MeasureKind.Score), StagesOf(tally),
        tally.StageUnknown, FlowsOf(tally), NumberForm.Of(tally.ValueAtRisk), NumberForm.Of(tally.Satisfaction),
        NumberForm.Of(tally.Trend));

    private static Dictionary<string, NumberForm> NumbersOf(SegmentTally tally, MeasureKind kind)
    {
        var numbers = new Dictionary<string, NumberForm>(StringComparer.Ordinal);
        foreach (var measure in tally.Measures)
        {
            if (measure.Plan.Kind == kind) numbers[measure.Plan.Name] = NumberForm.OfMeasure(measure);
        }
        return numbers;
    }

    private static Dictionary<string, long?> StagesOf(SegmentTally tally)
    {
        var stages = new Dictionary<string, long?>(StringComparer.Ordinal);
        if (tally.Plan.Definition.Journey is null) return stages;
        var known = tally.Size - tally.StageUnknown;
        for (var i = 0; i < tally.Plan.Fold.Journey.Stages.Count; i++)
        {
            var there = tally.Stages[i];
            var isTold = there == 0 || DisclosureLimit.Tells(there, known);
            stages[tally.Plan.Fold.Journey.Stages[i]] = isTold ? there : null;
        }
        return stages;
    }

    private static List<FlowForm> FlowsOf(SegmentTally tally) =>
    [
        .. tally.Flows.Where(flow => DisclosureLimit.Tells(tally.Size) && DisclosureLimit.Tells(flow.Count))
            .OrderByDescending(flow => flow.Count).Select(flow => FlowForm.Of(tally, flow)),
    ];
}

/// <summary>Moves from one journey stage to another.</summary>
/// <param name="Count">How often.</param>
/// <param name="MeanHours">How long they had stayed before, on average; null where that is not known.</param>
/// <param name="DroppedOff">Whether the stage gave way because nothing came.</param>
internal sealed record FlowForm(string From, string To, long Count, double? MeanHours, bool DroppedOff)
{
    /// <summary>A flow as it is shown.</summary>
    public static FlowForm Of(SegmentTally tally, StageFlow flow)
    {
        var stages = tally.Plan.Fold.Journey.Stages;
        return new FlowForm(
            stages[flow.From], stages[flow.To], flow.Count,
            flow.StayedMs == 0 ? null : (double)flow.StayedMs / flow.Count / Instant.HourMs, flow.IsIdle);
    }
}

/// <summary>A number over a group of customers.</summary>
/// <param name="Count">Customers who have it.</param>
/// <param name="Missing">Customers of whom it cannot be said.</param>
/// <param name="Withheld">Customers whose data may not serve the purpose.</param>
/// <param name="Sum">Exact; null, as all below, where fewer than five have it.</param>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The standard deviation.</param>
/// <param name="Quantiles">Off by at most 1% of themselves; null where fewer than five lie on one side.</param>
internal sealed record NumberForm(
    long Count, long Missing, long Withheld, double? Sum, double? Mean, double? Deviation,
    IReadOnlyDictionary<string, double?>? Quantiles)
{
    private static readonly IReadOnlyList<(string Name, double Share)> Shown =
        [("p05", 0.05), ("p10", 0.1), ("p25", 0.25), ("p50", 0.5), ("p75", 0.75), ("p90", 0.9), ("p95", 0.95)];

    /// <summary>A measure as it is shown; null where there is none.</summary>
    public static NumberForm? Of(MeasureTally? measure) => measure is null ? null : OfMeasure(measure);

    /// <summary>A measure as it is shown.</summary>
    public static NumberForm OfMeasure(MeasureTally measure) => DisclosureLimit.Tells(measure.Count)
        ? new NumberForm(
            measure.Count, measure.Missing, measure.Withheld, measure.Sum, measure.Mean,
            Finite(Math.Sqrt(measure.Variance)), QuantilesOf(measure))
        : new NumberForm(measure.Count, measure.Missing, measure.Withheld, null, null, null, null);

    private static Dictionary<string, double?> QuantilesOf(MeasureTally measure)
    {
        var quantiles = new Dictionary<string, double?>(StringComparer.Ordinal);
        foreach (var (name, share) in Shown)
        {
            var below = (long)(Math.Min(share, 1 - share) * measure.Count);
            quantiles[name] = DisclosureLimit.Tells(below) ? Finite(measure.Quantile(share)) : null;
        }
        return quantiles;
    }

    /// <summary>A number, or null for what is none.</summary>
    public static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
