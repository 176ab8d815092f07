namespace DToC.Twin.Models;

/// <summary>
/// Logistic regression over a dense feature vector: probability = 1 / (1 + e^-s), with
/// s = intercept + the sum of weight * (feature - mean) / scale. Immutable; scoring allocates nothing.
/// </summary>
public sealed class Logistic
{
    /// <summary>
    /// The most one input may add or take, in log-odds. The sigmoid is 0 or 1 to the last bit long before;
    /// the bound keeps a sum of huge inputs from becoming infinity minus infinity.
    /// </summary>
    public const double MaxContribution = 1e6;

    private readonly LogisticInput[] inputs;

    /// <summary>A model of these inputs; they are copied.</summary>
    /// <exception cref="ArgumentException">When <see cref="Validate"/> has something to say.</exception>
    public Logistic(double intercept, ReadOnlySpan<LogisticInput> inputs)
    {
        if (Validate(intercept, inputs) is { } error) throw new ArgumentException(error, nameof(inputs));
        Intercept = intercept;
        this.inputs = inputs.ToArray();
        foreach (var input in inputs) FeatureCount = Math.Max(FeatureCount, input.Slot + 1);
    }

    /// <summary>Log-odds when every input is at its mean.</summary>
    public double Intercept { get; }

    /// <summary>The inputs, in the order of <see cref="Contributions"/>.</summary>
    public ReadOnlySpan<LogisticInput> Inputs => inputs;

    /// <summary>Length a feature vector must have at least: the highest slot plus one.</summary>
    public int FeatureCount { get; }

    /// <summary>
    /// Null when a model can be built of these; else which value is wrong and what would be right.
    /// </summary>
    public static string? Validate(double intercept, ReadOnlySpan<LogisticInput> inputs)
    {
        if (!double.IsFinite(intercept)) return $"intercept is {intercept}; it must be a finite number";
        for (var i = 0; i < inputs.Length; i++)
        {
            var (slot, weight, mean, scale, whenMissing) = inputs[i];
            if (slot < 0) return $"input {i}: slot is {slot}; it must be 0 or above";
            if (!double.IsFinite(weight)) return $"input {i}: weight is {weight}; it must be a finite number";
            if (!double.IsFinite(mean)) return $"input {i}: mean is {mean}; it must be a finite number";
            if (!(scale > 0 && double.IsFinite(scale)))
                return $"input {i}: scale is {scale}; it must be a finite number above 0";
            if (whenMissing is { } value && !double.IsFinite(value))
                return $"input {i}: value when missing is {value}; it must be a finite number or left out";
        }
        return null;
    }

    /// <summary>
    /// Probability in [0, 1]; <paramref name="features"/> has at least <see cref="FeatureCount"/> values.
    /// </summary>
    public double Score(ReadOnlySpan<double> features)
    {
        var logOdds = Intercept;
        foreach (ref readonly var input in inputs.AsSpan()) logOdds += Contribution(input, features);
        return Sigmoid(logOdds);
    }

    /// <summary>
    /// What each input adds to the log-odds: the reasons for the score. Writes one value an input, in their
    /// order; they sum to the log-odds less the intercept.
    /// </summary>
    /// <param name="features">At least <see cref="FeatureCount"/> values.</param>
    /// <param name="into">At least as many values as there are inputs.</param>
    public void Contributions(ReadOnlySpan<double> features, Span<double> into)
    {
        for (var i = 0; i < inputs.Length; i++) into[i] = Contribution(inputs[i], features);
    }

    /// <summary>1 / (1 + e^-x) without overflow on either side.</summary>
    public static double Sigmoid(double x)
    {
        var decay = Math.Exp(-Math.Abs(x));
        return x >= 0 ? 1 / (1 + decay) : decay / (1 + decay);
    }

    private static double Contribution(in LogisticInput input, ReadOnlySpan<double> features)
    {
        var value = features[input.Slot];
        if (!double.IsFinite(value)) value = input.WhenMissing ?? input.Mean;
        var standardised = Math.Clamp((value - input.Mean) / input.Scale, -double.MaxValue, double.MaxValue);
        return Math.Clamp(input.Weight * standardised, -MaxContribution, MaxContribution);
    }
}
