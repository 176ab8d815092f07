using DToC.Twin.Models;

namespace DToC.Learn.Simulating;

/// <summary>Whether values are uniform on [0, 1], by two tests; a small p-value says that they are not.</summary>
/// <param name="Count">Values.</param>
/// <param name="Distance">Kolmogorov and Smirnov's D: the largest distance of distribution functions.</param>
/// <param name="KolmogorovSmirnov">Its p-value.</param>
/// <param name="Bins">How many of the values lie in each of equally wide bins.</param>
/// <param name="ChiSquare">p-value of Pearson's chi-square over the bins.</param>
public sealed record UniformityTest(
    int Count, double Distance, double KolmogorovSmirnov, IReadOnlyList<long> Bins, double ChiSquare)
{
    /// <summary>Bins unless told otherwise.</summary>
    public const int DefaultBins = 20;

    private const int LeastInBin = 5;

    /// <summary>Whether neither test refuses uniformity at a level such as 0.01.</summary>
    public bool IsUniformAt(double level) => KolmogorovSmirnov >= level && ChiSquare >= level;

    /// <summary>Tests values.</summary>
    /// <param name="values">In [0, 1]; at least 5 a bin.</param>
    /// <param name="bins">Bins of the chi-square test, 2 or more.</param>
    /// <exception cref="ArgumentException">There are too few, or one lies elsewhere.</exception>
    public static UniformityTest Of(ReadOnlySpan<double> values, int bins = DefaultBins)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 2);
        if (values.Length < bins * LeastInBin)
            throw new ArgumentException(
                $"{values.Length} values in {bins} bins; at least {LeastInBin} a bin are needed.", nameof(values));
        var sorted = values.ToArray();
        Array.Sort(sorted);
        if (!(sorted[0] >= 0 && sorted[^1] <= 1))
            throw new ArgumentException("A value lies outside of [0, 1].", nameof(values));
        var (distance, n) = (0.0, sorted.Length);
        var counts = new long[bins];
        for (var i = 0; i < n; i++)
        {
            distance = Math.Max(distance, Math.Max(sorted[i] - (double)i / n, (i + 1.0) / n - sorted[i]));
            counts[Math.Min(bins - 1, (int)(sorted[i] * bins))]++;
        }
        var expected = (double)n / bins;
        var square = counts.Sum(count => (count - expected) * (count - expected) / expected);
        return new UniformityTest(
            n, distance, KolmogorovTail(distance, n), counts, ChiSquareTail(square, bins - 1));
    }

    /// <summary>
    /// Probability of a distance at least as large of n uniform values: Kolmogorov's series with the correction for n
    /// of M. Stephens, "Use of the Kolmogorov-Smirnov, Cramér-von Mises and related statistics without extensive
    /// tables", JRSS B 32, 1970.
    /// </summary>
    public static double KolmogorovTail(double distance, int n)
    {
        var root = Math.Sqrt(n);
        var scaled = (root + 0.12 + 0.11 / root) * distance;
        // The alternating series does not settle there; the probability is 1 to 1e-10.
        if (scaled < 0.2) return 1;
        var (sum, sign) = (0.0, 1.0);
        for (var k = 1; k <= 100; k++)
        {
            var term = Math.Exp(-2.0 * k * k * scaled * scaled);
            sum += sign * term;
            sign = -sign;
            if (term < 1e-17) break;
        }
        return Math.Clamp(2 * sum, 0, 1);
    }

    /// <summary>
    /// Probability that a chi-square of some degrees of freedom is at least a value: the upper incomplete gamma
    /// function Q(degrees / 2, value / 2) by its series (DLMF 8.7.1) or continued fraction (DLMF 8.9.2).
    /// </summary>
    public static double ChiSquareTail(double value, int degrees)
    {
        var (a, x) = (degrees / 2.0, value / 2);
        if (x <= 0) return 1;
        var front = Math.Exp(a * Math.Log(x) - x - SpecialFunctions.LogGamma(a));
        return Math.Clamp(x < a + 1 ? 1 - front * Series(a, x) : front * Fraction(a, x), 0, 1);
    }

    private static double Series(double a, double x)
    {
        var term = 1 / a;
        var sum = term;
        for (var n = 1; n < 10_000 && term > sum * 1e-16; n++)
        {
            term *= x / (a + n);
            sum += term;
        }
        return sum;
    }

    private static double Fraction(double a, double x)
    {
        const double tiny = 1e-300;
        var b = x + 1 - a;
        var c = 1 / tiny;
        var d = 1 / b;
        var fraction = d;
        for (var i = 1; i < 10_000; i++)
        {
            var numerator = -i * (i - a);
            b += 2;
            d = numerator * d + b;
            d = 1 / (Math.Abs(d) < tiny ? tiny : d);
            c = b + numerator / c;
            if (Math.Abs(c) < tiny) c = tiny;
            fraction *= d * c;
            if (Math.Abs(d * c - 1) < 1e-15) break;
        }
        return fraction;
    }
}
