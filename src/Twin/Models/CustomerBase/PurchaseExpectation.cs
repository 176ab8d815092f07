namespace DToC.Twin.Models.CustomerBase;

/// <summary>
/// The expected number of purchases of a customer known to be alive, common to eq. 9 and eq. 10 of Fader,
/// Hardie and Lee (2005):
/// <code>G = (a + b - 1) / (a - 1) * [1 - (1 - z)^r * 2F1(r, b; a + b - 1; z)],  z = t / (alpha + t)</code>
/// with r + x for r, alpha + T for alpha and b + x for b where there is a history.
/// </summary>
/// <remarks>
/// The textbook form fails near a = 1 (0 / 0), for a + b near 1 (a pole), for short horizons (1 - nearly 1)
/// and for large x (overflow of 2F1). Two exact rewritings avoid all four: a series and, where that converges
/// too slowly, an integral. They agree within 1e-9 where both apply.
/// </remarks>
internal static class PurchaseExpectation
{
    private const int MaxTerms = 1_000;
    private const double RoundingShare = 1e-17;

    /// <summary>
    /// G above; 0 for t = 0; NaN for a t that is negative, not finite or too many times alpha for a double.
    /// The cost is bounded: at most 1,000 terms, then a few hundred nodes (120,000 with every limit reached).
    /// </summary>
    public static double WhileAlive(double r, double alpha, double a, double b, double t)
    {
        if (!(t >= 0 && r > 0 && alpha > 0 && a > 0 && a <= BgNbd.MaxParameter && b > 0)) return double.NaN;
        if (!double.IsFinite(t / alpha * (r + 1)) || !double.IsFinite(b)) return double.NaN;
        if (t == 0) return 0;
        var bySeries = BySeries(r, alpha, a, b, t);
        return double.IsNaN(bySeries) ? ByIntegral(r, alpha, a, b, t) : bySeries;
    }

    /// <summary>
    /// Euler's transformation (DLMF 15.8.1) turns the power times 2F1 into (1 - z)^(a-1) 2F1(c - r, a - 1; c;
    /// z) with c = a + b - 1, z = t / (alpha + t): x falls out of the first argument, and every term of the
    /// series but the first holds the factor (a - 1) / c, which cancels the one in front. What remains has no
    /// pole in a or c:
    /// <code>G = -c * ((1-z)^(a-1) - 1) / (a - 1) - (1-z)^(a-1) * sum over n >= 1 of
    /// (c-r)_n (a)_(n-1) / ((c+1)_(n-1) n!) * z^n</code>
    /// NaN when 1,000 terms do not suffice (z near 1) or when the terms alternate and would cancel (r far
    /// above a + b).
    /// </summary>
    internal static double BySeries(double r, double alpha, double a, double b, double t)
    {
        var c = a + b - 1;
        var first = c - r;
        if (first < -3) return double.NaN;
        var z = t / (alpha + t);
        var term = first * z;
        var sum = term;
        for (var n = 1; Math.Abs(term) > RoundingShare * Math.Abs(sum); n++)
        {
            if (n == MaxTerms) return double.NaN;
            term *= (first + n) * (a + n - 1) / ((c + n) * (n + 1)) * z;
            sum += term;
        }
        var logSurvival = -SpecialFunctions.Log1P(t / alpha);
        var power = (a - 1) * logSurvival;
        var difference = Math.Abs(power) < 1e-300 ? logSurvival : SpecialFunctions.ExpM1(power) / (a - 1);
        var result = -c * difference - Math.Exp(power) * sum;
        return double.IsFinite(result) ? Math.Max(result, 0) : double.NaN;
    }

    /// <summary>
    /// The expectation over the drop-out probability p ~ Beta(a, b) of (1 - (1 + p t / alpha)^-r) / p (paper,
    /// the step before eq. 9): positive everywhere. The trapezoidal rule in u = ln(p / (1 - p)) converges
    /// exponentially (Trefethen and Weideman, SIAM Review 56(3), 2014); both tails are geometric and summed
    /// in closed form.
    /// </summary>
    internal static double ByIntegral(double r, double alpha, double a, double b, double t)
    {
        // e^-37 is below the rounding of 1: beyond it the integrand is a pure exponential.
        const double flat = 37;
        var ratio = t / alpha;
        // A step of half the narrower of the strip of analyticity and the peak of the beta density.
        var step = Math.Min(0.25, 0.7 / Math.Sqrt(a * b / (a + b)));
        var from = -SpecialFunctions.Log1P(ratio * (r + 1)) - flat;
        var count = (int)Math.Ceiling((flat - from) / step);
        var logBeta = SpecialFunctions.LogBeta(a, b);
        var sum = 0.0;
        for (var i = 0; i <= count; i++)
        {
            var node = Integrand(from + i * step);
            if (i == 0) node *= 1 + 1 / SpecialFunctions.ExpM1(a * step);
            if (i == count) node *= 1 + 1 / SpecialFunctions.ExpM1(b * step);
            sum += node;
        }
        return sum * step;

        double Integrand(double u)
        {
            var tail = SpecialFunctions.Log1P(Math.Exp(-Math.Abs(u)));
            var logP = Math.Min(u, 0) - tail;
            var logQ = -Math.Max(u, 0) - tail;
            var logDensity = a * logP + b * logQ - logBeta;
            if (logDensity < -700) return 0;
            var p = Math.Exp(logP);
            return Math.Exp(logDensity) * -SpecialFunctions.ExpM1(-r * SpecialFunctions.Log1P(p * ratio)) / p;
        }
    }
}
