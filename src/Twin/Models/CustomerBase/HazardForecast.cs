using System.Text.Json;
using DToC.Twin.Draws;

namespace DToC.Twin.Models.CustomerBase;

/// <summary>
/// Discrete-time hazard with covariates (Singer and Willett, "It's About Time: Using Discrete-Time Survival
/// Analysis", Journal of Educational Statistics 18(2), 1993): the log-odds of leaving in a period are an effect of
/// that period plus the weighted covariates. Asked for the probability of leaving, or of staying, within the next
/// periods.
/// </summary>
/// <remarks>
/// The first input is tenure: whole periods survived so far, from 0 (fractions are rounded down); covariates follow.
/// Covariates are held as they are now over the horizon. Periods beyond the last effect have the last one's.
/// A missing covariate is read as its stand-in; without tenure there is no score.
/// </remarks>
public sealed class HazardForecast : PredictiveModel
{
    /// <summary>Word of its stored form.</summary>
    public const string KindWord = "hazard";

    /// <summary>Most covariates: reasons are exact Shapley values, whose work doubles with each.</summary>
    public const int MaxCovariates = ShapleyValues.MaxInputs - 1;

    /// <summary>Most periods with an effect of their own.</summary>
    public const int MaxEffects = 120;

    /// <summary>Most periods ahead.</summary>
    public const int MaxHorizon = 1_000;

    // Beyond it a hazard is 0 or 1 to the last bit.
    private const double MaxLogOdds = 700;

    private readonly double[] _effects;
    private readonly LogisticInput[] _covariates;
    private readonly LogCovariance? _covariance;
    private readonly int _horizon;
    private readonly bool _isChurn;
    private readonly double _period;

    /// <summary>A model that answers a question.</summary>
    /// <param name="effects">Log-odds of leaving in period 1, 2, ... with covariates at their means.</param>
    /// <param name="tenure">Name of the input that counts the periods survived.</param>
    /// <param name="covariates">Weights in log-odds, with means and scales.</param>
    /// <param name="horizon">Periods ahead, from 1.</param>
    /// <param name="isChurn">True for the probability of leaving, false for that of staying.</param>
    /// <param name="covariance">
    /// Covariance of effects and weights as fitted, row by row; empty when it is not known.
    /// </param>
    /// <param name="period">
    /// How much of the first input makes a period, above 0: 30 where it is an age in days and contracts run by months
    /// of 30 days.
    /// </param>
    /// <exception cref="ArgumentException">They cannot be used.</exception>
    public HazardForecast(
        ReadOnlySpan<double> effects, string tenure, ReadOnlySpan<LogisticInput> covariates, int horizon,
        bool isChurn = true, ReadOnlySpan<double> covariance = default, double period = 1)
        : base([tenure, .. NamesOf(covariates)])
    {
        if (Validate(effects, covariates, horizon) is { } wrong) throw new ArgumentException(wrong, nameof(effects));
        if (ModelParameter.Check("period", period, double.MaxValue) is { } why)
            throw new ArgumentException(why, nameof(period));
        _period = period;
        (_effects, _covariates) = (effects.ToArray(), covariates.ToArray());
        (_horizon, _isChurn) = (horizon, isChurn);
        if (covariance.Length > 0) _covariance = new LogCovariance(effects.Length + covariates.Length, covariance);
    }

    /// <inheritdoc/>
    public override string Kind => KindWord;

    /// <inheritdoc/>
    public override ReasonScale Scale => ReasonScale.Value;

    /// <summary>Log-odds of leaving by period, with covariates at their means.</summary>
    public ReadOnlySpan<double> Effects => _effects;

    /// <summary>The covariates' weights.</summary>
    public ReadOnlySpan<LogisticInput> Covariates => _covariates;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<double> inputs)
    {
        if (!(inputs[0] >= 0) || double.IsInfinity(inputs[0])) return double.NaN;
        var shift = 0.0;
        for (var i = 0; i < _covariates.Length; i++)
            shift += _covariates[i].Weight * Standardised(_covariates[i], inputs[i + 1]);
        return Probability(inputs[0] / _period, _effects, shift);
    }

    /// <inheritdoc/>
    /// <remarks>Effects and weights are normal, as fitted ones are in the limit of much data.</remarks>
    public override bool Draw(ReadOnlySpan<double> inputs, Xoshiro256 random, Span<double> draws)
    {
        if (_covariance is null || double.IsNaN(Score(inputs))) return false;
        var drawn = new double[_effects.Length + _covariates.Length];
        foreach (ref var draw in draws)
        {
            _covariance.DrawDeviations(random, drawn);
            var shift = 0.0;
            for (var i = 0; i < _effects.Length; i++) drawn[i] += _effects[i];
            for (var i = 0; i < _covariates.Length; i++)
            {
                var weight = _covariates[i].Weight + drawn[_effects.Length + i];
                shift += weight * Standardised(_covariates[i], inputs[i + 1]);
            }
            draw = Probability(inputs[0] / _period, drawn.AsSpan(0, _effects.Length), shift);
        }
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>Shapley values against a new customer whose covariates are at their means.</remarks>
    public override Explanation Explain(ReadOnlySpan<double> inputs)
    {
        var reference = new double[inputs.Length];
        for (var i = 0; i < _covariates.Length; i++) reference[i + 1] = _covariates[i].Mean;
        return new Explanation(
            Scale, Score(reference), ShapleyValues.Of(inputs, reference, mixed => Score(mixed)));
    }

    /// <inheritdoc/>
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteString("output", _isChurn ? "churn" : "survival");
        writer.WriteNumber("horizon", _horizon);
        writer.WriteNumbers("effects", _effects);
        writer.WriteNumbers("weights", _covariates.Select(input => input.Weight));
        writer.WriteNumbers("means", _covariates.Select(input => input.Mean));
        writer.WriteNumbers("scales", _covariates.Select(input => input.Scale));
        writer.WriteNumbers("whenMissing", _covariates.Select(input => input.WhenMissing ?? input.Mean));
        LogCovariance.Write(writer, _covariance);
        if (_period != 1) writer.WriteNumber("period", _period);
    }

    /// <summary>Makes a model of its stored parameters.</summary>
    /// <exception cref="InvalidDataException">They do not make one.</exception>
    public static HazardForecast Read(IReadOnlyList<string> inputs, ModelFields parameters)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(parameters);
        if (inputs.Count == 0) throw new InvalidDataException($"{parameters.Path}: no inputs; tenure is needed.");
        var output = parameters.Text("output");
        if (output is not ("churn" or "survival"))
            throw new InvalidDataException($"{parameters.Path}.output: '{output}' is not known; churn or survival.");
        string[] columns = ["weights", "means", "scales", "whenMissing"];
        var values = Array.ConvertAll(columns, parameters.Numbers);
        var wrong = Array.FindIndex(values, column => column.Length != inputs.Count - 1);
        if (wrong >= 0)
            throw new InvalidDataException(
                $"{parameters.Path}.{columns[wrong]}: {values[wrong].Length} values "
                + $"for {inputs.Count - 1} covariates.");
        var covariates = new LogisticInput[inputs.Count - 1];
        for (var i = 0; i < covariates.Length; i++)
        {
            covariates[i] = new LogisticInput(
                inputs[i + 1], values[0][i], values[1][i], values[2][i], values[3][i]);
        }
        return new HazardForecast(
            parameters.Numbers("effects"), inputs[0], covariates, parameters.Integer("horizon", 1, MaxHorizon),
            output == "churn", parameters.NumbersOrNone("covariance"), parameters.NumberOrNull("period") ?? 1);
    }

    private static string? Validate(ReadOnlySpan<double> effects, ReadOnlySpan<LogisticInput> covariates, int horizon)
    {
        if (effects.Length is < 1 or > MaxEffects)
            return $"{effects.Length} effects; there must be 1 to {MaxEffects}";
        foreach (var effect in effects)
        {
            if (!double.IsFinite(effect)) return $"effects has {effect} in it; it must be finite numbers";
        }
        if (covariates.Length > MaxCovariates) return $"{covariates.Length} covariates; at most {MaxCovariates} go";
        if (horizon is < 1 or > MaxHorizon) return $"horizon is {horizon}; it must be from 1 to {MaxHorizon}";
        return Logistic.Validate(0, covariates);
    }

    private double Probability(double tenure, ReadOnlySpan<double> effects, double shift)
    {
        var first = (int)Math.Min(Math.Floor(tenure), effects.Length);
        var logStays = 0.0;
        for (var k = 0; k < _horizon; k++)
        {
            var logOdds = effects[Math.Min(first + k, effects.Length - 1)] + shift;
            logStays -= ContinuousTime.Softplus(Math.Clamp(logOdds, -MaxLogOdds, MaxLogOdds));
        }
        return _isChurn ? -SpecialFunctions.ExpM1(logStays) : Math.Exp(logStays);
    }

    private static double Standardised(in LogisticInput input, double value)
    {
        if (!double.IsFinite(value)) value = input.WhenMissing ?? input.Mean;
        return Math.Clamp((value - input.Mean) / input.Scale, -1e150, 1e150);
    }

    private static string[] NamesOf(ReadOnlySpan<LogisticInput> covariates)
    {
        var names = new string[covariates.Length];
        for (var i = 0; i < names.Length; i++) names[i] = covariates[i].Name;
        return names;
    }
}
