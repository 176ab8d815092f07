using DToC.Twin.Models;

namespace DToC.Twin.Predictions;

/// <summary>A score with all that can be said of it.</summary>
/// <param name="Model">Slot of the model.</param>
/// <param name="Value">The score; NaN when it cannot be said.</param>
public sealed record Prediction(int Model, double Value)
{
    /// <summary>Where the expected value lies with a stated probability; null when the model does not know.</summary>
    public Interval? Interval { get; init; }

    /// <summary>The scale that <see cref="Baseline"/> and <see cref="Reasons"/> add up on.</summary>
    public ReasonScale Scale { get; init; }

    /// <summary>The score, on the scale, of one of whom nothing particular is known; NaN without reasons.</summary>
    public double Baseline { get; init; } = double.NaN;

    /// <summary>What each input adds, the strongest first; empty when nothing can be said.</summary>
    public IReadOnlyList<Reason> Reasons { get; init; } = [];

    /// <summary>Names of inputs that are not known of this customer.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Names of inputs whose values lie outside of what the model was fitted on.</summary>
    public IReadOnlyList<string> Outside { get; init; } = [];

    /// <summary>
    /// The share of the score that rests on this customer's own evidence, in [0, 1]; the rest is the prior of the
    /// population or group. 0 where the model says nothing without the prior; null when it has no prior.
    /// </summary>
    public double? OwnShare { get; init; }

    /// <summary>What the prior says of such a customer; null when the model has none.</summary>
    public double? Believed { get; init; }

    /// <summary>Whether most of it is belief: more prior than evidence, or more inputs missing than known.</summary>
    public bool IsThin { get; init; }
}

/// <summary>What one input adds to a score.</summary>
/// <param name="Name">The feature, earlier score or text.</param>
/// <param name="Value">Its value; NaN when it is missing or a text.</param>
/// <param name="Contribution">What it adds on the prediction's scale.</param>
public sealed record Reason(string Name, double Value, double Contribution);
