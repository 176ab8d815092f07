using DToC.Twin.Models;

namespace DToC.Twin.Segments.Differences;

/// <summary>
/// Compares shares of two groups: the two-proportion z-test with the pooled share, the square of which is Pearson's
/// chi-square of the 2 x 2 table (J. L. Fleiss, Statistical Methods for Rates and Proportions, 3rd ed., 2003, section
/// 3.1).
/// </summary>
public static class ShareTest
{
    // W. G. Cochran, "Some Methods for Strengthening the Common Chi-Square Tests", Biometrics 10, 1954: in a table of
    // four cells no fewer are to be expected in any.
    private const double LeastExpected = 5;

    /// <summary>What sets those apart from the others.</summary>
    /// <param name="have">How many of those have it.</param>
    /// <param name="of">How many those are.</param>
    /// <param name="otherHave">How many of the others have it.</param>
    /// <param name="others">How many the others are.</param>
    /// <param name="level">Probability of the intervals, in (0, 1).</param>
    public static Contrast Of(long have, long of, long otherHave, long others, double level)
    {
        if (!DisclosureLimit.Tells(have, of) || !DisclosureLimit.Tells(otherHave, others))
            return Contrast.Not(NotCompared.TooFew);
        var pooled = (double)(have + otherHave) / (of + others);
        if (pooled is 0 or 1) return Contrast.Not(NotCompared.NoSpread);
        if (Math.Min(of, others) * Math.Min(pooled, 1 - pooled) < LeastExpected)
            return Contrast.Not(NotCompared.TooFew);
        var (share, otherShare) = ((double)have / of, (double)otherHave / others);
        var z = (share - otherShare) / Math.Sqrt(pooled * (1 - pooled) * (1.0 / of + 1.0 / others));
        var (lift, liftInterval) = LiftOf(have, of, otherHave, others, level);
        return new Contrast(
            share - otherShare, IntervalOf(have, of, otherHave, others, level), lift, liftInterval, z,
            NormalTail.Beyond(z));
    }

    /// <summary>
    /// The difference of two shares by their score intervals: R. G. Newcombe, "Interval Estimation for the Difference
    /// between Independent Proportions", Statistics in Medicine 17, 1998, method 10. It holds at 0 and 1 too.
    /// </summary>
    private static Interval IntervalOf(long have, long of, long otherHave, long others, double level)
    {
        var (p, q) = ((double)have / of, (double)otherHave / others);
        var (a, b) = (Score(p, of, level), Score(q, others, level));
        return new Interval(
            p - q - Length(p - a.Low, b.High - q), p - q + Length(a.High - p, q - b.Low), level);
    }

    // E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22, 1927.
    private static (double Low, double High) Score(double p, long n, double level)
    {
        var z = NormalQuantile.Of(0.5 + level / 2);
        var middle = p + z * z / (2 * n);
        var half = z * Math.Sqrt(p * (1 - p) / n + z * z / (4.0 * n * n));
        return ((middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n));
    }

    private static double Length(double a, double b) => Math.Sqrt(a * a + b * b);

    /// <summary>
    /// The ratio of two shares: D. Katz, J. Baptista, S. P. Azen and M. C. Pike, "Obtaining Confidence Intervals for
    /// the Risk Ratio in Cohort Studies", Biometrics 34, 1978, method C.
    /// </summary>
    private static (double Lift, Interval? Interval) LiftOf(
        long have, long of, long otherHave, long others, double level)
    {
        if (have == 0 || otherHave == 0) return (double.NaN, null);
        var deviation = Math.Sqrt(1.0 / have - 1.0 / of + 1.0 / otherHave - 1.0 / others);
        return Ratio.Of((double)have / of / ((double)otherHave / others), deviation, level);
    }
}
