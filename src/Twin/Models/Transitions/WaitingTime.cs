using DToC.Twin.Draws;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Twin.Models.Transitions;

/// <summary>Families of waiting times.</summary>
public enum WaitingFamily
{
    /// <summary>ln S(t) = -(t / scale)^shape.</summary>
    Weibull,

    /// <summary>S(t) = 1 / (1 + (t / scale)^shape): the heavier tail of those who come back late or never.</summary>
    LogLogistic,
}

/// <summary>
/// How many days pass until something happens: a distribution with how sure its parameters are (J. Kalbfleisch and
/// R. Prentice, "The Statistical Analysis of Failure Time Data", 2002, section 2.2).
/// </summary>
/// <param name="Family">Its family.</param>
/// <param name="Shape">Above 0; below 1 the rate falls while one waits.</param>
/// <param name="Scale">In days, above 0.</param>
/// <param name="Covariance">Of ln shape and ln scale.</param>
public sealed record WaitingTime(WaitingFamily Family, double Shape, double Scale, LogCovariance Covariance)
{
    // Keeps powers finite.
    private const double Longest = 1e9;

    /// <summary>Null when it can be used; else what is wrong.</summary>
    public string? Validate() =>
        ModelParameter.Check("shape", Shape, 1e3) ?? ModelParameter.Check("scale", Scale, Longest)
        ?? (Covariance.Parameters != 2 ? "covariance must be of 2 parameters" : null);

    /// <summary>
    /// Probability that it comes within a horizon, of one who has waited for so long already: 1 - S(w + h) / S(w).
    /// Allocates nothing.
    /// </summary>
    /// <param name="waited">Days waited, 0 or more.</param>
    /// <param name="horizon">Days ahead, above 0.</param>
    public double Within(double waited, double horizon) => Within(Family, Shape, Scale, waited, horizon);

    /// <summary>The same of parameters drawn from what is known of them.</summary>
    public double DrawWithin(double waited, double horizon, Xoshiro256 random)
    {
        ReadOnlySpan<double> fitted = [Shape, Scale];
        Span<double> drawn = stackalloc double[2];
        Covariance.Draw(fitted, random, drawn);
        return Within(Family, drawn[0], drawn[1], waited, horizon);
    }

    /// <summary>Days from now until it has come with a probability, of one who has waited for so long already.</summary>
    /// <param name="waited">Days waited, 0 or more.</param>
    /// <param name="probability">In (0, 1).</param>
    public double QuantileAfter(double waited, double probability)
    {
        // S(w + d) = S(w) (1 - q), solved for w + d.
        var ratio = Math.Pow(Math.Clamp(waited, 0, Longest) / Scale, Shape);
        var power = Family == WaitingFamily.Weibull
            ? ratio - Math.Log(1 - probability)
            : (1 + ratio) / (1 - probability) - 1;
        return Math.Max(0, Scale * Math.Pow(power, 1 / Shape) - waited);
    }

    /// <summary>ln of the density and of the probability of waiting longer, per day.</summary>
    /// <param name="family">The family.</param>
    /// <param name="shape">Above 0.</param>
    /// <param name="scale">In days, above 0.</param>
    /// <param name="days">Above 0.</param>
    public static (double LogDensity, double LogSurvival) Logs(
        WaitingFamily family, double shape, double scale, double days)
    {
        var log = shape * Math.Log(days / scale);
        var ratio = Math.Exp(log);
        var survival = family == WaitingFamily.Weibull ? -ratio : -SpecialFunctions.Log1P(ratio);
        var hazard = Math.Log(shape / days) + log - (family == WaitingFamily.Weibull ? 0 : -survival);
        return (hazard + survival, survival);
    }

    private static double Within(WaitingFamily family, double shape, double scale, double waited, double horizon)
    {
        var from = Math.Clamp(waited, 0, Longest);
        var (before, after) = (Math.Pow(from / scale, shape), Math.Pow((from + horizon) / scale, shape));
        var within = family == WaitingFamily.Weibull
            ? -SpecialFunctions.ExpM1(before - after)
            : (after - before) / (1 + after);
        // Powers that are both infinite: the rate of such a shape lets nobody wait.
        return double.IsNaN(within) ? 1 : Math.Clamp(within, 0, 1);
    }
}
