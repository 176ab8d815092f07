using System.Text.Json;
using DToC.Twin.Draws;

namespace DToC.Twin.Models.Linear;

/// <summary>
/// A linear model with a link, of one output or several: margin = intercept + the sum of weight * input. Mostly one
/// that was fitted elsewhere; a logistic regression of our own is a <see cref="Logistic"/>.
/// </summary>
/// <remarks>
/// Reasons are against the reference: what an input adds is its weight times how far it is from its reference value,
/// which also stands for it where it is missing. There are no draws: nothing is known of the weights' errors.
/// </remarks>
public sealed class LinearModel : PredictiveModel
{
    /// <summary>Word of its stored form.</summary>
    public const string KindWord = "linear";

    /// <summary>Most outputs.</summary>
    public const int MaxOutputs = 1_024;

    /// <summary>The most one input may add or take; keeps a sum of huge inputs finite.</summary>
    public const double MaxContribution = 1e100;

    private readonly double[] _intercepts;
    private readonly double[] _weights;
    private readonly double[] _reference;

    /// <summary>A model of these inputs.</summary>
    /// <param name="inputs">Names of the inputs.</param>
    /// <param name="intercepts">One an output; at most 1e100 either way.</param>
    /// <param name="weights">One an input for the first output, then for the second, and so on; finite.</param>
    /// <param name="reference">What stands for a missing input; one an input, or none when all are 0; finite.</param>
    /// <param name="link">How the margin of the output chosen becomes the score.</param>
    /// <param name="chosen">The output the model scores.</param>
    /// <exception cref="ArgumentException">When <see cref="Validate"/> has something to say.</exception>
    public LinearModel(
        IReadOnlyList<string> inputs, double[] intercepts, double[] weights, double[]? reference = null,
        MarginLink link = MarginLink.Identity, int chosen = 0)
        : base(inputs)
    {
        reference = reference is { Length: > 0 } ? reference : new double[inputs.Count];
        if (Validate(inputs, intercepts, weights, reference, link, chosen) is { } error)
            throw new ArgumentException(error, nameof(weights));
        (_intercepts, _weights, _reference) = ([.. intercepts], [.. weights], [.. reference]);
        (Link, Chosen) = (link, chosen);
    }

    /// <inheritdoc/>
    public override string Kind => KindWord;

    /// <inheritdoc/>
    public override ReasonScale Scale => Link switch
    {
        MarginLink.Sigmoid or MarginLink.Softmax => ReasonScale.LogOdds,
        MarginLink.Exp => ReasonScale.Log,
        _ => ReasonScale.Value,
    };

    /// <summary>How the margin becomes the score.</summary>
    public MarginLink Link { get; }

    /// <summary>The output the model scores.</summary>
    public int Chosen { get; }

    /// <summary>How many outputs there are.</summary>
    public int Outputs => _intercepts.Length;

    /// <summary>Null when a model can be built of these; else what is wrong and what would be right.</summary>
    public static string? Validate(
        IReadOnlyList<string> inputs, double[] intercepts, double[] weights, double[] reference, MarginLink link,
        int chosen)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var outputs = intercepts.Length;
        if (outputs is 0 or > MaxOutputs) return $"there are {outputs} outputs; 1 to {MaxOutputs} go";
        if (weights.Length != (long)outputs * inputs.Count)
            return $"{weights.Length} weights for {outputs} outputs of {inputs.Count} inputs";
        if (reference.Length != inputs.Count)
            return $"{reference.Length} reference values for {inputs.Count} inputs";
        if (chosen < 0 || chosen >= outputs) return $"the output chosen is {chosen}; 0 to {outputs - 1} go";
        if (!Enum.IsDefined(link)) return $"the link {link} is not known";
        if (link == MarginLink.Softmax && outputs < 2) return "a softmax has one output; at least 2 go";
        if (!weights.All(double.IsFinite) || !reference.All(double.IsFinite))
            return "a weight or reference value is not a finite number";
        return intercepts.All(i => Math.Abs(i) <= MaxContribution) ? null : "an intercept is beyond 1e100";
    }

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<double> inputs)
    {
        if (Link == MarginLink.Softmax)
        {
            Span<double> margins = stackalloc double[Outputs];
            for (var k = 0; k < Outputs; k++) margins[k] = Margin(k, inputs);
            return SoftmaxReasons.Probability(margins, Chosen);
        }
        var margin = Margin(Chosen, inputs);
        return Link switch
        {
            MarginLink.Sigmoid => Logistic.Sigmoid(margin),
            MarginLink.Exp => Math.Exp(margin) is var value && double.IsFinite(value) ? value : double.NaN,
            _ => margin,
        };
    }

    /// <inheritdoc/>
    public override bool Draw(ReadOnlySpan<double> inputs, Xoshiro256 random, Span<double> draws) => false;

    /// <inheritdoc/>
    public override Explanation Explain(ReadOnlySpan<double> inputs)
    {
        var margins = new (double Baseline, double[] Values)[Outputs];
        for (var k = 0; k < Outputs; k++)
        {
            margins[k] = (_intercepts[k], new double[Inputs.Count]);
            for (var i = 0; i < Inputs.Count; i++)
            {
                var atReference = Part(k, i, _reference[i]);
                margins[k].Baseline += atReference;
                margins[k].Values[i] = Part(k, i, inputs[i]) - atReference;
            }
        }
        var (baseline, values) = margins[Chosen];
        return Link == MarginLink.Softmax
            ? SoftmaxReasons.Of(margins, Chosen)
            : new Explanation(Scale, baseline, values);
    }

    /// <inheritdoc/>
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteString("link", ModelFields.Written(Link));
        writer.WriteNumber("chosen", Chosen);
        writer.WriteNumbers("intercepts", _intercepts);
        writer.WriteNumbers("weights", _weights);
        writer.WriteNumbers("reference", _reference);
    }

    /// <summary>Makes a model of its stored parameters.</summary>
    /// <exception cref="InvalidDataException">They do not make one.</exception>
    public static LinearModel Read(IReadOnlyList<string> inputs, ModelFields parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return new LinearModel(
            inputs, parameters.Numbers("intercepts"), parameters.Numbers("weights"), parameters.Numbers("reference"),
            parameters.Word<MarginLink>("link"), parameters.Integer("chosen", 0, MaxOutputs - 1));
    }

    private double Margin(int output, ReadOnlySpan<double> inputs)
    {
        var margin = _intercepts[output];
        for (var i = 0; i < _reference.Length; i++) margin += Part(output, i, inputs[i]);
        return margin;
    }

    private double Part(int output, int input, double value)
    {
        if (!double.IsFinite(value)) value = _reference[input];
        return Math.Clamp(_weights[output * _reference.Length + input] * value, -MaxContribution, MaxContribution);
    }
}
