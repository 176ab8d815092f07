using System.Text.Json;
using DToC.Twin.Draws;
using DToC.Twin.Models.Trees;

namespace DToC.Twin.Models.Calibration;

/// <summary>
/// A model that does not itself know how sure it is, with a second one that does: of the same inputs, the standard
/// deviation of the error on the scale of the reasons (for a probability, in log-odds). Score and reasons are the
/// first's.
/// </summary>
public sealed class Uncertain : PredictiveModel
{
    /// <summary>Word of its stored form.</summary>
    public const string KindWord = "uncertain";

    private const double NextToNone = 1e-15;

    /// <summary>A model with what gives its deviations.</summary>
    /// <param name="inner">The model.</param>
    /// <param name="spread">Trees of the same inputs whose link is <see cref="MarginLink.Exp"/>.</param>
    /// <exception cref="ArgumentException">The inputs are not the same, or the link is another.</exception>
    public Uncertain(PredictiveModel inner, TreeEnsemble spread)
        : base(InputsOf(inner))
    {
        ArgumentNullException.ThrowIfNull(spread);
        if (!spread.Inputs.SequenceEqual(inner.Inputs, StringComparer.Ordinal))
            throw new ArgumentException("The spread's inputs are not the model's.", nameof(spread));
        if (spread.Output.Link != MarginLink.Exp)
            throw new ArgumentException(
                $"The spread's link is {spread.Output.Link}; a deviation is above 0, so it must be Exp.",
                nameof(spread));
        (Inner, Spread) = (inner, spread);
    }

    /// <inheritdoc/>
    public override string Kind => KindWord;

    /// <inheritdoc/>
    public override ReasonScale Scale => Inner.Scale;

    /// <summary>What gives scores and reasons.</summary>
    public PredictiveModel Inner { get; }

    /// <summary>What gives deviations.</summary>
    public TreeEnsemble Spread { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Limits => Inner.Limits;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<double> inputs) => Inner.Score(inputs);

    /// <inheritdoc/>
    public override Explanation Explain(ReadOnlySpan<double> inputs) => Inner.Explain(inputs);

    /// <inheritdoc/>
    /// <remarks>Normal around the score on the scale of the reasons.</remarks>
    public override bool Draw(ReadOnlySpan<double> inputs, Xoshiro256 random, Span<double> draws)
    {
        var centre = OnScale(Inner.Score(inputs));
        var deviation = Spread.Score(inputs);
        if (!double.IsFinite(centre) || !double.IsFinite(deviation)) return false;
        foreach (ref var draw in draws)
        {
            draw = OfScale(centre + deviation * random.Normal());
            if (!double.IsFinite(draw)) return false;
        }
        return true;
    }

    /// <inheritdoc/>
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        NestedModel.Write(writer, "inner", Inner);
        NestedModel.Write(writer, "spread", Spread);
    }

    /// <summary>Makes a model of its stored parameters.</summary>
    /// <exception cref="InvalidDataException">They do not make one.</exception>
    public static Uncertain Read(IReadOnlyList<string> inputs, ModelFields parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var inner = NestedModel.Read(inputs, parameters, "inner");
        return NestedModel.Read(inputs, parameters, "spread") is TreeEnsemble spread
            ? new Uncertain(inner, spread)
            : throw new InvalidDataException($"{parameters.Path}.spread.kind: it must be {TreeEnsemble.KindWord}.");
    }

    private double OnScale(double score)
    {
        if (Scale == ReasonScale.Value) return score;
        if (Scale == ReasonScale.Log) return Math.Log(score);
        return Logistic.LogOddsOf(Math.Clamp(score, NextToNone, 1 - NextToNone));
    }

    private double OfScale(double value) => Scale switch
    {
        ReasonScale.LogOdds => Logistic.Sigmoid(value),
        ReasonScale.Log => Math.Exp(value),
        _ => value,
    };

    private static IReadOnlyList<string> InputsOf(PredictiveModel inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        return inner.Inputs;
    }
}
