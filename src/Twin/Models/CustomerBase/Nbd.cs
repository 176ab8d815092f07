using DToC.Twin.Draws;

namespace DToC.Twin.Models.CustomerBase;

/// <summary>
/// The NBD model of repeat buying (Ehrenberg, "The Pattern of Consumer Purchases", Applied Statistics 8(1), 1959):
/// customers buy as Poisson processes whose rates differ as Gamma(r, alpha), and nobody leaves. What is left of the
/// other models where the data do not say how customers drop out.
/// </summary>
/// <param name="R">Shape of the purchase rates, above 0.</param>
/// <param name="Alpha">Inverse scale of the purchase rates, above 0, in units of time.</param>
public readonly record struct Nbd(double R, double Alpha) : IPurchaseProcess<Nbd>
{
    /// <inheritdoc/>
    public static string KindWord => "nbd";

    /// <inheritdoc/>
    public static IReadOnlyList<string> ParameterNames { get; } = ["r", "alpha"];

    /// <inheritdoc/>
    public static IReadOnlyList<string> Limits { get; } =
    [
        "Nobody ever leaves in this model: over long horizons it expects too much of customers who may be gone.",
    ];

    /// <inheritdoc/>
    public static bool TellsWhoLeft => false;

    /// <inheritdoc/>
    public static Leaving Leaving => Leaving.Never;

    /// <inheritdoc/>
    public static Nbd Of(ReadOnlySpan<double> parameters) => new(parameters[0], parameters[1]);

    /// <inheritdoc/>
    public void CopyTo(Span<double> parameters) => (parameters[0], parameters[1]) = (R, Alpha);

    /// <inheritdoc/>
    public string? Validate() =>
        ModelParameter.Check("r", R, BgNbd.MaxParameter) ?? ModelParameter.Check("alpha", Alpha, double.MaxValue);

    /// <inheritdoc/>
    public double LogLikelihood(double x, double tx, double T) => IsHistory(x, tx, T)
        ? ContinuousTime.LogRising(R, x) - R * SpecialFunctions.Log1P(T / Alpha) - x * Math.Log(Alpha + T)
        : double.NaN;

    /// <inheritdoc/>
    public double ProbabilityAlive(double x, double tx, double T) => IsHistory(x, tx, T) ? 1 : double.NaN;

    /// <inheritdoc/>
    public double PurchasesWhileAlive(double x, double T, double horizon) =>
        horizon >= 0 ? (R + x) * (horizon / (Alpha + T)) : double.NaN;

    /// <inheritdoc/>
    public double AnyPurchaseWhileAlive(double x, double T, double horizon) =>
        ContinuousTime.AnyEvent(R + x, Alpha + T, horizon);

    /// <inheritdoc/>
    public double DiscountedWhileAlive(double x, double T, double force, double horizon) =>
        ContinuousTime.Purchases((R + x) / (Alpha + T), 0, force, horizon);

    /// <summary>Probability of exactly x repeat purchases up to age t: a negative binomial.</summary>
    public double ProbabilityOfPurchases(double x, double t) =>
        IsHistory(x, 0, t) ? ContinuousTime.ProbabilityOfCount(R, Alpha, x, t) : double.NaN;

    /// <inheritdoc/>
    public Buyer DrawAlive(double x, double T, Xoshiro256 random) => new(random.Gamma(R + x, Alpha + T), 0);

    /// <inheritdoc/>
    public static double PurchasesOf(Buyer buyer, double horizon) => buyer.Rate * horizon;

    /// <inheritdoc/>
    public static double AnyPurchaseOf(Buyer buyer, double horizon) =>
        -SpecialFunctions.ExpM1(-buyer.Rate * horizon);

    /// <inheritdoc/>
    public static double DiscountedOf(Buyer buyer, double force, double horizon) =>
        ContinuousTime.Purchases(buyer.Rate, 0, force, horizon);

    /// <inheritdoc/>
    public static (double X, double Tx, double T) Possible(double x, double tx, double T) =>
        ContinuousTime.Possible(x, tx, T);

    private bool IsHistory(double x, double tx, double T) =>
        R is > 0 and <= BgNbd.MaxParameter && Alpha > 0 && double.IsFinite(Alpha)
        && ContinuousTime.IsHistory(x, tx, T);
}
