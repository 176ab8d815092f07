using DToC.Twin.Models;

namespace DToC.Twin.Segments.Differences;

/// <summary>
/// Compares the means of two groups whose variances may differ: B. L. Welch, "The Generalization of 'Student's' Problem
/// when Several Different Population Variances are Involved", Biometrika 34, 1947.
/// </summary>
public static class WelchTest
{
    /// <summary>What sets those apart from the others.</summary>
    /// <param name="those">The one group.</param>
    /// <param name="others">The other, of other customers.</param>
    /// <param name="level">Probability of the intervals, in (0, 1).</param>
    public static Contrast Of(in Moments those, in Moments others, double level)
    {
        if (!DisclosureLimit.Tells(those.Count) || !DisclosureLimit.Tells(others.Count))
            return Contrast.Not(NotCompared.TooFew);
        var (a, b) = (those.Variance / those.Count, others.Variance / others.Count);
        if (!(a + b > 0)) return Contrast.Not(NotCompared.NoSpread);
        var difference = those.Mean - others.Mean;
        var error = Math.Sqrt(a + b);
        var t = difference / error;
        // Equation 28 there; also F. E. Satterthwaite, Biometrics Bulletin 2, 1946.
        var freedom = (a + b) * (a + b) / (a * a / (those.Count - 1) + b * b / (others.Count - 1));
        var half = error * StudentT.Quantile(level, freedom);
        var (lift, liftInterval) = LiftOf(those, others, level);
        return new Contrast(
            difference, new Interval(difference - half, difference + half, level), lift, liftInterval, t,
            StudentT.Beyond(t, freedom));
    }

    /// <summary>
    /// The ratio of two means above 0. The logarithm of each is about normal with the relative error of the mean as its
    /// deviation (delta method: Casella and Berger, Statistical Inference, 2nd ed., 2002, section 5.5.4).
    /// </summary>
    private static (double Lift, Interval? Interval) LiftOf(in Moments those, in Moments others, double level)
    {
        if (!(those.Mean > 0 && others.Mean > 0)) return (double.NaN, null);
        var (a, b) = (those.Error / those.Mean, others.Error / others.Mean);
        return Ratio.Of(those.Mean / others.Mean, Math.Sqrt(a * a + b * b), level);
    }
}

/// <summary>A ratio whose logarithm is about normal.</summary>
internal static class Ratio
{
    public static (double Ratio, Interval? Interval) Of(double ratio, double deviation, double level)
    {
        var log = NormalQuantile.IntervalOf(0, deviation, level);
        return (ratio, new Interval(ratio * Math.Exp(log.Low), ratio * Math.Exp(log.High), level));
    }
}
