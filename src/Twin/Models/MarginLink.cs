namespace DToC.Twin.Models;

/// <summary>How a margin, a sum of parts, becomes a score.</summary>
public enum MarginLink
{
    /// <summary>The score is the margin: regressions, and forests averaged by the trees' weights.</summary>
    Identity,

    /// <summary>1 / (1 + e^(-factor * margin)).</summary>
    Sigmoid,

    /// <summary>e^margin over the sum of e^margin of all outputs.</summary>
    Softmax,

    /// <summary>e^margin.</summary>
    Exp,
}
