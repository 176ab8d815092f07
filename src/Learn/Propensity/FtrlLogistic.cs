using System.Text.Json;
using DToC.Twin.Models;

namespace DToC.Learn.Propensity;

/// <summary>
/// Logistic regression that learns row by row: FTRL-Proximal with a rate for each coordinate (H. B. McMahan et al.,
/// "Ad Click Prediction: a View from the Trenches", KDD 2013, algorithm 1). One turn at a time.
/// </summary>
/// <remarks>
/// A missing input counts as 0: it neither speaks nor learns. Inputs should be of the order of 1; one beyond 1e6
/// either way counts as 1e6.
/// </remarks>
public sealed class FtrlLogistic
{
    /// <summary>Most an input counts for, either way.</summary>
    public const double MaxInput = 1e6;

    private readonly string[] _inputs;
    private readonly double[] _z;
    private readonly double[] _n;

    /// <summary>A learner that knows nothing: all weights are 0.</summary>
    /// <param name="inputs">Names of the inputs, each once.</param>
    /// <param name="options">How it learns.</param>
    /// <exception cref="ArgumentException">The options are not right.</exception>
    public FtrlLogistic(IReadOnlyList<string> inputs, FtrlOptions options)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { } error) throw new ArgumentException(error, nameof(options));
        (_inputs, Options) = ([.. inputs], options);
        // The last coordinate is the intercept, whose input is always 1.
        (_z, _n) = (new double[inputs.Count + 1], new double[inputs.Count + 1]);
    }

    /// <summary>How it learns.</summary>
    public FtrlOptions Options { get; }

    /// <summary>Names of the inputs.</summary>
    public IReadOnlyList<string> Inputs => _inputs;

    /// <summary>Rows learnt from.</summary>
    public long Rows { get; private set; }

    /// <summary>
    /// Learns from a row; returns the probability given before, an honest forecast to measure it by. Allocates nothing.
    /// </summary>
    /// <param name="inputs">As many values as there are inputs; NaN where missing.</param>
    /// <param name="outcome">What came of it, in [0, 1].</param>
    /// <exception cref="ArgumentException">The outcome is not so, or values are too few.</exception>
    public double Learn(ReadOnlySpan<double> inputs, double outcome)
    {
        if (outcome is not (>= 0 and <= 1))
            throw new ArgumentException($"an outcome is {outcome}; it must lie in [0, 1]", nameof(outcome));
        if (inputs.Length < _inputs.Length)
            throw new ArgumentException($"{inputs.Length} values for {_inputs.Length} inputs.", nameof(inputs));
        var logOdds = WeightOf(_inputs.Length);
        for (var i = 0; i < _inputs.Length; i++) logOdds += WeightOf(i) * ValueOf(inputs[i]);
        var probability = Logistic.Sigmoid(logOdds);
        for (var i = 0; i < _z.Length; i++)
        {
            var value = i == _inputs.Length ? 1 : ValueOf(inputs[i]);
            if (value == 0) continue;
            var gradient = (probability - outcome) * value;
            var rateChange = (Math.Sqrt(_n[i] + gradient * gradient) - Math.Sqrt(_n[i])) / Options.Alpha;
            _z[i] += gradient - rateChange * WeightOf(i);
            _n[i] += gradient * gradient;
        }
        Rows++;
        return probability;
    }

    /// <summary>The model as it is now. It has no intervals: weights learnt so have no known covariance.</summary>
    public Logistic Snapshot()
    {
        var inputs = new LogisticInput[_inputs.Length];
        for (var i = 0; i < inputs.Length; i++) inputs[i] = new LogisticInput(_inputs[i], WeightOf(i));
        return new Logistic(WeightOf(_inputs.Length), inputs);
    }

    /// <summary>Writes its whole state as members of an open JSON object.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumber("alpha", Options.Alpha);
        writer.WriteNumber("beta", Options.Beta);
        writer.WriteNumber("l1", Options.L1);
        writer.WriteNumber("l2", Options.L2);
        writer.WriteNumber("rows", Rows);
        writer.WriteTexts("inputs", _inputs);
        writer.WriteNumbers("z", _z);
        writer.WriteNumbers("n", _n);
    }

    /// <summary>Reads a state: the learner goes on as if it had never been written.</summary>
    /// <exception cref="InvalidDataException">It is none; the message says why.</exception>
    public static FtrlLogistic Read(ModelFields state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var options = new FtrlOptions(
            state.Number("alpha"), state.Number("beta"), state.Number("l1"), state.Number("l2"));
        if (options.Validate() is { } error) throw new InvalidDataException($"{state.Path}: {error}");
        var read = new FtrlLogistic(state.Texts("inputs"), options) { Rows = (long)state.Number("rows") };
        var (z, n) = (state.Numbers("z"), state.Numbers("n"));
        if (z.Length != read._z.Length || n.Length != z.Length || n.Any(value => value < 0))
            throw new InvalidDataException(
                $"{state.Path}: z has {z.Length} values and n {n.Length}; {read._z.Length} go, those of n 0 or more.");
        state.End();
        z.CopyTo(read._z, 0);
        n.CopyTo(read._n, 0);
        return read;
    }

    // Algorithm 1, the closed form of the weight.
    private double WeightOf(int coordinate)
    {
        var l1 = coordinate == _inputs.Length ? 0 : Options.L1;
        var z = _z[coordinate];
        if (Math.Abs(z) <= l1) return 0;
        var stiffness = (Options.Beta + Math.Sqrt(_n[coordinate])) / Options.Alpha + Options.L2;
        return stiffness > 0 ? -(z - Math.Sign(z) * l1) / stiffness : 0;
    }

    private static double ValueOf(double input) =>
        double.IsFinite(input) ? Math.Clamp(input, -MaxInput, MaxInput) : 0;
}
