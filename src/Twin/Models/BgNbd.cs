namespace DToC.Twin.Models;

/// <summary>
/// The BG/NBD model of a customer base without contracts (Fader, Hardie and Lee, "Counting Your Customers the
/// Easy Way", Marketing Science 24(2), 2005): while alive a customer buys as a Poisson process, rates differ
/// as Gamma(r, alpha), and after each purchase the customer leaves with a probability that differs as
/// Beta(a, b).
/// </summary>
/// <remarks>
/// x is the number of repeat purchases (the first one not counted), a whole number from 0; t_x the age at the
/// last of them and T the age now, 0 &lt;= t_x &lt;= T, in the unit of time alpha was fitted in. With x = 0,
/// t_x is not read. Input outside these ranges, or parameters that do not validate, give NaN. Everything
/// large is kept in logs: x of 10,000 and T of 20,000 lose no digits that matter.
/// </remarks>
/// <param name="R">Shape of the purchase rates, above 0.</param>
/// <param name="Alpha">Inverse scale of the purchase rates, above 0, in units of time.</param>
/// <param name="A">First shape of the drop-out probabilities, above 0.</param>
/// <param name="B">Second shape of the drop-out probabilities, above 0.</param>
public readonly record struct BgNbd(double R, double Alpha, double A, double B)
{
    /// <summary>Parameters above this are refused: the heterogeneity they describe is none.</summary>
    public const double MaxParameter = 10_000;

    /// <summary>
    /// Null when the parameters can be used; else which one is wrong and what would be right.
    /// </summary>
    public string? Validate() =>
        ModelParameter.Check("r", R, MaxParameter)
        ?? ModelParameter.Check("alpha", Alpha, double.MaxValue)
        ?? ModelParameter.Check("a", A, MaxParameter)
        ?? ModelParameter.Check("b", B, MaxParameter);

    /// <summary>Log-likelihood of one customer (paper, eq. 6).</summary>
    public double LogLikelihood(double x, double tx, double T)
    {
        if (!IsHistory(x, tx, T)) return double.NaN;
        // Gamma(r + x) / Gamma(r) is Gamma(x) / B(r, x), which keeps its digits for large x.
        var logRising = x == 0 ? 0 : SpecialFunctions.LogGamma(x) - SpecialFunctions.LogBeta(R, x);
        var logNeverLeft = SpecialFunctions.LogBeta(A, B + x) - SpecialFunctions.LogBeta(A, B) + logRising
            - R * SpecialFunctions.Log1P(T / Alpha) - x * Math.Log(Alpha + T);
        return logNeverLeft + (x == 0 ? 0 : Softplus(LogOddsGone(x, tx, T)));
    }

    /// <summary>
    /// Probability in [0, 1] that the customer is still alive at T (Fader, Hardie and Lee, "Computing
    /// P(alive) Using the BG/NBD Model", 2008). It is 1 when x = 0: in this model nobody leaves before a
    /// repeat purchase.
    /// </summary>
    public double ProbabilityAlive(double x, double tx, double T)
    {
        if (!IsHistory(x, tx, T)) return double.NaN;
        return x == 0 ? 1 : Logistic.Sigmoid(-LogOddsGone(x, tx, T));
    }

    /// <summary>
    /// Expected number of purchases in (T, T + horizon] given the history (paper, eq. 10), at least 0.
    /// </summary>
    public double ExpectedPurchases(double x, double tx, double T, double horizon)
    {
        var alive = ProbabilityAlive(x, tx, T);
        return double.IsNaN(alive)
            ? double.NaN
            : alive * PurchaseExpectation.WhileAlive(R + x, Alpha + T, A, B + x, horizon);
    }

    /// <summary>
    /// Expected number of repeat purchases of a new customer up to age t, E[X(t)] (paper, eq. 9).
    /// </summary>
    public double UnconditionalPurchases(double t) =>
        IsValid ? PurchaseExpectation.WhileAlive(R, Alpha, A, B, t) : double.NaN;

    /// <summary>Probability of exactly x repeat purchases up to age t, P(X(t) = x) (paper, eq. 8).</summary>
    public double ProbabilityOfPurchases(double x, double t)
    {
        if (!IsHistory(x, 0, t)) return double.NaN;
        if (t == 0) return x == 0 ? 1 : 0;
        var logSilent = -R * SpecialFunctions.Log1P(t / Alpha);
        if (x == 0) return Math.Exp(logSilent);
        // The paper's 1 - (sum of x terms) is the upper tail of a negative binomial, I_z(x, r): no
        // cancellation.
        var (z, complement) = (t / (Alpha + t), Alpha / (Alpha + t));
        var logStayed = SpecialFunctions.LogBeta(A, B + x) - SpecialFunctions.LogBeta(A, B);
        var logBought = -Math.Log(x) - SpecialFunctions.LogBeta(R, x) + logSilent
            - x * SpecialFunctions.Log1P(Alpha / t);
        return Math.Exp(logStayed + logBought)
            + Math.Exp(logStayed) * A / (B + x - 1) * SpecialFunctions.RegularizedBeta(x, R, z, complement);
    }

    // ln of (gone right after the last purchase) : (alive and silent since); the second term of eq. 6 over
    // its first.
    private double LogOddsGone(double x, double tx, double T) =>
        Math.Log(A / (B + x - 1)) + (R + x) * SpecialFunctions.Log1P((T - tx) / (Alpha + tx));

    private static double Softplus(double x) =>
        Math.Max(x, 0) + SpecialFunctions.Log1P(Math.Exp(-Math.Abs(x)));

    private bool IsHistory(double x, double tx, double T) =>
        IsValid && double.IsFinite(x) && double.IsFinite(T)
        && (x == 0 ? T >= 0 : x >= 1 && tx >= 0 && tx <= T);

    private bool IsValid =>
        R is > 0 and <= MaxParameter && A is > 0 and <= MaxParameter && B is > 0 and <= MaxParameter
        && Alpha > 0 && double.IsFinite(Alpha);
}
