using DToC.Twin.Draws;

namespace DToC.Twin.Models.CustomerBase;

/// <summary>
/// The Pareto/NBD model (Schmittlein, Morrison and Colombo, "Counting Your Customers", Management Science 33(1),
/// 1987; Fader and Hardie, "A Note on Deriving the Pareto/NBD Model", 2005): while alive a customer buys as a Poisson
/// process, rates differ as Gamma(r, alpha); lives are exponential, and their rates differ as Gamma(s, beta).
/// </summary>
/// <remarks>
/// With x = 0, t_x is not read. The likelihood's two parts are alive at T, and gone at some time since the last
/// purchase; the second over the first is
/// <code>odds = s * integral over (t_x, T] of
///     ((alpha + T) / (alpha + u))^(r + x) ((beta + T) / (beta + u))^s du / (beta + u)</code>
/// Euler's transformation (DLMF 15.8.1) of the note's 2F1 gives it as a difference of two 2F1(1, b; c; z) of positive
/// terms with z = |alpha - beta| / (max(alpha, beta) + u): no power over- or underflows, and alpha = beta is z = 0.
/// </remarks>
/// <param name="R">Shape of the purchase rates, above 0.</param>
/// <param name="Alpha">Inverse scale of the purchase rates, above 0, in units of time.</param>
/// <param name="S">Shape of the drop-out rates, above 0.</param>
/// <param name="Beta">Inverse scale of the drop-out rates, above 0, in units of time.</param>
public readonly record struct ParetoNbd(double R, double Alpha, double S, double Beta) : IPurchaseProcess<ParetoNbd>
{
    /// <inheritdoc/>
    public static string KindWord => "paretoNbd";

    /// <inheritdoc/>
    public static IReadOnlyList<string> ParameterNames { get; } = ["r", "alpha", "s", "beta"];

    /// <inheritdoc/>
    public static IReadOnlyList<string> Limits { get; } = [];

    /// <inheritdoc/>
    public static bool TellsWhoLeft => true;

    /// <inheritdoc/>
    public static Leaving Leaving => Leaving.AtAnyTime;

    /// <inheritdoc/>
    public static ParetoNbd Of(ReadOnlySpan<double> parameters) =>
        new(parameters[0], parameters[1], parameters[2], parameters[3]);

    /// <inheritdoc/>
    public void CopyTo(Span<double> parameters) =>
        (parameters[0], parameters[1], parameters[2], parameters[3]) = (R, Alpha, S, Beta);

    /// <inheritdoc/>
    public string? Validate() =>
        ModelParameter.Check("r", R, BgNbd.MaxParameter)
        ?? ModelParameter.Check("alpha", Alpha, double.MaxValue)
        ?? ModelParameter.Check("s", S, BgNbd.MaxParameter)
        ?? ModelParameter.Check("beta", Beta, double.MaxValue);

    /// <inheritdoc/>
    public double LogLikelihood(double x, double tx, double T)
    {
        if (!IsHistory(x, tx, T)) return double.NaN;
        return ContinuousTime.LogRising(R, x) - R * SpecialFunctions.Log1P(T / Alpha) - x * Math.Log(Alpha + T)
            - S * SpecialFunctions.Log1P(T / Beta)
            + ContinuousTime.Softplus(LogOddsGone(R + x, Alpha, S, Beta, x == 0 ? 0 : tx, T));
    }

    /// <inheritdoc/>
    public double ProbabilityAlive(double x, double tx, double T) => IsHistory(x, tx, T)
        ? Logistic.Sigmoid(-LogOddsGone(R + x, Alpha, S, Beta, x == 0 ? 0 : tx, T))
        : double.NaN;

    /// <inheritdoc/>
    /// <remarks>Note, eq. 41: (r + x) / (alpha + T) times the mean time alive within the horizon.</remarks>
    public double PurchasesWhileAlive(double x, double T, double horizon)
    {
        if (!(horizon >= 0 && IsValid)) return double.NaN;
        var lived = SpecialFunctions.Log1P(horizon / (Beta + T));
        return (R + x) / (Alpha + T) * (Beta + T) * ContinuousTime.Decaying(S - 1, lived);
    }

    /// <inheritdoc/>
    /// <remarks>None is bought when alive and silent until the end of the horizon, or gone while silent.</remarks>
    public double AnyPurchaseWhileAlive(double x, double T, double horizon)
    {
        if (!(horizon >= 0 && double.IsFinite(horizon) && IsValid)) return double.NaN;
        var (r, alpha, beta) = (R + x, Alpha + T, Beta + T);
        var logSilent = -r * SpecialFunctions.Log1P(horizon / alpha) - S * SpecialFunctions.Log1P(horizon / beta);
        var logOddsGone = LogOddsGone(r, alpha, S, beta, 0, horizon);
        return Math.Clamp(-SpecialFunctions.ExpM1(logSilent + ContinuousTime.Softplus(logOddsGone)), 0, 1);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Without an end this is (r + x) / (alpha + T) (beta + T) U(1, 2 - s, force (beta + T)) with Tricomi's U (Fader,
    /// Hardie and Lee, "RFM and CLV", 2005), here as the integral that U stands for.
    /// </remarks>
    public double DiscountedWhileAlive(double x, double T, double force, double horizon) =>
        ContinuousTime.Discounted(this, x, T, force, horizon, Beta + T);

    /// <summary>
    /// Probability of exactly x repeat purchases up to age t (Fader and Hardie, "Deriving an Expression for P(X(t) =
    /// x) Under the Pareto/NBD Model", 2006): alive at t, or the same count when life ended at some time before, as
    /// an integral over that time, where the paper's sums would cancel.
    /// </summary>
    public double ProbabilityOfPurchases(double x, double t)
    {
        if (!IsHistory(x, 0, t)) return double.NaN;
        var until = SpecialFunctions.Log1P(t / Beta);
        var left = 0.0;
        for (var i = 0; i < GaussLegendre.Count; i++)
        {
            var s = until * GaussLegendre.Node(i);
            var lived = Beta * SpecialFunctions.ExpM1(s);
            left += GaussLegendre.Weight(i) * Math.Exp(-S * s)
                * ContinuousTime.ProbabilityOfCount(R, Alpha, x, lived);
        }
        return Math.Exp(-S * until) * ContinuousTime.ProbabilityOfCount(R, Alpha, x, t) + S * until * left;
    }

    /// <inheritdoc/>
    public Buyer DrawAlive(double x, double T, Xoshiro256 random) =>
        new(random.Gamma(R + x, Alpha + T), random.Gamma(S, Beta + T));

    /// <inheritdoc/>
    public static double PurchasesOf(Buyer buyer, double horizon) => DiscountedOf(buyer, 0, horizon);

    /// <inheritdoc/>
    /// <remarks>The next purchase comes before the end of life and of the horizon.</remarks>
    public static double AnyPurchaseOf(Buyer buyer, double horizon) =>
        ContinuousTime.Purchases(buyer.Rate, buyer.Rate + buyer.DropOut, 0, horizon);

    /// <inheritdoc/>
    public static double DiscountedOf(Buyer buyer, double force, double horizon) =>
        ContinuousTime.Purchases(buyer.Rate, buyer.DropOut, force, horizon);

    /// <inheritdoc/>
    public static (double X, double Tx, double T) Possible(double x, double tx, double T) =>
        ContinuousTime.Possible(x, tx, T);

    // The remarks' odds in logs, with r for r + x.
    private static double LogOddsGone(double r, double alpha, double s, double beta, double from, double to)
    {
        var grown = r * SpecialFunctions.Log1P((to - from) / (alpha + from))
            + s * SpecialFunctions.Log1P((to - from) / (beta + from));
        var atStart = Tail(r, alpha, s, beta, from);
        // Of two equal parts a difference is left that is rounding alone: nothing below 0.
        var share = 1 - Math.Exp(-grown) * (Tail(r, alpha, s, beta, to) / atStart);
        return share > 0 ? Math.Log(s / (r + s) * atStart) + grown + Math.Log(share) : double.NegativeInfinity;
    }

    // The odds of having gone after u with no end, over s / (r + s). Where alpha or beta is beyond any meaning, z is
    // the nearest to 1 the function knows.
    private static double Tail(double r, double alpha, double s, double beta, double u)
    {
        const double most = 1 - 1e-15;
        return alpha >= beta
            ? Hypergeometric.Of1(r, r + s + 1, Math.Min((alpha - beta) / (alpha + u), most))
            : (alpha + u) / (beta + u)
                * Hypergeometric.Of1(s + 1, r + s + 1, Math.Min((beta - alpha) / (beta + u), most));
    }

    private bool IsHistory(double x, double tx, double T) => IsValid && ContinuousTime.IsHistory(x, tx, T);

    private bool IsValid =>
        R is > 0 and <= BgNbd.MaxParameter && S is > 0 and <= BgNbd.MaxParameter
        && Alpha > 0 && double.IsFinite(Alpha) && Beta > 0 && double.IsFinite(Beta);
}
