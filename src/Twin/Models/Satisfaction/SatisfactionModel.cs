using System.Text.Json;
using DToC.Twin.Draws;

namespace DToC.Twin.Models.Satisfaction;

/// <summary>
/// How satisfied a customer is now, from what a <see cref="SatisfactionFilter"/> knew after the last answer: around -1
/// as dissatisfied, around 1 as satisfied as can be said.
/// </summary>
/// <remarks>
/// Inputs, under whatever names: mean and variance after the last answer, and days since it. Without a mean the value
/// is the population's; without a variance above 0 the mean is believed as little as the population's; missing or
/// negative days count as none.
/// </remarks>
public sealed class SatisfactionModel : PredictiveModel
{
    /// <summary>Word of its stored form.</summary>
    public const string KindWord = "satisfaction";

    /// <summary>How many inputs it has.</summary>
    public const int InputCount = 3;

    private const double MaxMean = 1e9;

    /// <summary>A model of three inputs: mean, variance, days since the last answer.</summary>
    /// <exception cref="ArgumentException">There are not three.</exception>
    public SatisfactionModel(IReadOnlyList<string> inputs, SatisfactionFilter filter)
        : base(inputs)
    {
        ArgumentNullException.ThrowIfNull(filter);
        if (inputs.Count != InputCount)
            throw new ArgumentException($"{inputs.Count} inputs; mean, variance and days are 3", nameof(inputs));
        Filter = filter;
    }

    /// <inheritdoc/>
    public override string Kind => KindWord;

    /// <inheritdoc/>
    public override ReasonScale Scale => ReasonScale.Value;

    /// <summary>How satisfaction moves and shows.</summary>
    public SatisfactionFilter Filter { get; }

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<double> inputs) => Now(inputs).Mean;

    /// <inheritdoc/>
    public override bool HasExactInterval => true;

    /// <inheritdoc/>
    public override Interval? IntervalOf(ReadOnlySpan<double> inputs, double level)
    {
        var (mean, variance) = Now(inputs);
        return NormalQuantile.IntervalOf(mean, Math.Sqrt(variance), level);
    }

    /// <inheritdoc/>
    public override bool Draw(ReadOnlySpan<double> inputs, Xoshiro256 random, Span<double> draws)
    {
        var (mean, variance) = Now(inputs);
        var deviation = Math.Sqrt(variance);
        foreach (ref var draw in draws) draw = mean + deviation * random.Normal();
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>The answers' part is the mean's; what has faded since is that of the days.</remarks>
    public override Explanation Explain(ReadOnlySpan<double> inputs)
    {
        if (!double.IsFinite(inputs[0])) return new Explanation(Scale, Filter.Mean, [0, 0, 0]);
        var said = Math.Clamp(inputs[0], -MaxMean, MaxMean) - Filter.Mean;
        return new Explanation(Scale, Filter.Mean, [said, 0, Score(inputs) - Filter.Mean - said]);
    }

    /// <inheritdoc/>
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumber("mean", Filter.Mean);
        writer.WriteNumber("variance", Filter.Variance);
        writer.WriteNumber("driftPerDay", Filter.DriftPerDay);
        writer.WriteNumber("reversionPerDay", Filter.ReversionPerDay);
        foreach (var kind in Enum.GetValues<SatisfactionKind>())
        {
            var (offset, slope, noise) = Filter.Answers[(int)kind];
            writer.WriteStartObject(ModelFields.Written(kind));
            writer.WriteNumber("offset", offset);
            writer.WriteNumber("slope", slope);
            writer.WriteNumber("noiseVariance", noise);
            writer.WriteEndObject();
        }
    }

    /// <summary>Makes a model of its stored parameters.</summary>
    /// <exception cref="InvalidDataException">They do not make one.</exception>
    public static SatisfactionModel Read(IReadOnlyList<string> inputs, ModelFields parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var answers = new SatisfactionAnswer[SatisfactionRange.Kinds];
        foreach (var kind in Enum.GetValues<SatisfactionKind>())
        {
            var fields = parameters.Of(ModelFields.Written(kind));
            answers[(int)kind] = new SatisfactionAnswer(
                fields.Number("offset"), fields.Number("slope"), fields.Number("noiseVariance"));
            fields.End();
        }
        return new SatisfactionModel(inputs, new SatisfactionFilter(
            parameters.Number("mean"), parameters.Number("variance"), parameters.Number("driftPerDay"),
            parameters.Number("reversionPerDay"), answers));
    }

    private (double Mean, double Variance) Now(ReadOnlySpan<double> inputs)
    {
        var (mean, variance, days) = (inputs[0], inputs[1], inputs[2]);
        if (!double.IsFinite(mean)) return (Filter.Mean, Filter.Variance);
        if (!(variance > 0 && double.IsFinite(variance))) variance = Filter.Variance;
        if (!(days >= 0 && double.IsFinite(days))) days = 0;
        return Filter.After(Math.Clamp(mean, -MaxMean, MaxMean), variance, days);
    }
}
