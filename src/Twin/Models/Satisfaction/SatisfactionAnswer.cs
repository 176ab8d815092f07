namespace DToC.Twin.Models.Satisfaction;

/// <summary>How answers of a kind follow from satisfaction: answer = offset + slope * satisfaction + noise.</summary>
/// <param name="Offset">Expected answer at a satisfaction of 0, in the kind's unit; finite.</param>
/// <param name="Slope">By how much the answer moves with satisfaction, above 0.</param>
/// <param name="NoiseVariance">Variance of the answer around it, above 0.</param>
public readonly record struct SatisfactionAnswer(double Offset, double Slope, double NoiseVariance);
