using DToC.Twin.Draws;

namespace DToC.Twin.Models.CustomerBase;

/// <summary>
/// The BG/NBD model of a customer base without contracts (Fader, Hardie and Lee, "Counting Your Customers the
/// Easy Way", Marketing Science 24(2), 2005): while alive a customer buys as a Poisson process, rates differ
/// as Gamma(r, alpha), and after each purchase the customer leaves with a probability that differs as
/// Beta(a, b).
/// </summary>
/// <remarks>
/// With x = 0, t_x is not read. Everything large is kept in logs: x of 10,000 and T of 20,000 lose no digits that
/// matter. The model knows of nobody who left without a repeat purchase: for churn take another.
/// </remarks>
/// <param name="R">Shape of the purchase rates, above 0.</param>
/// <param name="Alpha">Inverse scale of the purchase rates, above 0, in units of time.</param>
/// <param name="A">First shape of the drop-out probabilities, above 0.</param>
/// <param name="B">Second shape of the drop-out probabilities, above 0.</param>
public readonly record struct BgNbd(double R, double Alpha, double A, double B) : IPurchaseProcess<BgNbd>
{
    /// <summary>Parameters above this are refused: the heterogeneity they describe is none.</summary>
    public const double MaxParameter = 10_000;

    /// <inheritdoc/>
    public static string KindWord => "bgnbd";

    /// <inheritdoc/>
    public static IReadOnlyList<string> ParameterNames { get; } = ["r", "alpha", "a", "b"];

    /// <inheritdoc/>
    public static IReadOnlyList<string> Limits { get; } =
    [
        "A customer without a repeat purchase is alive with probability 1: in BG/NBD nobody leaves before one. "
        + "Its probability of being alive is not to be used as a churn score.",
    ];

    /// <inheritdoc/>
    public static bool TellsWhoLeft => false;

    /// <inheritdoc/>
    public static Leaving Leaving => Leaving.AfterPurchase;

    /// <inheritdoc/>
    public static BgNbd Of(ReadOnlySpan<double> parameters) =>
        new(parameters[0], parameters[1], parameters[2], parameters[3]);

    /// <inheritdoc/>
    public void CopyTo(Span<double> parameters) =>
        (parameters[0], parameters[1], parameters[2], parameters[3]) = (R, Alpha, A, B);

    /// <inheritdoc/>
    public string? Validate() =>
        ModelParameter.Check("r", R, MaxParameter)
        ?? ModelParameter.Check("alpha", Alpha, double.MaxValue)
        ?? ModelParameter.Check("a", A, MaxParameter)
        ?? ModelParameter.Check("b", B, MaxParameter);

    /// <summary>Log-likelihood of one customer (paper, eq. 6).</summary>
    public double LogLikelihood(double x, double tx, double T)
    {
        if (!IsHistory(x, tx, T)) return double.NaN;
        var logNeverLeft = SpecialFunctions.LogBeta(A, B + x) - SpecialFunctions.LogBeta(A, B)
            + ContinuousTime.LogRising(R, x)
            - R * SpecialFunctions.Log1P(T / Alpha) - x * Math.Log(Alpha + T);
        return logNeverLeft + (x == 0 ? 0 : ContinuousTime.Softplus(LogOddsGone(x, tx, T)));
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

    /// <inheritdoc/>
    /// <remarks>Paper, eq. 10 without its denominator, which is the probability of being alive.</remarks>
    public double PurchasesWhileAlive(double x, double T, double horizon) =>
        IsValid ? PurchaseExpectation.WhileAlive(R + x, Alpha + T, A, B + x, horizon) : double.NaN;

    /// <inheritdoc/>
    /// <remarks>Nobody leaves before the next purchase: only the rate counts.</remarks>
    public double AnyPurchaseWhileAlive(double x, double T, double horizon) =>
        ContinuousTime.AnyEvent(R + x, Alpha + T, horizon);

    /// <inheritdoc/>
    public double DiscountedWhileAlive(double x, double T, double force, double horizon) =>
        force == 0 && double.IsFinite(horizon) ? PurchasesWhileAlive(x, T, horizon)
        : IsValid ? DiscountedExpectation.WhileAlive(R + x, Alpha + T, A, B + x, force, horizon) : double.NaN;

    /// <inheritdoc/>
    public Buyer DrawAlive(double x, double T, Xoshiro256 random) =>
        new(random.Gamma(R + x, Alpha + T), ConjugateDraws.Beta(random, A, B + x));

    /// <inheritdoc/>
    public static double PurchasesOf(Buyer buyer, double horizon) => DiscountedOf(buyer, 0, horizon);

    /// <inheritdoc/>
    public static double AnyPurchaseOf(Buyer buyer, double horizon) =>
        -SpecialFunctions.ExpM1(-buyer.Rate * horizon);

    /// <inheritdoc/>
    /// <remarks>A buyer is still there at t with probability e^(-rate * drop-out * t).</remarks>
    public static double DiscountedOf(Buyer buyer, double force, double horizon) =>
        ContinuousTime.Purchases(buyer.Rate, buyer.Rate * buyer.DropOut, force, horizon);

    /// <inheritdoc/>
    public static (double X, double Tx, double T) Possible(double x, double tx, double T) =>
        ContinuousTime.Possible(x, tx, T);

    /// <summary>Probability of exactly x repeat purchases up to age t, P(X(t) = x) (paper, eq. 8).</summary>
    public double ProbabilityOfPurchases(double x, double t)
    {
        if (!IsHistory(x, 0, t)) return double.NaN;
        if (t == 0) return x == 0 ? 1 : 0;
        var bought = ContinuousTime.ProbabilityOfCount(R, Alpha, x, t);
        if (x == 0) return bought;
        // The paper's 1 - (sum of x terms) is the upper tail of a negative binomial, I_z(x, r): no
        // cancellation.
        var (z, complement) = (t / (Alpha + t), Alpha / (Alpha + t));
        var logStayed = SpecialFunctions.LogBeta(A, B + x) - SpecialFunctions.LogBeta(A, B);
        return Math.Exp(logStayed)
            * (bought + A / (B + x - 1) * SpecialFunctions.RegularizedBeta(x, R, z, complement));
    }

    // ln of (gone right after the last purchase) : (alive and silent since); the second term of eq. 6 over
    // its first.
    private double LogOddsGone(double x, double tx, double T) =>
        Math.Log(A / (B + x - 1)) + (R + x) * SpecialFunctions.Log1P((T - tx) / (Alpha + tx));

    private bool IsHistory(double x, double tx, double T) =>
        IsValid && ContinuousTime.IsHistory(x, tx, T);

    private bool IsValid =>
        R is > 0 and <= MaxParameter && A is > 0 and <= MaxParameter && B is > 0 and <= MaxParameter
        && Alpha > 0 && double.IsFinite(Alpha);
}
