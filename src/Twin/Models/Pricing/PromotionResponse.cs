using System.Text.Json;
using DToC.Twin.Draws;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Twin.Models.Pricing;

/// <summary>
/// What promotions that all customers see do to how often they buy. While a share d is taken off prices, purchases come
/// exp(lift d) times as often; of those won so, a share (the pull-forward) was only bought earlier, and is missing
/// evenly over the weeks behind:
/// <code>factor of day t = exp(lift d(t)) - pull mean over the K days before t of (exp(lift d) - 1)</code>
/// The value is the lift, the same for every customer; what each buys at the lower price is the matter of
/// <see cref="PriceSensitivity"/>.
/// </summary>
public sealed class PromotionResponse : PredictiveModel
{
    /// <summary>Word of its stored form.</summary>
    public const string KindWord = "promotion-response";

    /// <summary>Most weeks that purchases may be missing for.</summary>
    public const int MaxPullWeeks = 52;

    private readonly LogCovariance _covariance;

    /// <summary>A response.</summary>
    /// <param name="inputs">
    /// One name: that of the feature whose parts say what was taken off. Its value for a customer is not read.
    /// </param>
    /// <param name="lift">Logarithm of the factor on purchases that a depth of 1 would have; finite.</param>
    /// <param name="pullForward">
    /// Share of the purchases won that are missing later, finite; null when the past does not say. An estimate may lie
    /// a little below 0 or above 1.
    /// </param>
    /// <param name="pullWeeks">Over how many weeks they are, 1 to <see cref="MaxPullWeeks"/>.</param>
    /// <param name="covariance">
    /// Of lift and pull-forward as estimates, 4 values row by row; of the lift alone, 1, without a pull-forward.
    /// </param>
    /// <param name="deepest">Greatest share ever seen taken off, in (0, 1].</param>
    /// <param name="usualFactor">
    /// Factor that all promotions together had on the purchases of that past, above 0.
    /// </param>
    /// <exception cref="ArgumentException">They do not make one; the message says why.</exception>
    public PromotionResponse(
        IReadOnlyList<string> inputs, double lift, double? pullForward, int pullWeeks, ReadOnlySpan<double> covariance,
        double deepest, double usualFactor)
        : base(inputs)
    {
        if (Inputs.Count != 1) throw new ArgumentException($"{Inputs.Count} inputs; 1 is needed.", nameof(inputs));
        if (!double.IsFinite(lift)) throw new ArgumentException($"lift is {lift}; it must be finite.", nameof(lift));
        if (pullForward is { } pull && !double.IsFinite(pull))
            throw new ArgumentException($"pullForward is {pull}; it must be finite.", nameof(pullForward));
        if (pullWeeks is < 1 or > MaxPullWeeks)
        {
            throw new ArgumentException(
                $"pullWeeks is {pullWeeks}; it must be 1 to {MaxPullWeeks}.", nameof(pullWeeks));
        }
        if (deepest is not (> 0 and <= 1))
            throw new ArgumentException($"deepest is {deepest}; it must be above 0 and at most 1.", nameof(deepest));
        if (ModelParameter.Check("usualFactor", usualFactor, double.MaxValue) is { } wrong)
            throw new ArgumentException(wrong, nameof(usualFactor));
        _covariance = new LogCovariance(pullForward is null ? 1 : 2, covariance);
        (Lift, PullForward, PullWeeks) = (lift, pullForward, pullWeeks);
        (Deepest, UsualFactor) = (deepest, usualFactor);
    }

    /// <inheritdoc/>
    public override string Kind => KindWord;

    /// <inheritdoc/>
    public override ReasonScale Scale => ReasonScale.Value;

    /// <summary>Logarithm of the factor on purchases that a depth of 1 would have.</summary>
    public double Lift { get; }

    /// <summary>How sure the lift is.</summary>
    public double LiftError => Math.Sqrt(_covariance.Values[0]);

    /// <summary>Share of the purchases won that are missing later; null when the past does not say.</summary>
    public double? PullForward { get; }

    /// <summary>How sure that share is; null when it is not known.</summary>
    public double? PullForwardError => PullForward is null ? null : Math.Sqrt(_covariance.Values[3]);

    /// <summary>Correlation of lift and pull-forward as estimates, -1 to 1; 0 without a pull-forward.</summary>
    public double Correlation => PullForwardError is not { } error || error * LiftError == 0
        ? 0
        : Math.Clamp(_covariance.Values[1] / (error * LiftError), -1, 1);

    /// <summary>Over how many weeks behind a day of promotion they are missing.</summary>
    public int PullWeeks { get; }

    /// <summary>Greatest share that was seen taken off.</summary>
    public double Deepest { get; }

    /// <summary>
    /// Factor that all promotions together had on the purchases of the past: what purchase rates that are fitted to
    /// that past have in them already.
    /// </summary>
    public double UsualFactor { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Limits =>
    [
        "Of promotions that all customers see; coupons of single customers are none.",
        "How often those buy who had bought before; who comes for the first time is not in it.",
    ];

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<double> inputs) => Lift;

    /// <inheritdoc/>
    public override bool HasExactInterval => true;

    /// <inheritdoc/>
    public override Interval? IntervalOf(ReadOnlySpan<double> inputs, double level) =>
        NormalQuantile.IntervalOf(Lift, LiftError, level);

    /// <inheritdoc/>
    public override bool Draw(ReadOnlySpan<double> inputs, Xoshiro256 random, Span<double> draws)
    {
        ArgumentNullException.ThrowIfNull(random);
        foreach (ref var draw in draws) draw = Lift + LiftError * random.Normal();
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>All of it is the population's.</remarks>
    public override Explanation Explain(ReadOnlySpan<double> inputs) => new(Scale, Lift, new double[Inputs.Count]);

    /// <inheritdoc/>
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumber("lift", Lift);
        if (PullForward is { } pull) writer.WriteNumber("pullForward", pull);
        writer.WriteNumber("pullWeeks", PullWeeks);
        LogCovariance.Write(writer, _covariance);
        writer.WriteNumber("deepest", Deepest);
        writer.WriteNumber("usualFactor", UsualFactor);
    }

    /// <summary>Makes a model of its stored parameters.</summary>
    /// <exception cref="InvalidDataException">They do not make one.</exception>
    public static PromotionResponse Read(IReadOnlyList<string> inputs, ModelFields parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return new PromotionResponse(
            inputs, parameters.Number("lift"), parameters.NumberOrNull("pullForward"),
            parameters.Integer("pullWeeks", 1, MaxPullWeeks), parameters.Numbers("covariance"),
            parameters.Number("deepest"), parameters.Number("usualFactor"));
    }
}
