namespace DToC.Twin.Models.Pricing;

/// <summary>
/// What a demand model needs of a customer's purchases, as sums that a twin can fold one purchase at a time and in any
/// order. With regressors r (the first is 1, the second the logarithm of the price, then covariates) and y the
/// logarithm of the quantity:
/// <code>r1 r1, r1 r2, .. r1 rk, r2 r2, .. rk rk, then r1 y, .. rk y, each summed over the purchases</code>
/// With the price alone these are: count, x, x x, y, x y.
/// </summary>
public static class DemandSums
{
    /// <summary>Most regressors, the 1 included.</summary>
    public const int MaxRegressors = 6;

    /// <summary>How many sums there are for a number of regressors: 5 for 2, 9 for 3.</summary>
    public static int CountFor(int regressors) => regressors * (regressors + 1) / 2 + regressors;

    /// <summary>Adds one purchase. Allocates nothing.</summary>
    /// <param name="sums">As many as <see cref="CountFor"/> says.</param>
    /// <param name="regressors">1, the logarithm of the price, covariates.</param>
    /// <param name="logQuantity">The logarithm of the quantity.</param>
    public static void Add(Span<double> sums, ReadOnlySpan<double> regressors, double logQuantity)
    {
        var at = 0;
        for (var i = 0; i < regressors.Length; i++)
        {
            for (var j = i; j < regressors.Length; j++) sums[at++] += regressors[i] * regressors[j];
        }
        foreach (var regressor in regressors) sums[at++] += regressor * logQuantity;
    }
}
