using System.Numerics;

namespace DToC.Twin.Segments.Differences;

/// <summary>How many have a number, and its mean and variance over them.</summary>
/// <param name="Count">Customers who have it.</param>
/// <param name="Mean">Their mean; NaN without any.</param>
/// <param name="Variance">Their variance, with n - 1 in the divisor; NaN for fewer than two.</param>
public readonly record struct Moments(long Count, double Mean, double Variance)
{
    /// <summary>Nobody.</summary>
    public static readonly Moments None = new(0, double.NaN, double.NaN);

    /// <summary>The standard error of the mean; NaN for fewer than two.</summary>
    public double Error => Math.Sqrt(Variance / Count);

    /// <summary>
    /// From exact sums of whole units: nothing is lost where the numbers are large and hardly differ.
    /// </summary>
    /// <param name="count">Customers; 0 or more.</param>
    /// <param name="sum">Sum of their values, in units.</param>
    /// <param name="squares">Sum of the squares of their values, in squared units.</param>
    /// <param name="perUnit">Units of one whole; above 0.</param>
    public static Moments Of(long count, BigInteger sum, BigInteger squares, double perUnit)
    {
        if (count <= 0) return None;
        var mean = (double)sum / count / perUnit;
        if (count == 1) return new Moments(1, mean, double.NaN);
        var deviations = (double)(count * squares - sum * sum);
        return new Moments(count, mean, deviations / count / (count - 1) / (perUnit * perUnit));
    }

    /// <summary>Of plain values, for few of them; those that are not finite are left out.</summary>
    public static Moments Of(IEnumerable<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        // Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products", 1962.
        var (count, mean, squares) = (0L, 0.0, 0.0);
        foreach (var value in values)
        {
            if (!double.IsFinite(value)) continue;
            var before = value - mean;
            mean += before / ++count;
            squares += before * (value - mean);
        }
        return count == 0 ? None : new Moments(count, mean, count == 1 ? double.NaN : squares / (count - 1));
    }
}
