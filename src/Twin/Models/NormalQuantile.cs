namespace DToC.Twin.Models;

/// <summary>
/// Quantiles of the standard normal distribution: M. Wichura, "Algorithm AS 241: The Percentage Points of the Normal
/// Distribution", Applied Statistics 37(3), 1988 (PPND16; relative error about 1e-16).
/// </summary>
public static class NormalQuantile
{
    /// <summary>The value a standard normal is below with a probability in (0, 1); NaN outside.</summary>
    public static double Of(double probability)
    {
        if (!(probability is > 0 and < 1)) return double.NaN;
        var fromMiddle = probability - 0.5;
        if (Math.Abs(fromMiddle) <= 0.425)
        {
            var r = 0.180625 - fromMiddle * fromMiddle;
            return fromMiddle * Ratio(r, Middle, MiddleBelow);
        }
        var tail = Math.Sqrt(-Math.Log(Math.Min(probability, 1 - probability)));
        var distance = tail <= 5 ? Ratio(tail - 1.6, Near, NearBelow) : Ratio(tail - 5, Far, FarBelow);
        return fromMiddle < 0 ? -distance : distance;
    }

    /// <summary>
    /// The interval that holds a normal of a mean and a standard deviation with a probability, its middle the mean:
    /// the shortest there is.
    /// </summary>
    /// <param name="mean">Finite.</param>
    /// <param name="deviation">0 or more, finite.</param>
    /// <param name="level">The probability, in (0, 1).</param>
    public static Interval IntervalOf(double mean, double deviation, double level)
    {
        if (level is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(level), level, "A level lies between 0 and 1.");
        var half = deviation * Of(0.5 + level / 2);
        return new Interval(mean - half, mean + half, level);
    }

    private static ReadOnlySpan<double> Middle =>
    [
        2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
        13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
    ];

    private static ReadOnlySpan<double> MiddleBelow =>
    [
        5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
        5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1,
    ];

    private static ReadOnlySpan<double> Near =>
    [
        7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
        3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
    ];

    private static ReadOnlySpan<double> NearBelow =>
    [
        1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
        0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1,
    ];

    private static ReadOnlySpan<double> Far =>
    [
        2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
        0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
    ];

    private static ReadOnlySpan<double> FarBelow =>
    [
        2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
        0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1,
    ];

    // Two polynomials, the highest power first.
    private static double Ratio(double x, ReadOnlySpan<double> above, ReadOnlySpan<double> below)
    {
        var (top, bottom) = (0.0, 0.0);
        for (var i = 0; i < above.Length; i++) (top, bottom) = (top * x + above[i], bottom * x + below[i]);
        return top / bottom;
    }
}
