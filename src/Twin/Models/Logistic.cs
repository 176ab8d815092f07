using System.Text.Json;
using DToC.Twin.Draws;

namespace DToC.Twin.Models;

/// <summary>
/// Logistic regression: probability = 1 / (1 + e^-s), with s = intercept + the sum of weight * (input - mean) / scale.
/// </summary>
public sealed class Logistic : PredictiveModel
{
    /// <summary>Word of its stored form.</summary>
    public const string KindWord = "logistic";

    /// <summary>
    /// The most one input may add or take, in log-odds. The sigmoid is 0 or 1 to the last bit long before; the bound
    /// keeps a sum of huge inputs from becoming infinity minus infinity.
    /// </summary>
    public const double MaxContribution = 1e6;

    private readonly LogisticInput[] _inputs;
    private readonly double[] _covariance;

    /// <summary>A model of these inputs; they are copied.</summary>
    /// <param name="intercept">Log-odds when every input is at its mean; finite.</param>
    /// <param name="inputs">The inputs, in the order of the vectors.</param>
    /// <param name="covariance">
    /// Covariance of intercept and weights as they were fitted, row by row, (inputs + 1) squared values, symmetric
    /// and positive semi-definite; empty when it is not known, as of weights that somebody chose.
    /// </param>
    /// <exception cref="ArgumentException">When <see cref="Validate"/> has something to say.</exception>
    public Logistic(double intercept, ReadOnlySpan<LogisticInput> inputs, ReadOnlySpan<double> covariance = default)
        : base(NamesOf(inputs))
    {
        if (Validate(intercept, inputs, covariance) is { } error) throw new ArgumentException(error, nameof(inputs));
        Intercept = intercept;
        _inputs = inputs.ToArray();
        _covariance = covariance.ToArray();
    }

    /// <inheritdoc/>
    public override string Kind => KindWord;

    /// <inheritdoc/>
    public override ReasonScale Scale => ReasonScale.LogOdds;

    /// <summary>Log-odds when every input is at its mean.</summary>
    public double Intercept { get; }

    /// <summary>Weights and standardisation, in the order of the inputs.</summary>
    public ReadOnlySpan<LogisticInput> Weights => _inputs;

    /// <summary>Covariance of intercept and weights, row by row; empty when it is not known.</summary>
    public ReadOnlySpan<double> Covariance => _covariance;

    /// <summary>
    /// Null when a model can be built of these; else which value is wrong and what would be right.
    /// </summary>
    public static string? Validate(
        double intercept, ReadOnlySpan<LogisticInput> inputs, ReadOnlySpan<double> covariance = default)
    {
        if (!double.IsFinite(intercept)) return $"intercept is {intercept}; it must be a finite number";
        foreach (var (name, weight, mean, scale, whenMissing) in inputs)
        {
            if (!double.IsFinite(weight)) return $"input '{name}': weight is {weight}; it must be a finite number";
            if (!double.IsFinite(mean)) return $"input '{name}': mean is {mean}; it must be a finite number";
            if (!(scale > 0 && double.IsFinite(scale)))
                return $"input '{name}': scale is {scale}; it must be a finite number above 0";
            if (whenMissing is { } value && !double.IsFinite(value))
                return $"input '{name}': value when missing is {value}; it must be a finite number or left out";
        }
        var size = (inputs.Length + 1) * (inputs.Length + 1);
        if (covariance.Length != 0 && covariance.Length != size)
            return $"covariance has {covariance.Length} values; it must have {size} or none";
        foreach (var value in covariance)
        {
            if (!double.IsFinite(value)) return $"covariance has {value} in it; it must be finite numbers";
        }
        return null;
    }

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<double> inputs) => Sigmoid(LogOdds(inputs));

    /// <summary>
    /// What each input adds to the log-odds. Writes one value an input, in their order; they sum to the log-odds
    /// less the intercept. Allocates nothing.
    /// </summary>
    /// <param name="inputs">As many values as there are inputs.</param>
    /// <param name="into">At least as many values.</param>
    public void Contributions(ReadOnlySpan<double> inputs, Span<double> into)
    {
        for (var i = 0; i < _inputs.Length; i++) into[i] = Contribution(_inputs[i], inputs[i]);
    }

    /// <inheritdoc/>
    public override Explanation Explain(ReadOnlySpan<double> inputs)
    {
        var contributions = new double[_inputs.Length];
        Contributions(inputs, contributions);
        return new Explanation(Scale, Intercept, contributions);
    }

    /// <inheritdoc/>
    /// <remarks>The log-odds are normal, as are fitted weights in the limit of much data.</remarks>
    public override bool Draw(ReadOnlySpan<double> inputs, Xoshiro256 random, Span<double> draws)
    {
        if (_covariance.Length == 0) return false;
        var (logOdds, deviation) = (LogOdds(inputs), Math.Sqrt(Math.Max(0, Variance(inputs))));
        foreach (ref var draw in draws) draw = Sigmoid(logOdds + deviation * random.Normal());
        return true;
    }

    /// <inheritdoc/>
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumber("intercept", Intercept);
        writer.WriteNumbers("weights", _inputs.Select(input => input.Weight));
        writer.WriteNumbers("means", _inputs.Select(input => input.Mean));
        writer.WriteNumbers("scales", _inputs.Select(input => input.Scale));
        writer.WriteNumbers("whenMissing", _inputs.Select(input => input.WhenMissing ?? input.Mean));
        if (_covariance.Length == 0) return;
        writer.WriteNumbers("covariance", _covariance);
    }

    /// <summary>Makes a model of its stored parameters.</summary>
    /// <exception cref="InvalidDataException">They do not make one.</exception>
    public static Logistic Read(IReadOnlyList<string> inputs, ModelFields parameters)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(parameters);
        var weights = Column("weights");
        var means = Column("means");
        var scales = Column("scales");
        var missing = Column("whenMissing");
        var made = new LogisticInput[inputs.Count];
        for (var i = 0; i < made.Length; i++)
            made[i] = new LogisticInput(inputs[i], weights[i], means[i], scales[i], missing[i]);
        return new Logistic(parameters.Number("intercept"), made, parameters.NumbersOrNone("covariance"));

        double[] Column(string name)
        {
            var values = parameters.Numbers(name);
            return values.Length == inputs.Count
                ? values
                : throw new InvalidDataException(
                    $"{parameters.Path}.{name}: {values.Length} values for {inputs.Count} inputs.");
        }
    }

    /// <summary>ln(p / (1 - p)), what <see cref="Sigmoid"/> makes p of; infinite at 0 and 1.</summary>
    public static double LogOddsOf(double probability) => Math.Log(probability / (1 - probability));

    /// <summary>1 / (1 + e^-x) without overflow on either side.</summary>
    public static double Sigmoid(double x)
    {
        var decay = Math.Exp(-Math.Abs(x));
        return x >= 0 ? 1 / (1 + decay) : decay / (1 + decay);
    }

    private double LogOdds(ReadOnlySpan<double> inputs)
    {
        var logOdds = Intercept;
        for (var i = 0; i < _inputs.Length; i++) logOdds += Contribution(_inputs[i], inputs[i]);
        return logOdds;
    }

    // z' C z with z = (1, standardised inputs).
    private double Variance(ReadOnlySpan<double> inputs)
    {
        var z = new double[_inputs.Length + 1];
        z[0] = 1;
        for (var i = 0; i < _inputs.Length; i++) z[i + 1] = Standardised(_inputs[i], inputs[i]);
        var variance = 0.0;
        for (var i = 0; i < z.Length; i++)
        {
            for (var j = 0; j < z.Length; j++) variance += z[i] * _covariance[i * z.Length + j] * z[j];
        }
        return double.IsFinite(variance) ? variance : MaxContribution;
    }

    private static double Contribution(in LogisticInput input, double value) =>
        Math.Clamp(input.Weight * Standardised(input, value), -MaxContribution, MaxContribution);

    private static double Standardised(in LogisticInput input, double value)
    {
        if (!double.IsFinite(value)) value = input.WhenMissing ?? input.Mean;
        return Math.Clamp((value - input.Mean) / input.Scale, -double.MaxValue, double.MaxValue);
    }

    private static string[] NamesOf(ReadOnlySpan<LogisticInput> inputs)
    {
        var names = new string[inputs.Length];
        for (var i = 0; i < names.Length; i++) names[i] = inputs[i].Name;
        return names;
    }
}
