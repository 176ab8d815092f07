namespace DToC.Learn.Propensity;

/// <summary>How fast an online logistic regression learns, and how much it prefers small and no weights.</summary>
/// <param name="Alpha">Rate of learning, above 0 (paper: alpha).</param>
/// <param name="Beta">Smooths the first steps, 0 or more (paper: beta; 1 is usual).</param>
/// <param name="L1">Prefers weights of exactly 0, 0 or more (paper: lambda 1). The intercept is spared.</param>
/// <param name="L2">Prefers small weights, 0 or more (paper: lambda 2).</param>
public sealed record FtrlOptions(double Alpha = 0.1, double Beta = 1, double L1 = 0, double L2 = 0)
{
    /// <summary>Null when it can be used; else what is wrong and what would be right.</summary>
    public string? Validate() =>
        !(Alpha > 0 && double.IsFinite(Alpha)) ? $"Alpha is {Alpha}; it must be finite and above 0"
        : Wrong(nameof(Beta), Beta) ?? Wrong(nameof(L1), L1) ?? Wrong(nameof(L2), L2);

    private static string? Wrong(string name, double value) =>
        value >= 0 && double.IsFinite(value) ? null : $"{name} is {value}; it must be finite and 0 or more";
}
