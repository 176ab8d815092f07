namespace DToC.Twin.Models;

/// <summary>Tails of the standard normal distribution.</summary>
public static class NormalTail
{
    // Below it the series of the error function is taken, above it the continued fraction of its complement.
    private const double SeriesBelow = 2;
    private const int FractionSteps = 80;

    /// <summary>
    /// The probability that a standard normal lies further from 0 than a value: erfc(|z| / sqrt(2)), by DLMF 7.6.2 and
    /// 7.9.1. The relative error is below 1e-12 up to |z| = 37, beyond which it is 0. NaN for NaN.
    /// </summary>
    public static double Beyond(double z)
    {
        if (double.IsNaN(z)) return double.NaN;
        var x = Math.Abs(z) / Math.Sqrt(2);
        return x < SeriesBelow ? 1 - Series(x) : Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * Fraction(x));
    }

    // erf x = 2 / sqrt(pi) exp(-x^2) sum of 2^n x^(2n + 1) / (1 * 3 * ... * (2n + 1))
    private static double Series(double x)
    {
        var (term, sum) = (x, x);
        for (var n = 1; term > sum * 1e-17; n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    // x + (1/2) / (x + 1 / (x + (3/2) / (x + ...))), from the far end.
    private static double Fraction(double x)
    {
        var fraction = x;
        for (var n = FractionSteps; n > 0; n--) fraction = x + n / 2.0 / fraction;
        return fraction;
    }
}
