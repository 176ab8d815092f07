using System.Text.Json;
using DToC.Twin.Draws;

namespace DToC.Twin.Models.CustomerBase;

/// <summary>Expected mean spend of a customer's purchases, by the Gamma-Gamma model.</summary>
/// <remarks>
/// Inputs are the number of repeat purchases and their mean spend. Without repeats, or with repeats of 0 in sum,
/// it is the population's mean. The interval is about the customer's own mean.
/// </remarks>
public sealed class SpendForecast : PredictiveModel
{
    /// <summary>Word of its stored form.</summary>
    public const string KindWord = "gammaGamma";

    private readonly SpendParameters _spend;

    /// <summary>A model of spend.</summary>
    /// <param name="spend">The model.</param>
    /// <param name="inputs">Names of the number of repeat purchases and of their mean spend.</param>
    /// <exception cref="ArgumentException">Its parameters cannot be used.</exception>
    public SpendForecast(SpendParameters spend, IReadOnlyList<string> inputs)
        : base(inputs)
    {
        ArgumentNullException.ThrowIfNull(spend);
        if (inputs.Count != 2) throw new ArgumentException($"{inputs.Count} inputs; 2 are needed.", nameof(inputs));
        if (spend.Model.Validate() is { } wrong) throw new ArgumentException(wrong, nameof(spend));
        _spend = spend;
    }

    /// <inheritdoc/>
    public override string Kind => KindWord;

    /// <inheritdoc/>
    public override ReasonScale Scale => ReasonScale.Value;

    /// <summary>The model, with how sure it is.</summary>
    public SpendParameters Parameters => _spend;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<double> inputs)
    {
        var score = _spend.Expected(inputs[0], inputs[1]);
        return double.IsFinite(score) ? score : double.NaN;
    }

    /// <inheritdoc/>
    public override bool Draw(ReadOnlySpan<double> inputs, Xoshiro256 random, Span<double> draws)
    {
        ArgumentNullException.ThrowIfNull(random);
        foreach (ref var draw in draws)
        {
            draw = _spend.Draw(inputs[0], inputs[1], random);
            if (!double.IsFinite(draw)) return false;
        }
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>Shapley values against a customer without repeat purchases: the population's mean.</remarks>
    public override Explanation Explain(ReadOnlySpan<double> inputs)
    {
        ReadOnlySpan<double> reference = [0, double.NaN];
        return new Explanation(
            Scale, Score(reference), ShapleyValues.Of(inputs, reference, mixed => Score(mixed)));
    }

    /// <inheritdoc/>
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _spend.Write(writer);
    }

    /// <summary>Makes a model of its stored parameters.</summary>
    /// <exception cref="InvalidDataException">They do not make one.</exception>
    public static SpendForecast Read(IReadOnlyList<string> inputs, ModelFields parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return new SpendForecast(SpendParameters.Read(parameters), inputs);
    }
}
