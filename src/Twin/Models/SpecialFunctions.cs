namespace DToC.Twin.Models;

/// <summary>
/// The few special functions the customer-base models need, in doubles, without allocation. Arguments are
/// real and positive where not said otherwise; a result outside the domain is NaN.
/// </summary>
public static class SpecialFunctions
{
    private const double HalfLogTwoPi = 0.918938533204672741780329736406;
    private const double StirlingFrom = 10;
    private const int MaxFractionSteps = 20_000;

    /// <summary>
    /// ln Gamma(x) for x > 0: Stirling's series (DLMF 5.11.1, seven terms) from 10 upwards, where it is exact
    /// to rounding, and the recurrence Gamma(x + 1) = x Gamma(x) below. Error under 1e-14, or under
    /// 1e-14 of the value where that is more.
    /// </summary>
    public static double LogGamma(double x)
    {
        if (!(x > 0)) return double.NaN;
        var product = 1.0;
        while (x < StirlingFrom) product *= x++;
        return (x - 0.5) * Math.Log(x) - x + HalfLogTwoPi + StirlingCorrection(x) - Math.Log(product);
    }

    /// <summary>
    /// ln B(a, b) for a, b > 0. From 10 upwards the large parts of the three gammas are cancelled on paper
    /// and not in floating point (Fullerton's SLATEC ALBETA, 1977), so B(a, b + x) keeps its digits for x in
    /// the thousands.
    /// </summary>
    public static double LogBeta(double a, double b)
    {
        if (!(a > 0 && b > 0)) return double.NaN;
        var small = Math.Min(a, b);
        var large = Math.Max(a, b);
        var sum = small + large;
        if (large < StirlingFrom) return LogGamma(small) + LogGamma(large) - LogGamma(sum);
        var correction = StirlingCorrection(large) - StirlingCorrection(sum);
        var logLargeShare = Log1P(-small / sum);
        if (small < StirlingFrom)
            return LogGamma(small) + correction + small * (1 - Math.Log(sum)) + (large - 0.5) * logLargeShare;
        return HalfLogTwoPi - 0.5 * Math.Log(large) + StirlingCorrection(small) + correction
            + (small - 0.5) * Math.Log(small / sum) + large * logLargeShare;
    }

    /// <summary>
    /// The regularised incomplete beta function I_z(a, b), in [0, 1], for a, b > 0: the continued fraction of
    /// DLMF 8.17.22 by Lentz's method, on the side of the mean where it converges fast.
    /// </summary>
    /// <param name="a">First shape, above 0.</param>
    /// <param name="b">Second shape, above 0.</param>
    /// <param name="z">Upper limit, in [0, 1].</param>
    /// <param name="complement">
    /// 1 - z, given apart because it may be far smaller than the rounding of z.
    /// </param>
    public static double RegularizedBeta(double a, double b, double z, double complement)
    {
        if (!(a > 0 && b > 0 && z >= 0 && complement >= 0)) return double.NaN;
        if (z == 0) return 0;
        if (complement == 0) return 1;
        var logFront = a * LogOf(z, complement) + b * LogOf(complement, z) - LogBeta(a, b);
        return z < (a + 1) / (a + b + 2)
            ? Math.Exp(logFront - Math.Log(a)) / BetaFraction(a, b, z)
            : 1 - Math.Exp(logFront - Math.Log(b)) / BetaFraction(b, a, complement);
    }

    /// <summary>
    /// ln(1 + x), exact to rounding also for small x, where double.LogP1 is not (Kahan's correction).
    /// </summary>
    public static double Log1P(double x)
    {
        var rounded = 1 + x;
        return rounded == 1 || double.IsInfinity(rounded) ? x : Math.Log(rounded) * (x / (rounded - 1));
    }

    /// <summary>
    /// exp(x) - 1, exact to rounding also for small x, where double.ExpM1 is not (Kahan's correction).
    /// </summary>
    public static double ExpM1(double x)
    {
        if (Math.Abs(x) > 1) return Math.Exp(x) - 1;
        var rounded = Math.Exp(x);
        if (rounded == 1) return x;
        return (rounded - 1) * (x / Math.Log(rounded));
    }

    // ln z by way of the smaller of z and 1 - z, which is the one that carries the digits.
    private static double LogOf(double z, double complement) =>
        z < complement ? Math.Log(z) : Log1P(-complement);

    // The rest of Stirling's series, sum of B(2k) / (2k (2k - 1) x^(2k - 1)); the next term is under 3e-17 at
    // x = 10.
    private static double StirlingCorrection(double x)
    {
        var w = 1 / (x * x);
        var series = 1.0 / 156;
        series = series * w - 691.0 / 360360;
        series = series * w + 1.0 / 1188;
        series = series * w - 1.0 / 1680;
        series = series * w + 1.0 / 1260;
        series = series * w - 1.0 / 360;
        series = series * w + 1.0 / 12;
        return series / x;
    }

    // 1 / (d1 / (1 + d2 / (1 + ...))) without its prefactor; Lentz's method as modified by Thompson and
    // Barnett (1986).
    private static double BetaFraction(double a, double b, double z)
    {
        const double tiny = 1e-300;
        var c = 1.0;
        var d = Floor(1 - (a + b) * z / (a + 1), tiny);
        d = 1 / d;
        var fraction = d;
        for (var m = 1; m <= MaxFractionSteps; m++)
        {
            var even = m * (b - m) * z / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / Floor(1 + even * d, tiny);
            c = Floor(1 + even / c, tiny);
            fraction *= d * c;
            var odd = -(a + m) * (a + b + m) * z / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / Floor(1 + odd * d, tiny);
            c = Floor(1 + odd / c, tiny);
            var step = d * c;
            fraction *= step;
            if (Math.Abs(step - 1) < 1e-15) break;
        }
        return 1 / fraction;
    }

    private static double Floor(double value, double tiny) => Math.Abs(value) < tiny ? tiny : value;
}
