using DToC.Twin.Models.Satisfaction;

namespace DToC.Learn.Satisfaction;

/// <summary>What came of fitting a <see cref="SatisfactionFilter"/>.</summary>
public abstract record SatisfactionFit
{
    private SatisfactionFit()
    {
    }

    /// <summary>A filter.</summary>
    /// <param name="Filter">The filter.</param>
    /// <param name="LogLikelihood">Of all replies, each foretold from the customer's earlier ones.</param>
    /// <param name="Assumed">
    /// Kinds too rare to be fitted; their answers are taken to span the scale, and be noisy.
    /// </param>
    public sealed record Fitted(
        SatisfactionFilter Filter, double LogLikelihood, IReadOnlyList<SatisfactionKind> Assumed) : SatisfactionFit;

    /// <summary>The replies do not say what the model asks of them.</summary>
    /// <param name="Why">What is missing and what would be enough.</param>
    public sealed record NotIdentified(string Why) : SatisfactionFit;
}
