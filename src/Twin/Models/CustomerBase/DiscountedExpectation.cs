namespace DToC.Twin.Models.CustomerBase;

/// <summary>
/// Discounted purchases of a customer known to be alive whose rate is Gamma(r, alpha) and who leaves after each
/// purchase with a probability p of Beta(a, b), common to BG/NBD and MBG/NBD:
/// <code>E over p of r / p * integral of e^(-c s) (1 + s)^-(r + 1) ds over (0, p h / alpha], c = force alpha /
/// p</code>
/// </summary>
/// <remarks>
/// The intensity of purchases at t is E of lambda e^(-lambda p t), which over the rate is r / alpha (1 + p t /
/// alpha)^-(r + 1). The inner integral is a difference of two exponential integrals; the outer one is the
/// trapezoidal rule in ln(p / (1 - p)) (as in <see cref="PurchaseExpectation"/>), its left tail geometric. Within
/// about 1e-8 of the value.
/// </remarks>
internal static class DiscountedExpectation
{
    // e^-20 is below the accuracy wanted.
    private const double Flat = 20;
    private const int MaxFractionSteps = 500;

    /// <summary>
    /// The discounted purchases; NaN for a force or horizon of 0 or less, or a force of 0 without an end.
    /// </summary>
    public static double WhileAlive(double r, double alpha, double a, double b, double force, double horizon)
    {
        if (!(r > 0 && alpha > 0 && a > 0 && b > 0 && force > 0 && horizon > 0)) return double.NaN;
        var reach = Math.Min(horizon, 1 / force) / alpha * (r + 1) + b;
        if (!double.IsFinite(reach)) return double.NaN;
        // Skew as the density may be, it is analytic within i pi / 2: e^(-pi^2 / step) is the rule's error.
        var step = Math.Min(0.5, 0.7 * Math.Sqrt(1 / a + 1 / b));
        var from = -SpecialFunctions.Log1P(reach) - Flat;
        var count = (int)Math.Ceiling((Flat - from) / step);
        var logBeta = SpecialFunctions.LogBeta(a, b);
        var sum = 0.0;
        for (var i = 0; i <= count; i++)
        {
            var u = from + i * step;
            var tail = SpecialFunctions.Log1P(Math.Exp(-Math.Abs(u)));
            var logP = Math.Min(u, 0) - tail;
            var logDensity = a * logP + b * (-Math.Max(u, 0) - tail) - logBeta;
            if (logDensity < -45) continue;
            var node = Math.Exp(logDensity) * Purchases(Math.Exp(logP), r, alpha, force, horizon);
            if (i == 0) node *= 1 + 1 / SpecialFunctions.ExpM1(a * step);
            if (i == count) node *= 1 + 1 / SpecialFunctions.ExpM1(b * step);
            sum += node;
        }
        return sum * step;
    }

    // Of one who leaves with probability p after each purchase.
    private static double Purchases(double p, double r, double alpha, double force, double horizon)
    {
        var c = force * alpha / p;
        var forLife = ExponentialIntegral(r + 1, c);
        if (double.IsInfinity(horizon)) return r / p * forLife;
        var after = Math.Exp(-force * horizon - r * SpecialFunctions.Log1P(p * horizon / alpha));
        return r / p * (forLife - after * ExponentialIntegral(r + 1, c + force * horizon));
    }

    /// <summary>
    /// e^c E_n(c), the integral of e^(-c s) (1 + s)^-n ds from 0, for n above 1: its continued fraction (DLMF
    /// 8.19.17) from c = 1 upwards, the integral in ln(1 + s) below.
    /// </summary>
    internal static double ExponentialIntegral(double n, double c)
    {
        if (c < 1)
        {
            var until = Math.Min(SpecialFunctions.Log1P(40 / c), 40 / (n - 1));
            var sum = 0.0;
            for (var i = 0; i < GaussLegendre.Count; i++)
            {
                var y = until * GaussLegendre.Node(i);
                sum += GaussLegendre.Weight(i) * Math.Exp(-c * SpecialFunctions.ExpM1(y) - (n - 1) * y);
            }
            return until * sum;
        }
        // Lentz's method; all denominators are positive here.
        var b = c + n;
        var front = 1e300;
        var back = 1 / b;
        var value = back;
        for (var i = 1; i <= MaxFractionSteps; i++)
        {
            var numerator = -i * (n - 1 + i);
            b += 2;
            back = 1 / (numerator * back + b);
            front = b + numerator / front;
            var change = front * back;
            value *= change;
            if (Math.Abs(change - 1) < 1e-12) break;
        }
        return value;
    }
}
