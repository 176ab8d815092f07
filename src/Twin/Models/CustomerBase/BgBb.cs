using DToC.Twin.Draws;

namespace DToC.Twin.Models.CustomerBase;

/// <summary>
/// The BG/BB model of a customer base with discrete opportunities to buy (Fader, Hardie and Shang, "Customer-Base
/// Analysis in a Discrete-Time Noncontractual Setting", Marketing Science 29(6), 2010): at the start of each period a
/// customer leaves with a probability that differs as Beta(gamma, delta); one who is there buys with a probability
/// that differs as Beta(alpha, beta).
/// </summary>
/// <remarks>
/// Here x counts the opportunities used, t_x is the last of them and T how many there were: whole numbers (fractions
/// are rounded) with x &lt;= t_x &lt;= T &lt;= <see cref="MaxPeriods"/>. A horizon is a number of opportunities.
/// </remarks>
/// <param name="Alpha">First shape of the probabilities of buying, above 0.</param>
/// <param name="Beta">Second shape of the probabilities of buying, above 0.</param>
/// <param name="Gamma">First shape of the drop-out probabilities, above 0.</param>
/// <param name="Delta">Second shape of the drop-out probabilities, above 0.</param>
public readonly record struct BgBb(double Alpha, double Beta, double Gamma, double Delta) : IPurchaseProcess<BgBb>
{
    /// <summary>Most opportunities of a history or a horizon; the work is in proportion.</summary>
    public const int MaxPeriods = 10_000;

    /// <inheritdoc/>
    public static string KindWord => "bgbb";

    /// <inheritdoc/>
    public static IReadOnlyList<string> ParameterNames { get; } = ["alpha", "beta", "gamma", "delta"];

    /// <inheritdoc/>
    public static IReadOnlyList<string> Limits { get; } = [];

    /// <inheritdoc/>
    public static bool TellsWhoLeft => true;

    /// <inheritdoc/>
    public static Leaving Leaving => Leaving.AtPeriodStart;

    /// <inheritdoc/>
    public static BgBb Of(ReadOnlySpan<double> parameters) =>
        new(parameters[0], parameters[1], parameters[2], parameters[3]);

    /// <inheritdoc/>
    public void CopyTo(Span<double> parameters) =>
        (parameters[0], parameters[1], parameters[2], parameters[3]) = (Alpha, Beta, Gamma, Delta);

    /// <inheritdoc/>
    public string? Validate() =>
        ModelParameter.Check("alpha", Alpha, BgNbd.MaxParameter)
        ?? ModelParameter.Check("beta", Beta, BgNbd.MaxParameter)
        ?? ModelParameter.Check("gamma", Gamma, BgNbd.MaxParameter)
        ?? ModelParameter.Check("delta", Delta, BgNbd.MaxParameter);

    /// <inheritdoc/>
    /// <remarks>Paper, eq. 5.</remarks>
    public double LogLikelihood(double x, double tx, double T) => TryRound(ref x, ref tx, ref T)
        ? LogAlive(x, T) + ContinuousTime.Softplus(LogOddsGone(x, tx, T))
        : double.NaN;

    /// <inheritdoc/>
    /// <remarks>Paper, eq. 11: there at the last opportunity, whatever happens before the next.</remarks>
    public double ProbabilityAlive(double x, double tx, double T) =>
        TryRound(ref x, ref tx, ref T) ? Logistic.Sigmoid(-LogOddsGone(x, tx, T)) : double.NaN;

    /// <inheritdoc/>
    /// <remarks>Paper, eq. 13.</remarks>
    public double PurchasesWhileAlive(double x, double T, double horizon) => DiscountedWhileAlive(x, T, 0, horizon);

    /// <inheritdoc/>
    /// <remarks>The first purchase is the k-th opportunity's: there for k, k - 1 of them not used.</remarks>
    public double AnyPurchaseWhileAlive(double x, double T, double horizon)
    {
        if (!IsPosterior(ref x, ref T) || !IsHorizon(ref horizon)) return double.NaN;
        var (alpha, beta, delta) = (Alpha + x, Beta + T - x, Delta + T);
        var first = alpha / (alpha + beta);
        var (there, sum) = (1.0, 0.0);
        for (var k = 0; k < horizon; k++)
        {
            there *= (delta + k) / (Gamma + delta + k);
            sum += there * first;
            first *= (beta + k) / (alpha + beta + k + 1);
        }
        return sum;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Mean probability of buying times the sum of E[(1 - theta)^k] e^(-force k); without an end the sum is a 2F1
    /// (paper, eq. 14).
    /// </remarks>
    public double DiscountedWhileAlive(double x, double T, double force, double horizon)
    {
        if (!IsPosterior(ref x, ref T) || !(force >= 0)) return double.NaN;
        var (delta, kept) = (Delta + T, Math.Exp(-force));
        var buys = (Alpha + x) / (Alpha + Beta + T);
        if (double.IsInfinity(horizon))
            return buys * kept * (delta / (Gamma + delta)) * Hypergeometric.Of1(delta + 1, Gamma + delta + 1, kept);
        if (!IsHorizon(ref horizon)) return double.NaN;
        var (there, sum) = (1.0, 0.0);
        for (var k = 0; k < horizon; k++)
        {
            there *= kept * ((delta + k) / (Gamma + delta + k));
            sum += there;
        }
        return buys * sum;
    }

    /// <summary>Probability of exactly x opportunities used of n (paper, eq. 7).</summary>
    public double ProbabilityOfPurchases(double x, double n)
    {
        if (!(x >= 0 && x <= n && n <= MaxPeriods) || Validate() is not null) return double.NaN;
        (x, n) = (Math.Round(x), Math.Round(n));
        var sum = Math.Exp(LogChoose(n, x) + LogAlive(x, n));
        var logFront = -SpecialFunctions.LogBeta(Alpha, Beta) - SpecialFunctions.LogBeta(Gamma, Delta);
        for (var i = x; i < n; i++)
        {
            sum += Math.Exp(logFront + LogChoose(i, x) + SpecialFunctions.LogBeta(Alpha + x, Beta + i - x)
                + SpecialFunctions.LogBeta(Gamma + 1, Delta + i));
        }
        return sum;
    }

    /// <inheritdoc/>
    public Buyer DrawAlive(double x, double T, Xoshiro256 random)
    {
        IsPosterior(ref x, ref T);
        return new Buyer(
            ConjugateDraws.Beta(random, Alpha + x, Beta + T - x), ConjugateDraws.Beta(random, Gamma, Delta + T));
    }

    /// <inheritdoc/>
    public static double PurchasesOf(Buyer buyer, double horizon) => DiscountedOf(buyer, 0, horizon);

    /// <inheritdoc/>
    public static double AnyPurchaseOf(Buyer buyer, double horizon)
    {
        var stays = 1 - buyer.DropOut;
        return buyer.Rate * GeometricSum(stays, (1 - buyer.Rate) * stays, Math.Round(horizon));
    }

    /// <inheritdoc/>
    public static double DiscountedOf(Buyer buyer, double force, double horizon)
    {
        var kept = Math.Exp(-force) * (1 - buyer.DropOut);
        return buyer.Rate * GeometricSum(kept, kept, Math.Round(horizon));
    }

    /// <inheritdoc/>
    public static (double X, double Tx, double T) Possible(double x, double tx, double T) =>
        (Math.Min(x, Math.Min(tx, T)), Math.Min(tx, T), T);

    /// <summary>first + first ratio + first ratio^2 + ..., count terms; ratio in [0, 1].</summary>
    internal static double GeometricSum(double first, double ratio, double count) =>
        ratio >= 1 ? first * count : first * (1 - Math.Pow(ratio, count)) / (1 - ratio);

    // Paper, eq. 5, its first part: there at all n opportunities.
    private double LogAlive(double x, double n) =>
        SpecialFunctions.LogBeta(Alpha + x, Beta + n - x) - SpecialFunctions.LogBeta(Alpha, Beta)
        + SpecialFunctions.LogBeta(Gamma, Delta + n) - SpecialFunctions.LogBeta(Gamma, Delta);

    // ln of (gone at some opportunity since the last purchase) : (there at all), the sum of eq. 5 over its first
    // part, from the newest opportunity back: each term is the next one times a ratio.
    private double LogOddsGone(double x, double tx, double n)
    {
        const double most = 1e250;
        var (sum, logScale) = (0.0, 0.0);
        var term = (Alpha + Beta + n - 1) / (Beta + n - x - 1) * (Gamma / (Delta + n - 1));
        for (var at = n - 1; at >= tx; at--)
        {
            sum += term;
            term *= (Alpha + Beta + at - 1) / (Beta + at - x - 1) * ((Gamma + Delta + at) / (Delta + at - 1));
            if (!(sum > most)) continue;
            logScale += Math.Log(most);
            (sum, term) = (sum / most, term / most);
        }
        return Math.Log(sum) + logScale;
    }

    private bool TryRound(ref double x, ref double tx, ref double T)
    {
        if (!IsPosterior(ref x, ref T)) return false;
        tx = x == 0 ? 0 : Math.Round(tx);
        return x <= tx && tx <= T;
    }

    private bool IsPosterior(ref double x, ref double T)
    {
        (x, T) = (Math.Round(x), Math.Round(T));
        return Validate() is null && x >= 0 && x <= T && T <= MaxPeriods;
    }

    private static bool IsHorizon(ref double horizon)
    {
        horizon = Math.Round(horizon);
        return horizon is >= 0 and <= MaxPeriods;
    }

    private static double LogChoose(double n, double k) => k == 0 || k == n
        ? 0
        : -Math.Log(n + 1) - SpecialFunctions.LogBeta(k + 1, n - k + 1);
}
