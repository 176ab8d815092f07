using DToC.Twin.Models;

namespace DToC.Twin.Segments.Differences;

/// <summary>Student's t distribution.</summary>
internal static class StudentT
{
    // The normal is so near that the rest is below 1e-6 of the tail.
    private const double NormalFrom = 1e5;
    private const int Steps = 200;

    /// <summary>
    /// The probability of lying further from 0 than a value: I_x(v/2, 1/2) with x = v / (v + t^2) (DLMF 8.17.4 and
    /// Abramowitz and Stegun 26.7.1).
    /// </summary>
    /// <param name="t">The value.</param>
    /// <param name="freedom">Degrees of freedom v, above 0.</param>
    public static double Beyond(double t, double freedom) => freedom > NormalFrom
        ? NormalTail.Beyond(t)
        : SpecialFunctions.RegularizedBeta(
            freedom / 2, 0.5, freedom / (freedom + t * t), t * t / (freedom + t * t));

    /// <summary>The value that holds a probability between minus and plus itself, by bisection.</summary>
    /// <param name="level">The probability, in (0, 1).</param>
    /// <param name="freedom">Degrees of freedom, above 0.</param>
    public static double Quantile(double level, double freedom)
    {
        if (level is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(level), level, "A level lies between 0 and 1.");
        var low = NormalQuantile.Of(0.5 + level / 2); // the tails of t are heavier
        if (freedom > NormalFrom) return low;
        var high = 2 * low;
        while (Beyond(high, freedom) > 1 - level) (low, high) = (high, 2 * high);
        for (var step = 0; step < Steps && high - low > 1e-12 * high; step++)
        {
            var middle = low + (high - low) / 2;
            if (Beyond(middle, freedom) > 1 - level) low = middle;
            else high = middle;
        }
        return low + (high - low) / 2;
    }
}
