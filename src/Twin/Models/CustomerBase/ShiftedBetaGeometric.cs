using DToC.Twin.Draws;

namespace DToC.Twin.Models.CustomerBase;

/// <summary>
/// The shifted-beta-geometric model of contracts (Fader and Hardie, "How to Project Customer Retention", Journal of
/// Interactive Marketing 21(1), 2007): at the end of each period a customer leaves with a probability of their own,
/// which differs as Beta(alpha, beta).
/// </summary>
/// <remarks>Renewals are whole numbers from 0; other input, and parameters that do not validate, give NaN.</remarks>
/// <param name="Alpha">First shape of the probabilities of leaving, above 0.</param>
/// <param name="Beta">Second shape of the probabilities of leaving, above 0.</param>
public readonly record struct ShiftedBetaGeometric(double Alpha, double Beta)
{
    /// <summary>Null when the parameters can be used; else which one is wrong and what would be right.</summary>
    public string? Validate() =>
        ModelParameter.Check("alpha", Alpha, BgNbd.MaxParameter)
        ?? ModelParameter.Check("beta", Beta, BgNbd.MaxParameter);

    /// <summary>ln of the share of a new cohort that renews so many times (paper, eq. 6).</summary>
    public double LogSurvival(double renewals) => IsValid && renewals >= 0 && double.IsFinite(renewals)
        ? SpecialFunctions.LogBeta(Alpha, Beta + renewals) - SpecialFunctions.LogBeta(Alpha, Beta)
        : double.NaN;

    /// <summary>ln of the share of a new cohort that renews so many times and then leaves (paper, eq. 5).</summary>
    public double LogLeft(double renewals) => IsValid && renewals >= 0 && double.IsFinite(renewals)
        ? SpecialFunctions.LogBeta(Alpha + 1, Beta + renewals) - SpecialFunctions.LogBeta(Alpha, Beta)
        : double.NaN;

    /// <summary>Probability that one who renewed so many times renews once more (paper, eq. 8).</summary>
    public double Retention(double renewals) => IsValid && renewals >= 0 && double.IsFinite(renewals)
        ? (Beta + renewals) / (Alpha + Beta + renewals)
        : double.NaN;

    /// <summary>Probability that one who renewed so many times renews as many more as asked.</summary>
    public double Survival(double renewals, double more)
    {
        if (!(IsValid && renewals >= 0 && more >= 0) || !double.IsFinite(renewals + more)) return double.NaN;
        // Under a limit of terms the product keeps more digits than a difference of logs.
        if (more > 1_000) return Math.Exp(LogSurvival(renewals + more) - LogSurvival(renewals));
        var product = 1.0;
        for (var k = 0; k < more; k++) product *= Retention(renewals + k);
        return product;
    }

    /// <summary>
    /// Discounted expected residual lifetime in periods of one who renewed so many times, the next renewal
    /// included and not discounted: without an end DERL of Fader and Hardie ("Customer-Base Valuation in a
    /// Contractual Setting", Marketing Science 29(1), 2010, eq. 6).
    /// </summary>
    /// <param name="renewals">Renewals so far.</param>
    /// <param name="force">Force of interest per period, at least 0; above 0 where the horizon has no end.</param>
    /// <param name="horizon">Renewals ahead; infinite for a whole life.</param>
    public double ResidualLifetime(double renewals, double force, double horizon)
    {
        if (!(IsValid && renewals >= 0 && force >= 0) || !double.IsFinite(renewals)) return double.NaN;
        var kept = Math.Exp(-force);
        var (beta, sum, there) = (Beta + renewals, 0.0, 1.0);
        if (double.IsInfinity(horizon))
            return beta / (Alpha + beta) * Hypergeometric.Of1(beta + 1, Alpha + beta + 1, kept);
        if (!(horizon >= 0 && horizon <= BgBb.MaxPeriods)) return double.NaN;
        for (var k = 0; k < Math.Round(horizon); k++)
        {
            there *= (beta + k) / (Alpha + beta + k);
            sum += there;
            there *= kept;
        }
        return sum;
    }

    /// <summary>
    /// Draws the probability of leaving of one who renewed so many times: Beta(alpha, beta + renewals).
    /// </summary>
    public double DrawLeaving(double renewals, Xoshiro256 random) =>
        ConjugateDraws.Beta(random, Alpha, Beta + renewals);

    private bool IsValid => Alpha is > 0 and <= BgNbd.MaxParameter && Beta is > 0 and <= BgNbd.MaxParameter;
}
