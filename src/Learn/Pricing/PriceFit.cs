using DToC.Twin.Models.Pricing;

namespace DToC.Learn.Pricing;

/// <summary>What came of fitting a <see cref="PriceSensitivity"/>.</summary>
public abstract record PriceFit
{
    private PriceFit()
    {
    }

    /// <summary>A model.</summary>
    /// <param name="Model">The model.</param>
    /// <param name="LogLikelihood">Of the purchases, each customer's own beta integrated out.</param>
    /// <param name="Iterations">Rounds of the fit.</param>
    /// <param name="IsConverged">
    /// Whether the last rounds moved the likelihood no more; else the fit ended at its limit.
    /// </param>
    public sealed record Fitted(PriceSensitivity Model, double LogLikelihood, int Iterations, bool IsConverged)
        : PriceFit;

    /// <summary>The purchases do not say what the model asks of them.</summary>
    /// <param name="Why">What is missing and what would be enough.</param>
    public sealed record NotIdentified(string Why) : PriceFit;
}
