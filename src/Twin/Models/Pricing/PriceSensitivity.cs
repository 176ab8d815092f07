using System.Text.Json;
using DToC.Twin.Draws;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Twin.Models.Pricing;

/// <summary>
/// How a customer's demand moves with the price: ln quantity = r' beta + noise, r = (1, ln price, covariates), where
/// each customer's beta is drawn from the population's normal distribution and is known from the customer's own
/// purchases only as far as they go (the hierarchical linear model of P. Rossi, G. Allenby and R. McCulloch, "Bayesian
/// Statistics and Marketing", 2005, section 3.7, its population fitted to data). The value is the elasticity, beta of
/// ln price: -2 says that 1% more on the price goes with 2% less bought.
/// </summary>
/// <remarks>
/// Inputs are the customer's <see cref="DemandSums"/>, in their order and under whatever names. Without a purchase
/// (a count of 0, negative or missing) the value is the population's mean. Where there are purchases but another sum is
/// missing, or the sums are of no purchases that could be, it is NaN.
/// </remarks>
public sealed class PriceSensitivity : PredictiveModel
{
    /// <summary>Word of its stored form.</summary>
    public const string KindWord = "price-sensitivity";

    private const int Slope = 1;

    private readonly double[] _mean;
    private readonly double[] _covariance;
    private readonly double[] _precision;
    private readonly LogCovariance? _meanCovariance;

    /// <summary>A model of a population; the spans are copied.</summary>
    /// <param name="inputs">Names of the sums.</param>
    /// <param name="mean">Mean of beta over customers: intercept, elasticity, covariates.</param>
    /// <param name="covariance">Covariance of beta over customers, row by row, positive definite.</param>
    /// <param name="noiseVariance">Variance of ln quantity around r' beta, above 0.</param>
    /// <param name="meanCovariance">
    /// How sure a fit is of <paramref name="mean"/>: its covariance as an estimate, row by row, positive
    /// semi-definite; empty when it is not known.
    /// </param>
    /// <exception cref="ArgumentException">They do not make a model; the message says why.</exception>
    public PriceSensitivity(
        IReadOnlyList<string> inputs, ReadOnlySpan<double> mean, ReadOnlySpan<double> covariance, double noiseVariance,
        ReadOnlySpan<double> meanCovariance = default)
        : base(inputs)
    {
        if (Validate(inputs.Count, mean, covariance, noiseVariance) is { } wrong)
            throw new ArgumentException(wrong, nameof(mean));
        (_mean, _covariance, NoiseVariance) = (mean.ToArray(), covariance.ToArray(), noiseVariance);
        _precision = Inverse(_covariance, mean.Length)
            ?? throw new ArgumentException("covariance must be symmetric and positive definite", nameof(covariance));
        if (meanCovariance.IsEmpty) return;
        try
        {
            _meanCovariance = new LogCovariance(mean.Length, meanCovariance);
        }
        catch (ArgumentException why)
        {
            throw new ArgumentException($"of the mean, the {ArgumentWords.Of(why)}", nameof(meanCovariance), why);
        }
    }

    /// <inheritdoc/>
    public override string Kind => KindWord;

    /// <inheritdoc/>
    public override ReasonScale Scale => ReasonScale.Value;

    /// <summary>Mean of intercept, elasticity and covariates over customers.</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>Their covariance over customers, row by row.</summary>
    public ReadOnlySpan<double> Covariance => _covariance;

    /// <summary>Variance of the logarithm of a quantity around what is expected.</summary>
    public double NoiseVariance { get; }

    /// <summary>
    /// Covariance of <see cref="Mean"/> as an estimate, row by row: how sure the population's own numbers are, however
    /// much customers differ around them. Null when it is not known.
    /// </summary>
    public IReadOnlyList<double>? MeanCovariance => _meanCovariance?.Values.ToArray();

    /// <summary>
    /// Draws by how much the population's intercept, elasticity and covariates may lie beside <see cref="Mean"/>: the
    /// same shift for all customers. False, and zeros, when that is not known.
    /// </summary>
    /// <param name="random">Where randomness comes from.</param>
    /// <param name="into">As many values as <see cref="Mean"/> has; the second is the elasticity's.</param>
    public bool DrawMeanShift(Xoshiro256 random, Span<double> into)
    {
        ArgumentNullException.ThrowIfNull(random);
        into[.._mean.Length].Clear();
        _meanCovariance?.DrawDeviations(random, into[.._mean.Length]);
        return _meanCovariance is not null;
    }

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<double> inputs)
    {
        Span<double> row = stackalloc double[DemandSums.MaxRegressors];
        Span<double> surprise = stackalloc double[DemandSums.MaxRegressors];
        if (!HasPurchases(inputs)) return _mean[Slope];
        if (!TryPosteriorRow(inputs, row)) return double.NaN;
        Surprise(inputs, surprise);
        var value = _mean[Slope];
        for (var i = 0; i < _mean.Length; i++) value += row[i] * surprise[i];
        return double.IsFinite(value) ? value : double.NaN;
    }

    /// <summary>
    /// The mean of the customer's own beta given the purchases. False, and NaN, where <see cref="Score"/> is NaN.
    /// </summary>
    /// <param name="inputs">As for <see cref="Score"/>.</param>
    /// <param name="into">As many values as <see cref="Mean"/> has.</param>
    public bool Posterior(ReadOnlySpan<double> inputs, Span<double> into)
    {
        _mean.CopyTo(into);
        if (!HasPurchases(inputs)) return true;
        Span<double> factor = stackalloc double[DemandSums.MaxRegressors * DemandSums.MaxRegressors];
        Span<double> shift = stackalloc double[DemandSums.MaxRegressors];
        if (!IsWhole(inputs) || !TryFactor(inputs, factor))
        {
            into[.._mean.Length].Fill(double.NaN);
            return false;
        }
        Surprise(inputs, shift);
        SmallCholesky.Solve(factor, _mean.Length, shift);
        for (var i = 0; i < _mean.Length; i++) into[i] += shift[i];
        return true;
    }

    /// <inheritdoc/>
    public override bool HasExactInterval => true;

    /// <inheritdoc/>
    /// <remarks>Given the population and the noise, the elasticity is normal: no draws are needed.</remarks>
    public override Interval? IntervalOf(ReadOnlySpan<double> inputs, double level)
    {
        var (value, deviation) = (Score(inputs), Deviation(inputs));
        return double.IsFinite(value) && double.IsFinite(deviation)
            ? NormalQuantile.IntervalOf(value, deviation, level)
            : null;
    }

    /// <inheritdoc/>
    public override bool Draw(ReadOnlySpan<double> inputs, Xoshiro256 random, Span<double> draws)
    {
        var (value, deviation) = (Score(inputs), Deviation(inputs));
        if (!double.IsFinite(value) || !double.IsFinite(deviation)) return false;
        foreach (ref var draw in draws) draw = value + deviation * random.Normal();
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The baseline is the population's elasticity. What the customer bought beyond what it foretells speaks through
    /// the sums with ln quantity: the first for how much was bought, the second for how that moved with the price. The
    /// other sums only say how far the two are heard, and stand at 0.
    /// </remarks>
    public override Explanation Explain(ReadOnlySpan<double> inputs)
    {
        var contributions = new double[Inputs.Count];
        if (!HasPurchases(inputs)) return new Explanation(Scale, _mean[Slope], contributions);
        Span<double> row = stackalloc double[DemandSums.MaxRegressors];
        Span<double> surprise = stackalloc double[DemandSums.MaxRegressors];
        if (!TryPosteriorRow(inputs, row)) return new Explanation(Scale, double.NaN, contributions);
        Surprise(inputs, surprise);
        var first = contributions.Length - _mean.Length;
        for (var i = 0; i < _mean.Length; i++) contributions[first + i] = row[i] * surprise[i];
        return new Explanation(Scale, _mean[Slope], contributions);
    }

    /// <inheritdoc/>
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumbers("mean", _mean);
        writer.WriteNumbers("covariance", _covariance);
        writer.WriteNumber("noiseVariance", NoiseVariance);
        if (_meanCovariance is not null) writer.WriteNumbers("meanCovariance", _meanCovariance.Values.ToArray());
    }

    /// <summary>Makes a model of its stored parameters.</summary>
    /// <exception cref="InvalidDataException">They do not make one.</exception>
    public static PriceSensitivity Read(IReadOnlyList<string> inputs, ModelFields parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return new PriceSensitivity(
            inputs, parameters.Numbers("mean"), parameters.Numbers("covariance"), parameters.Number("noiseVariance"),
            parameters.NumbersOrNone("meanCovariance"));
    }

    private static string? Validate(
        int inputs, ReadOnlySpan<double> mean, ReadOnlySpan<double> covariance, double noiseVariance)
    {
        var size = mean.Length;
        if (size is < 2 or > DemandSums.MaxRegressors)
            return $"mean has {size} values; it must have 2 to {DemandSums.MaxRegressors}";
        if (inputs != DemandSums.CountFor(size))
            return $"{inputs} inputs; {DemandSums.CountFor(size)} sums are needed";
        if (covariance.Length != size * size)
            return $"covariance has {covariance.Length} values; it must have {size * size}";
        foreach (var value in mean)
        {
            if (!double.IsFinite(value)) return $"mean has {value} in it; it must be finite numbers";
        }
        return ModelParameter.Check("noiseVariance", noiseVariance, double.MaxValue);
    }

    private static bool HasPurchases(ReadOnlySpan<double> inputs) => double.IsFinite(inputs[0]) && inputs[0] > 0;

    private static bool IsWhole(ReadOnlySpan<double> inputs)
    {
        foreach (var input in inputs)
        {
            if (!double.IsFinite(input)) return false;
        }
        return true;
    }

    private double Deviation(ReadOnlySpan<double> inputs)
    {
        if (!HasPurchases(inputs)) return Math.Sqrt(_covariance[Slope * _mean.Length + Slope]);
        Span<double> row = stackalloc double[DemandSums.MaxRegressors];
        return TryPosteriorRow(inputs, row) ? Math.Sqrt(row[Slope]) : double.NaN;
    }

    // The elasticity's row of the posterior covariance V = (R'R / noise + precision)^-1.
    private bool TryPosteriorRow(ReadOnlySpan<double> inputs, Span<double> row)
    {
        Span<double> factor = stackalloc double[DemandSums.MaxRegressors * DemandSums.MaxRegressors];
        if (!IsWhole(inputs) || !TryFactor(inputs, factor)) return false;
        row.Clear();
        row[Slope] = 1;
        SmallCholesky.Solve(factor, _mean.Length, row);
        return true;
    }

    private bool TryFactor(ReadOnlySpan<double> inputs, Span<double> factor)
    {
        var size = _mean.Length;
        var at = 0;
        for (var i = 0; i < size; i++)
        {
            for (var j = i; j < size; j++)
                factor[j * size + i] = _precision[j * size + i] + inputs[at++] / NoiseVariance;
        }
        return SmallCholesky.Factor(factor, size);
    }

    // R'(y - R mean) / noise: what the purchases say beyond the population. The posterior mean is the population's plus
    // V times this.
    private void Surprise(ReadOnlySpan<double> inputs, Span<double> into)
    {
        var size = _mean.Length;
        var at = 0;
        into.Clear();
        for (var i = 0; i < size; i++)
        {
            for (var j = i; j < size; j++, at++)
            {
                into[i] -= inputs[at] * _mean[j];
                if (j != i) into[j] -= inputs[at] * _mean[i];
            }
        }
        for (var i = 0; i < size; i++) into[i] = (into[i] + inputs[at + i]) / NoiseVariance;
    }

    private static double[]? Inverse(ReadOnlySpan<double> matrix, int size)
    {
        var factor = matrix.ToArray();
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (matrix[i * size + j] != matrix[j * size + i]) return null;
            }
        }
        if (!SmallCholesky.Factor(factor, size)) return null;
        var inverse = new double[size * size];
        for (var i = 0; i < size; i++)
        {
            inverse[i * size + i] = 1;
            SmallCholesky.Solve(factor, size, inverse.AsSpan(i * size, size));
        }
        return inverse;
    }
}
