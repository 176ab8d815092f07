using DToC.Twin.Draws;

namespace DToC.Twin.Models.CustomerBase;

/// <summary>
/// The MBG/NBD model (Batislam, Denizel and Filiztekin, "Empirical Validation and Comparison of Models for Customer
/// Base Analysis", International Journal of Research in Marketing 24(3), 2007): as <see cref="BgNbd"/>, but a
/// customer may also leave right after the first purchase, so a one-time buyer can be gone.
/// </summary>
/// <remarks>With x = 0, t_x is not read. Everything large is kept in logs.</remarks>
/// <param name="R">Shape of the purchase rates, above 0.</param>
/// <param name="Alpha">Inverse scale of the purchase rates, above 0, in units of time.</param>
/// <param name="A">First shape of the drop-out probabilities, above 0.</param>
/// <param name="B">Second shape of the drop-out probabilities, above 0.</param>
public readonly record struct MbgNbd(double R, double Alpha, double A, double B) : IPurchaseProcess<MbgNbd>
{
    /// <inheritdoc/>
    public static string KindWord => "mbgnbd";

    /// <inheritdoc/>
    public static IReadOnlyList<string> ParameterNames { get; } = ["r", "alpha", "a", "b"];

    /// <inheritdoc/>
    public static IReadOnlyList<string> Limits { get; } = [];

    /// <inheritdoc/>
    public static bool TellsWhoLeft => true;

    /// <inheritdoc/>
    public static Leaving Leaving => Leaving.AfterPurchase;

    /// <inheritdoc/>
    public static MbgNbd Of(ReadOnlySpan<double> parameters) =>
        new(parameters[0], parameters[1], parameters[2], parameters[3]);

    /// <inheritdoc/>
    public void CopyTo(Span<double> parameters) =>
        (parameters[0], parameters[1], parameters[2], parameters[3]) = (R, Alpha, A, B);

    /// <inheritdoc/>
    public string? Validate() => new BgNbd(R, Alpha, A, B).Validate();

    /// <inheritdoc/>
    /// <remarks>Paper, eq. 7: alive and silent since the last purchase, or gone right after it.</remarks>
    public double LogLikelihood(double x, double tx, double T)
    {
        if (!IsHistory(x, tx, T)) return double.NaN;
        var logNeverLeft = SpecialFunctions.LogBeta(A, B + x + 1) - SpecialFunctions.LogBeta(A, B)
            + ContinuousTime.LogRising(R, x)
            - R * SpecialFunctions.Log1P(T / Alpha) - x * Math.Log(Alpha + T);
        return logNeverLeft + ContinuousTime.Softplus(LogOddsGone(x, tx, T));
    }

    /// <inheritdoc/>
    public double ProbabilityAlive(double x, double tx, double T) =>
        IsHistory(x, tx, T) ? Logistic.Sigmoid(-LogOddsGone(x, tx, T)) : double.NaN;

    /// <inheritdoc/>
    /// <remarks>Of one who is alive, drop-out differs as Beta(a, b + x + 1): x + 1 purchases were survived.</remarks>
    public double PurchasesWhileAlive(double x, double T, double horizon) =>
        IsValid ? PurchaseExpectation.WhileAlive(R + x, Alpha + T, A, B + x + 1, horizon) : double.NaN;

    /// <inheritdoc/>
    public double AnyPurchaseWhileAlive(double x, double T, double horizon) =>
        ContinuousTime.AnyEvent(R + x, Alpha + T, horizon);

    /// <inheritdoc/>
    public double DiscountedWhileAlive(double x, double T, double force, double horizon) =>
        force == 0 && double.IsFinite(horizon) ? PurchasesWhileAlive(x, T, horizon)
        : IsValid ? DiscountedExpectation.WhileAlive(R + x, Alpha + T, A, B + x + 1, force, horizon) : double.NaN;

    /// <summary>Probability of exactly x repeat purchases up to age t (paper, eq. 8).</summary>
    public double ProbabilityOfPurchases(double x, double t)
    {
        if (!IsHistory(x, 0, t)) return double.NaN;
        var (z, complement) = (t / (Alpha + t), Alpha / (Alpha + t));
        var bought = ContinuousTime.ProbabilityOfCount(R, Alpha, x, t);
        var boughtBefore = x == 0 ? 1 : SpecialFunctions.RegularizedBeta(x, R, z, complement);
        var logStayed = SpecialFunctions.LogBeta(A, B + x + 1) - SpecialFunctions.LogBeta(A, B);
        return Math.Exp(logStayed) * (bought + A / (B + x) * boughtBefore);
    }

    /// <inheritdoc/>
    public Buyer DrawAlive(double x, double T, Xoshiro256 random) =>
        new(random.Gamma(R + x, Alpha + T), ConjugateDraws.Beta(random, A, B + x + 1));

    /// <inheritdoc/>
    public static double PurchasesOf(Buyer buyer, double horizon) => BgNbd.PurchasesOf(buyer, horizon);

    /// <inheritdoc/>
    public static double AnyPurchaseOf(Buyer buyer, double horizon) => BgNbd.AnyPurchaseOf(buyer, horizon);

    /// <inheritdoc/>
    public static double DiscountedOf(Buyer buyer, double force, double horizon) =>
        BgNbd.DiscountedOf(buyer, force, horizon);

    /// <inheritdoc/>
    public static (double X, double Tx, double T) Possible(double x, double tx, double T) =>
        ContinuousTime.Possible(x, tx, T);

    // ln of (gone right after the last purchase) : (alive and silent since).
    private double LogOddsGone(double x, double tx, double T)
    {
        var last = x == 0 ? 0 : tx;
        return Math.Log(A / (B + x)) + (R + x) * SpecialFunctions.Log1P((T - last) / (Alpha + last));
    }

    private bool IsHistory(double x, double tx, double T) => IsValid && ContinuousTime.IsHistory(x, tx, T);

    private bool IsValid =>
        R is > 0 and <= BgNbd.MaxParameter && A is > 0 and <= BgNbd.MaxParameter
        && B is > 0 and <= BgNbd.MaxParameter && Alpha > 0 && double.IsFinite(Alpha);
}
