using System.Text.Json;
using DToC.Twin.Draws;

namespace DToC.Twin.Models.Calibration;

/// <summary>A model whose score is mapped to the probability that was seen with such scores.</summary>
public sealed class Calibrated : PredictiveModel
{
    /// <summary>Word of its stored form.</summary>
    public const string KindWord = "calibrated";

    /// <summary>Least share of the reasons' size that score and baseline differ by, to take a slope of them.</summary>
    private const double LeastDifference = 1e-7;

    /// <summary>A model with its map. A calibrated one is not calibrated again.</summary>
    /// <exception cref="ArgumentException">The model is calibrated already.</exception>
    public Calibrated(PredictiveModel inner, CalibrationMap map)
        : base(InputsOf(inner))
    {
        ArgumentNullException.ThrowIfNull(map);
        if (inner is Calibrated) throw new ArgumentException("The model is calibrated already.", nameof(inner));
        (Inner, Map) = (inner, map);
    }

    /// <inheritdoc/>
    public override string Kind => KindWord;

    /// <inheritdoc/>
    public override ReasonScale Scale => ReasonScale.LogOdds;

    /// <summary>What gives the scores.</summary>
    public PredictiveModel Inner { get; }

    /// <summary>What makes probabilities of them.</summary>
    public CalibrationMap Map { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Limits => Inner.Limits;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<double> inputs) => Map.Of(Inner.Score(inputs));

    /// <inheritdoc/>
    /// <remarks>
    /// A model that knows how sure it is has its draws mapped. What the map does not know of itself comes of the same
    /// outcomes; added to that, it would count twice, so it stands alone where the model knows nothing.
    /// </remarks>
    public override bool Draw(ReadOnlySpan<double> inputs, Xoshiro256 random, Span<double> draws)
    {
        if (Inner.Draw(inputs, random, draws))
        {
            foreach (ref var draw in draws) draw = Map.Of(draw);
            return true;
        }
        var score = Inner.Score(inputs);
        if (!Map.HasUncertainty || double.IsNaN(score)) return false;
        foreach (ref var draw in draws) draw = Map.Draw(score, random);
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The inner model's reasons, times the mean slope of the map between baseline and score: the integral of the
    /// gradient along the straight way from one to the other (Aumann and Shapley, "Values of Non-Atomic Games",
    /// 1974). Signs and shares of the inputs stay as the inner model has them.
    /// </remarks>
    public override Explanation Explain(ReadOnlySpan<double> inputs)
    {
        var inner = Inner.Explain(inputs);
        var logOdds = Logistic.LogOddsOf(Score(inputs));
        var slope = MeanSlope(inner);
        var contributions = new double[inner.Contributions.Count];
        var sum = 0.0;
        for (var i = 0; i < contributions.Length; i++) sum += contributions[i] = slope * inner.Contributions[i];
        // The log-odds of the baseline, but for rounding: what is left is there, so that all add up to the score.
        return new Explanation(Scale, logOdds - sum, contributions);
    }

    /// <inheritdoc/>
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject("map");
        writer.WriteString("kind", Map.Kind);
        Map.Write(writer);
        writer.WriteEndObject();
        NestedModel.Write(writer, "inner", Inner);
    }

    /// <summary>Makes a model of its stored parameters.</summary>
    /// <exception cref="InvalidDataException">They do not make one.</exception>
    public static Calibrated Read(IReadOnlyList<string> inputs, ModelFields parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var map = CalibrationMap.Read(parameters.Of("map"));
        return new Calibrated(NestedModel.Read(inputs, parameters, "inner"), map);
    }

    private double MeanSlope(Explanation inner)
    {
        var (from, to) = (inner.Baseline, inner.Total);
        var size = inner.Contributions.Sum(Math.Abs);
        if (Math.Abs(to - from) < LeastDifference * size)
        {
            // All reasons cancel: the slope where they do.
            var step = Math.Sqrt(LeastDifference) * size;
            (from, to) = (from - step, to + step);
        }
        var slope = (OnScale(to) - OnScale(from)) / (to - from);
        return double.IsFinite(slope) ? slope : 0;
    }

    private double OnScale(double inner) => Logistic.LogOddsOf(Map.Of(Inner.Scale switch
    {
        ReasonScale.LogOdds => Logistic.Sigmoid(inner),
        ReasonScale.Log => Math.Exp(inner),
        _ => inner,
    }));

    private static IReadOnlyList<string> InputsOf(PredictiveModel inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        return inner.Inputs;
    }
}
