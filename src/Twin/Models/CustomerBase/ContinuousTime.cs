namespace DToC.Twin.Models.CustomerBase;

/// <summary>
/// What the models in continuous time share: a buyer's purchases thin out as the buyer may have left.
/// </summary>
internal static class ContinuousTime
{
    // e^-40 of a value is below the rounding of what came before.
    private const double NothingLeft = 40;

    /// <summary>Whether numbers are a history of a model in continuous time.</summary>
    public static bool IsHistory(double x, double tx, double T) =>
        double.IsFinite(x) && double.IsFinite(T) && (x == 0 ? T >= 0 : x >= 1 && tx >= 0 && tx <= T);

    /// <summary>A last purchase later than now is taken to be now.</summary>
    public static (double X, double Tx, double T) Possible(double x, double tx, double T) => (x, Math.Min(tx, T), T);

    /// <summary>ln(1 + e^x) without overflow.</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + SpecialFunctions.Log1P(Math.Exp(-Math.Abs(x)));

    /// <summary>
    /// ln of Gamma(r + x) / Gamma(r), which keeps its digits for large x as ln of Gamma(x) / B(r, x).
    /// </summary>
    public static double LogRising(double r, double x) =>
        x == 0 ? 0 : SpecialFunctions.LogGamma(x) - SpecialFunctions.LogBeta(r, x);

    /// <summary>Probability of x events up to t of a Poisson process of a Gamma(r, alpha) rate.</summary>
    public static double ProbabilityOfCount(double r, double alpha, double x, double t)
    {
        var logSilent = -r * SpecialFunctions.Log1P(t / alpha);
        if (x == 0) return Math.Exp(logSilent);
        if (t == 0) return 0;
        return Math.Exp(
            -Math.Log(x) - SpecialFunctions.LogBeta(r, x) + logSilent - x * SpecialFunctions.Log1P(alpha / t));
    }

    /// <summary>The integral over (0, h] of rate e^(-(leaving + force) t) dt.</summary>
    public static double Purchases(double rate, double leaving, double force, double h) =>
        rate == 0 ? 0 : rate * Decaying(leaving + force, h);

    /// <summary>(1 - e^(-k h)) / k, which is h for k = 0.</summary>
    public static double Decaying(double k, double h)
    {
        if (double.IsInfinity(h)) return 1 / k;
        var power = k * h;
        return Math.Abs(power) < 1e-12 ? h : -SpecialFunctions.ExpM1(-power) / k;
    }

    /// <summary>
    /// 1 - (scale / (scale + h))^shape: any event of a Poisson process of a Gamma(shape, scale) rate.
    /// </summary>
    public static double AnyEvent(double shape, double scale, double h) =>
        double.IsInfinity(h) ? 1 : -SpecialFunctions.ExpM1(-shape * SpecialFunctions.Log1P(h / scale));

    /// <summary>
    /// Discounted purchases, by parts: with E(t) those expected up to t and d the force of interest,
    /// <code>integral of e^(-d t) dE(t) over (0, h] = e^(-d h) E(h) + d * integral of e^(-d t) E(t) dt</code>
    /// where every part is positive. E is smooth in ln(1 + t / scale).
    /// </summary>
    public static double Discounted<TProcess>(
        in TProcess process, double x, double T, double force, double horizon, double scale)
        where TProcess : struct, IPurchaseProcess<TProcess>
    {
        if (!(force >= 0) || !(horizon >= 0) || !(scale > 0)) return double.NaN;
        if (force == 0)
            return double.IsInfinity(horizon) ? double.NaN : process.PurchasesWhileAlive(x, T, horizon);
        var end = Math.Min(horizon, NothingLeft / force);
        var until = SpecialFunctions.Log1P(end / scale);
        var sum = 0.0;
        for (var i = 0; i < GaussLegendre.Count; i++)
        {
            var s = until * GaussLegendre.Node(i);
            var t = scale * SpecialFunctions.ExpM1(s);
            sum += GaussLegendre.Weight(i) * Math.Exp(s - force * t) * process.PurchasesWhileAlive(x, T, t);
        }
        return force * scale * until * sum + Math.Exp(-force * end) * process.PurchasesWhileAlive(x, T, end);
    }
}
