namespace DToC.Twin.Models.Text;

/// <summary>What VADER says of a text.</summary>
/// <param name="Compound">The whole, in [-1, 1], to 4 decimals; 0 also for a text without signal.</param>
/// <param name="Positive">Share of the text that is good, in [0, 1].</param>
/// <param name="Neutral">Share that is neither.</param>
/// <param name="Negative">Share that is bad.</param>
/// <param name="HasSignal">Whether any token stands in the lexicon.</param>
public readonly record struct VaderShares(
    double Compound, double Positive, double Neutral, double Negative, bool HasSignal);
