namespace DToC.Twin.Views;

/// <summary>
/// What differs between a real twin and a hypothetical one, as of one moment. What is withheld of either is absent or
/// null here too.
/// </summary>
/// <param name="Features">By name, those that differ.</param>
/// <param name="Scores">By model name, those that differ.</param>
/// <param name="Stage">The journey stages, or null when they are the same.</param>
/// <param name="SegmentsEntered">Segments of the hypothetical twin alone.</param>
/// <param name="SegmentsLeft">Segments of the real one alone.</param>
public sealed record DifferenceView(
    IReadOnlyDictionary<string, NumberDifferenceView> Features,
    IReadOnlyDictionary<string, ScoreDifferenceView> Scores, StageDifferenceView? Stage,
    IReadOnlyList<string> SegmentsEntered, IReadOnlyList<string> SegmentsLeft)
{
    // Decayed sums folded in another order agree so far.
    private const double Tolerance = 1e-9;

    /// <summary>Compares two views.</summary>
    public static DifferenceView Between(TwinView real, TwinView hypothetical)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(hypothetical);
        var (from, to) = (real.Prediction, hypothetical.Prediction);
        var stage = new StageDifferenceView(real.Context.Stage, hypothetical.Context.Stage);
        return new DifferenceView(
            FeaturesOf(real.Description.Features, hypothetical.Description.Features),
            ScoresOf(from.Scores, to.Scores), stage.Real == stage.Hypothetical ? null : stage,
            [.. to.Segments.Except(from.Segments, StringComparer.Ordinal)],
            [.. from.Segments.Except(to.Segments, StringComparer.Ordinal)]);
    }

    private static Dictionary<string, NumberDifferenceView> FeaturesOf(
        IReadOnlyDictionary<string, double?> real, IReadOnlyDictionary<string, double?> hypothetical)
    {
        var features = new Dictionary<string, NumberDifferenceView>(StringComparer.Ordinal);
        foreach (var name in real.Keys.Union(hypothetical.Keys, StringComparer.Ordinal))
        {
            var (from, to) = (real.GetValueOrDefault(name), hypothetical.GetValueOrDefault(name));
            if (!IsSame(from, to)) features[name] = new NumberDifferenceView(from, to);
        }
        return features;
    }

    private static Dictionary<string, ScoreDifferenceView> ScoresOf(
        IReadOnlyDictionary<string, ScoreView> real, IReadOnlyDictionary<string, ScoreView> hypothetical)
    {
        var scores = new Dictionary<string, ScoreDifferenceView>(StringComparer.Ordinal);
        foreach (var (name, to) in hypothetical)
        {
            var from = real.GetValueOrDefault(name);
            if (IsSame(from?.Value, to.Value) && IsSame(from?.Interval?.Low, to.Interval?.Low)
                && IsSame(from?.Interval?.High, to.Interval?.High)) continue;
            scores[name] = new ScoreDifferenceView(from?.Value, from?.Interval, to.Value, to.Interval, to.Unit);
        }
        return scores;
    }

    private static bool IsSame(double? a, double? b) => a is { } from && b is { } to
        ? Math.Abs(from - to) <= Tolerance * Math.Max(Math.Abs(from), Math.Abs(to))
        : a is null == b is null;
}

/// <summary>A number of both; null where it is not known.</summary>
public sealed record NumberDifferenceView(double? Real, double? Hypothetical);

/// <summary>A score of both, with its intervals; null where it cannot be said.</summary>
public sealed record ScoreDifferenceView(
    double? Real, IntervalView? RealInterval, double? Hypothetical, IntervalView? HypotheticalInterval, string? Unit);

/// <summary>The journey stages of both; null where it is not to be told.</summary>
public sealed record StageDifferenceView(string? Real, string? Hypothetical);
