using DToC.Twin.Draws;

namespace DToC.Twin.Models.CustomerBase;

/// <summary>
/// The Gamma-Gamma model of spend per purchase (Fader and Hardie, "The Gamma-Gamma Model of Monetary Value",
/// 2013): a customer's purchases vary as Gamma(p, nu) around a mean of their own, and nu differs as
/// Gamma(q, v).
/// </summary>
/// <remarks>
/// x is the number of purchases whose mean is given, a whole number from 0; the mean is in the unit of
/// currency v was fitted in. Input outside these ranges, or parameters that do not validate, give NaN.
/// </remarks>
/// <param name="P">Shape of one purchase's spend, above 0.</param>
/// <param name="Q">
/// Shape of the scale's distribution, above 0; the population mean exists only above 1.
/// </param>
/// <param name="V">Scale, above 0, in units of currency (gamma in the note).</param>
public readonly record struct GammaGamma(double P, double Q, double V)
{
    /// <summary>
    /// Null when the parameters can be used; else which one is wrong and what would be right.
    /// </summary>
    public string? Validate() =>
        ModelParameter.Check("p", P, double.MaxValue)
        ?? ModelParameter.Check("q", Q, double.MaxValue)
        ?? ModelParameter.Check("v", V, double.MaxValue);

    /// <summary>
    /// Expected mean spend per purchase given x purchases of mean <paramref name="meanSpend"/> (note, eq. 5):
    /// a weighted mean of the population's p v / (q - 1) and the customer's own. With x = 0 it is the
    /// population mean and <paramref name="meanSpend"/> is not read. NaN where the expectation does not exist
    /// (p x + q &lt;= 1).
    /// </summary>
    public double ExpectedSpend(double x, double meanSpend)
    {
        if (!(P > 0 && Q > 0 && V > 0 && x >= 0) || double.IsInfinity(x)) return double.NaN;
        if (x > 0 && !(meanSpend >= 0 && double.IsFinite(meanSpend))) return double.NaN;
        var shape = P * x + Q - 1;
        var spent = x == 0 ? 0 : x * meanSpend;
        return shape > 0 ? P * (V + spent) / shape : double.NaN;
    }

    /// <summary>
    /// Draws the customer's own mean spend p / nu, nu of which is Gamma(p x + q, v + x m) given the history (note,
    /// eq. 4). Repeats of 0 in sum say nothing, as no repeats do.
    /// </summary>
    internal double DrawMean(double x, double meanSpend, Xoshiro256 random)
    {
        if (!(meanSpend > 0)) x = 0;
        return P / random.Gamma(P * x + Q, V + (x == 0 ? 0 : x * meanSpend));
    }

    /// <summary>
    /// Log density of a mean spend of <paramref name="m"/> over x purchases (note, eq. 1a); 0 for x = 0,
    /// which tells nothing. A mean of 0 or less is outside the model: NaN.
    /// </summary>
    public double LogLikelihood(double x, double m)
    {
        if (x == 0) return 0;
        if (!(P > 0 && Q > 0 && V > 0 && x > 0 && m > 0 && double.IsFinite(x * m))) return double.NaN;
        var shape = P * x;
        var spent = x * m;
        return Q * -SpecialFunctions.Log1P(spent / V) + shape * -SpecialFunctions.Log1P(V / spent)
            - Math.Log(m) - SpecialFunctions.LogBeta(shape, Q);
    }
}
