using DToC.Twin.Models.Pricing;

namespace DToC.Learn.Pricing;

/// <summary>A customer's purchases as far as a fit needs them: sums, and that of the squared ln quantity.</summary>
public sealed class DemandHistory
{
    private readonly double[] _sums;

    /// <summary>No purchases yet.</summary>
    /// <param name="regressors">How many regressors there are, the 1 included; 2 with the price alone.</param>
    public DemandHistory(int regressors)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(regressors, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(regressors, DemandSums.MaxRegressors);
        Regressors = regressors;
        _sums = new double[DemandSums.CountFor(regressors)];
    }

    /// <summary>How many regressors there are, the 1 included.</summary>
    public int Regressors { get; }

    /// <summary>Purchases added.</summary>
    public int Count { get; private set; }

    /// <summary>The inputs of <see cref="PriceSensitivity"/>, as <see cref="DemandSums"/> orders them.</summary>
    public ReadOnlySpan<double> Sums => _sums;

    /// <summary>Sum of the squared ln quantity.</summary>
    public double SquaredLogQuantity { get; private set; }

    /// <summary>Adds a purchase.</summary>
    /// <param name="regressors">1, ln price, covariates; finite.</param>
    /// <param name="logQuantity">ln quantity; finite.</param>
    /// <exception cref="ArgumentException">A value is not finite, or the regressors are not as many.</exception>
    public void Add(ReadOnlySpan<double> regressors, double logQuantity)
    {
        if (regressors.Length != Regressors)
            throw new ArgumentException($"{regressors.Length} regressors; {Regressors} are kept.", nameof(regressors));
        foreach (var regressor in regressors)
        {
            if (!double.IsFinite(regressor))
                throw new ArgumentException($"A regressor is {regressor}; it must be finite.", nameof(regressors));
        }
        if (!double.IsFinite(logQuantity))
            throw new ArgumentException($"ln quantity is {logQuantity}; it must be finite.", nameof(logQuantity));
        DemandSums.Add(_sums, regressors, logQuantity);
        SquaredLogQuantity += logQuantity * logQuantity;
        Count++;
    }
}
