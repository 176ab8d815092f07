using DToC.Twin.Sketches;

namespace DToC.Twin.Segments;

/// <summary>
/// Satisfaction now against what it was of late: the score less its own exponentially weighted mean, whose weights
/// halve every <see cref="HalfLifeDays"/> days. Above 0: more satisfied than before.
/// </summary>
public static class SatisfactionTrend
{
    /// <summary>Name of the measure.</summary>
    public const string Name = "satisfaction.trend";

    /// <summary>Days after which what was counts half.</summary>
    public const double HalfLifeDays = 30;

    // The mean is carried on at most once in this time, so that it is the same however many turns there are in it.
    private const long StepMs = Instant.HourMs;

    /// <summary>The score less its mean, and carries the mean on. NaN where either cannot be said.</summary>
    /// <param name="mean">The mean as of <paramref name="at"/>; NaN before the first score.</param>
    /// <param name="at">When it was carried on last.</param>
    /// <param name="score">The score now; NaN leaves the mean.</param>
    /// <param name="now">The moment.</param>
    public static double Next(ref double mean, ref Instant at, double score, Instant now)
    {
        if (!double.IsFinite(score)) return double.NaN;
        if (double.IsNaN(mean) || at.IsNever) (mean, at) = (score, now);
        var elapsed = now.UnixMs - at.UnixMs;
        if (elapsed >= StepMs)
        {
            mean = score + (mean - score) * ExponentialDecay.Factor(elapsed, HalfLifeDays * Instant.DayMs);
            at = now;
        }
        return score - mean;
    }
}
