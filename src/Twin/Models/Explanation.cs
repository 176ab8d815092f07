namespace DToC.Twin.Models;

/// <summary>The scale on which the reasons of a score add up.</summary>
public enum ReasonScale
{
    /// <summary>The score's own unit.</summary>
    Value,

    /// <summary>The logarithm of the odds of a probability.</summary>
    LogOdds,

    /// <summary>The logarithm of a positive score.</summary>
    Log,
}

/// <summary>
/// What each input adds to a score. Baseline and contributions add up to the score on <see cref="Scale"/>.
/// </summary>
/// <param name="Scale">What the numbers are.</param>
/// <param name="Baseline">The score on the scale when nothing particular is known of the customer.</param>
/// <param name="Contributions">One an input, in the inputs' order.</param>
public sealed record Explanation(ReasonScale Scale, double Baseline, IReadOnlyList<double> Contributions)
{
    /// <summary>Baseline and contributions together.</summary>
    public double Total => Baseline + Contributions.Sum();
}
