using System.Text.Json;
using DToC.Twin.Draws;

namespace DToC.Twin.Models.CustomerBase;

/// <summary>What is asked of a model of contracts.</summary>
public enum RetentionOutput
{
    /// <summary>Probability of the next renewal.</summary>
    Retention,

    /// <summary>Probability of all renewals within the horizon.</summary>
    Survival,

    /// <summary>Probability of leaving within the horizon.</summary>
    Churn,

    /// <summary>Expected periods still to come, discounted.</summary>
    ResidualLifetime,
}

/// <summary>The shifted-beta-geometric model of contracts, asked one question about a customer.</summary>
/// <remarks>
/// Its input is how many times the customer renewed, a whole number from 0; or how long the customer has been there, of
/// which each whole period is a renewal. The interval is about the customer's own
/// probability or expectation.
/// </remarks>
public sealed class RetentionForecast : PredictiveModel
{
    /// <summary>Word of its stored form.</summary>
    public const string KindWord = "sbg";

    private readonly ShiftedBetaGeometric _model;
    private readonly LogCovariance? _covariance;
    private readonly RetentionOutput _output;
    private readonly double _horizon;
    private readonly Discount _discount;
    private readonly double? _period;

    /// <summary>A model that answers a question.</summary>
    /// <param name="model">The model of contracts.</param>
    /// <param name="output">What is asked.</param>
    /// <param name="horizon">
    /// Renewals ahead, from 1; infinite for the rest of a life. Not read for <see cref="RetentionOutput.Retention"/>.
    /// </param>
    /// <param name="discount">Of a residual lifetime; above 0 when the horizon has no end.</param>
    /// <param name="input">Name of the number of renewals.</param>
    /// <param name="covariance">Covariance of ln alpha and ln beta; null when it is not known.</param>
    /// <param name="period">
    /// How much of the input makes a period, above 0, where it is a time; null where it counts renewals.
    /// </param>
    /// <exception cref="ArgumentException">Parameters or question cannot be used.</exception>
    public RetentionForecast(
        ShiftedBetaGeometric model, RetentionOutput output, double horizon, Discount discount, string input,
        LogCovariance? covariance = null, double? period = null)
        : base([input])
    {
        if ((model.Validate() ?? Validate(output, horizon, discount)) is { } wrong)
            throw new ArgumentException(wrong, nameof(model));
        if (covariance is not null && covariance.Parameters != 2)
            throw new ArgumentException("covariance must be of 2 parameters.", nameof(covariance));
        if (period is { } length && ModelParameter.Check("period", length, double.MaxValue) is { } why)
            throw new ArgumentException(why, nameof(period));
        (_model, _output, _discount, _covariance, _period) = (model, output, discount, covariance, period);
        _horizon = output == RetentionOutput.Retention ? 1 : Math.Round(horizon);
    }

    /// <inheritdoc/>
    public override string Kind => KindWord;

    /// <inheritdoc/>
    public override ReasonScale Scale => ReasonScale.Value;

    /// <summary>The model of contracts.</summary>
    public ShiftedBetaGeometric Model => _model;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<double> inputs)
    {
        var renewals = RenewalsOf(inputs[0]);
        var score = _output switch
        {
            RetentionOutput.Churn => 1 - _model.Survival(renewals, _horizon),
            RetentionOutput.ResidualLifetime => _model.ResidualLifetime(renewals, _discount.Force, _horizon),
            _ => _model.Survival(renewals, _horizon),
        };
        return double.IsFinite(score) ? score : double.NaN;
    }

    /// <inheritdoc/>
    public override bool Draw(ReadOnlySpan<double> inputs, Xoshiro256 random, Span<double> draws)
    {
        ArgumentNullException.ThrowIfNull(random);
        var renewals = RenewalsOf(inputs[0]);
        if (!(renewals >= 0 && double.IsFinite(renewals))) return false;
        Span<double> parameters = stackalloc double[2];
        foreach (ref var draw in draws)
        {
            var model = _model;
            if (_covariance is not null)
            {
                _covariance.Draw([model.Alpha, model.Beta], random, parameters);
                model = new ShiftedBetaGeometric(parameters[0], parameters[1]);
            }
            draw = OwnOf(model.DrawLeaving(renewals, random));
            if (!double.IsFinite(draw)) return false;
        }
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>Against a customer who has not renewed yet.</remarks>
    public override Explanation Explain(ReadOnlySpan<double> inputs)
    {
        ReadOnlySpan<double> reference = [0];
        return new Explanation(Scale, Score(reference), [Score(inputs) - Score(reference)]);
    }

    /// <summary>The answer for one whose probability of leaving is known.</summary>
    /// <param name="leaving">Probability of leaving at the end of a period.</param>
    public double OwnOf(double leaving)
    {
        var (stays, kept) = (1 - leaving, Math.Exp(-_discount.Force));
        return _output switch
        {
            RetentionOutput.Churn => 1 - Math.Pow(stays, _horizon),
            RetentionOutput.ResidualLifetime => BgBb.GeometricSum(stays, stays * kept, _horizon),
            _ => Math.Pow(stays, _horizon),
        };
    }

    /// <inheritdoc/>
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteString("output", ModelFields.Written(_output));
        if (_output != RetentionOutput.Retention && double.IsFinite(_horizon))
            writer.WriteNumber("horizon", _horizon);
        _discount.Write(writer);
        writer.WriteNumber("alpha", _model.Alpha);
        writer.WriteNumber("beta", _model.Beta);
        LogCovariance.Write(writer, _covariance);
        if (_period is { } period) writer.WriteNumber("period", period);
    }

    /// <summary>Makes a model of its stored parameters.</summary>
    /// <exception cref="InvalidDataException">They do not make one.</exception>
    public static RetentionForecast Read(IReadOnlyList<string> inputs, ModelFields parameters)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(parameters);
        if (inputs.Count != 1)
            throw new InvalidDataException($"{parameters.Path}: {inputs.Count} inputs; 1 is needed.");
        return new RetentionForecast(
            new ShiftedBetaGeometric(parameters.Number("alpha"), parameters.Number("beta")),
            parameters.Word<RetentionOutput>("output"),
            parameters.NumberOrNull("horizon") ?? double.PositiveInfinity,
            Discount.Read(parameters), inputs[0], LogCovariance.Read(parameters, 2),
            parameters.NumberOrNull("period"));
    }

    private double RenewalsOf(double input) => _period is { } period ? Math.Floor(input / period) : input;

    private static string? Validate(RetentionOutput output, double horizon, Discount discount)
    {
        if (output == RetentionOutput.Retention) return null;
        if (double.IsInfinity(horizon) && output != RetentionOutput.ResidualLifetime)
            return $"{ModelFields.Written(output)} needs a horizon";
        if (double.IsInfinity(horizon) && !(discount.Rate > 0))
            return "residualLifetime needs a horizon, or a discountRate above 0";
        if (double.IsFinite(horizon) && !(horizon >= 1 && horizon <= BgBb.MaxPeriods))
            return $"horizon is {horizon}; it must be a whole number from 1 to {BgBb.MaxPeriods}";
        return discount.Validate();
    }
}
