using DToC.Twin.Plan;

namespace DToC.Twin.Segments.Differences;

/// <summary>What a contrast is of.</summary>
public enum ContrastOf
{
    /// <summary>Mean of a feature.</summary>
    Feature,

    /// <summary>Mean of a score.</summary>
    Score,

    /// <summary>Mean value at risk.</summary>
    ValueAtRisk,

    /// <summary>Mean of satisfaction against what it was of late.</summary>
    SatisfactionTrend,

    /// <summary>Share of those in a journey stage.</summary>
    Stage,

    /// <summary>Share of those in another segment.</summary>
    Segment,
}

/// <summary>A share of two groups.</summary>
/// <param name="Of">What it is of.</param>
/// <param name="Name">Name of the stage or segment.</param>
/// <param name="Have">How many of those have it.</param>
/// <param name="Others">How many of the others have it.</param>
/// <param name="Among">Of how many of those it is known.</param>
/// <param name="OthersAmong">Of how many of the others.</param>
public readonly record struct SharePair(
    ContrastOf Of, string Name, long Have, long Among, long Others, long OthersAmong);

/// <summary>One number or share of two groups, compared.</summary>
/// <param name="Of">What it is of.</param>
/// <param name="Name">Name of the feature, score, stage or segment.</param>
/// <param name="Value">Mean or share of those; NaN where it may not be told.</param>
/// <param name="Count">Over how many of those.</param>
/// <param name="OtherValue">Mean or share of the others; NaN likewise.</param>
/// <param name="OtherCount">Over how many of the others.</param>
/// <param name="Contrast">The comparison.</param>
/// <param name="Corrected">
/// Its probability, corrected for all that was compared at once (<see cref="FalseDiscovery"/>); NaN when not compared.
/// </param>
public sealed record GroupContrast(
    ContrastOf Of, string Name, double Value, long Count, double OtherValue, long OtherCount, Contrast Contrast,
    double Corrected);

/// <summary>Compares two groups, which have nobody in common, in all that is tallied of them.</summary>
public static class GroupContrasts
{
    /// <summary>
    /// All contrasts, the surest first and what is not compared last. Where nothing differs no more than a share of
    /// <c>1 - level</c> of what is found at that level is expected to be chance.
    /// </summary>
    /// <param name="plan">The definition.</param>
    /// <param name="those">Who is told apart.</param>
    /// <param name="others">From whom.</param>
    /// <param name="segments">Shares of those and the others in other segments.</param>
    /// <param name="level">Probability of the intervals, in (0, 1).</param>
    public static IReadOnlyList<GroupContrast> Of(
        TwinPlan plan, GroupFigures those, GroupFigures others, IEnumerable<SharePair> segments, double level)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(those);
        ArgumentNullException.ThrowIfNull(others);
        List<GroupContrast> all = [.. Means(plan, those, others, level)];
        var stages = plan.Fold.Journey.Stages.Select((name, i) => new SharePair(
            ContrastOf.Stage, name, those.Stages[i], those.StageKnown, others.Stages[i], others.StageKnown));
        var shares = plan.Definition.Journey is null ? segments : stages.Concat(segments);
        all.AddRange(shares.Select(pair => Share(pair, level)));
        var corrected = FalseDiscovery.Correct([.. all.Select(contrast => contrast.Contrast.Probability)]);
        return
        [
            .. all.Select((contrast, i) => contrast with { Corrected = corrected[i] })
                .OrderBy(static c => double.IsNaN(c.Corrected) ? 2 : c.Corrected)
                .ThenByDescending(static c => Math.Abs(c.Contrast.Statistic))
                .ThenBy(static c => c.Name, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<GroupContrast> Means(
        TwinPlan plan, GroupFigures those, GroupFigures others, double level)
    {
        for (var i = 0; i < plan.Segmentation.Measures.Length; i++)
        {
            var (measure, a, b) = (plan.Segmentation.Measures[i], those.Measures[i], others.Measures[i]);
            yield return new GroupContrast(
                OfKind(measure.Kind), measure.Name, Told(a), a.Count, Told(b), b.Count, WelchTest.Of(a, b, level),
                double.NaN);
        }
    }

    private static GroupContrast Share(SharePair pair, double level) => new(
        pair.Of, pair.Name, Told(pair.Have, pair.Among), pair.Among, Told(pair.Others, pair.OthersAmong),
        pair.OthersAmong, ShareTest.Of(pair.Have, pair.Among, pair.Others, pair.OthersAmong, level), double.NaN);

    private static double Told(in Moments moments) => DisclosureLimit.Tells(moments.Count) ? moments.Mean : double.NaN;

    private static double Told(long have, long of) => DisclosureLimit.Tells(have, of) ? (double)have / of : double.NaN;

    private static ContrastOf OfKind(MeasureKind kind) => kind switch
    {
        MeasureKind.Feature => ContrastOf.Feature,
        MeasureKind.Score => ContrastOf.Score,
        MeasureKind.ValueAtRisk => ContrastOf.ValueAtRisk,
        MeasureKind.SatisfactionTrend => ContrastOf.SatisfactionTrend,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "A measure of an unknown kind."),
    };
}
