namespace DToC.Twin.Models.Satisfaction;

/// <summary>
/// Follows a satisfaction that nobody sees through the answers that customers give: a scalar Kalman filter (R. Kalman,
/// "A New Approach to Linear Filtering and Prediction Problems", 1960) around a mean-reverting random walk
/// (G. Uhlenbeck and L. Ornstein, 1930; without reversion a plain one). Pure; allocates nothing.
/// </summary>
/// <remarks>
/// By convention -1 is as dissatisfied as NPS can say, 1 as satisfied; the scale has no ends. Between answers, with
/// r the reversion and d days: mean' = m + e^(-r d) (mean - m), variance' = e^(-2 r d) variance + drift
/// (1 - e^(-2 r d)) / (2 r), or variance + drift d where r is 0.
/// </remarks>
public sealed class SatisfactionFilter
{
    /// <summary>No variance grows beyond this.</summary>
    public const double MaxVariance = 1e6;

    private const double MsPerDay = 86_400_000;

    private readonly SatisfactionAnswer[] _answers;

    /// <summary>A filter of a population; the answers are copied.</summary>
    /// <param name="mean">Mean satisfaction over customers; finite.</param>
    /// <param name="variance">Its variance over customers, above 0.</param>
    /// <param name="driftPerDay">Variance that a day adds, 0 or more.</param>
    /// <param name="reversionPerDay">Share of the distance to the mean that a day takes, 0 or more, small.</param>
    /// <param name="answers">One a kind, in the order of <see cref="SatisfactionKind"/>.</param>
    /// <exception cref="ArgumentException">They make no filter; the message says why.</exception>
    public SatisfactionFilter(
        double mean, double variance, double driftPerDay, double reversionPerDay,
        ReadOnlySpan<SatisfactionAnswer> answers)
    {
        if (Validate(mean, variance, driftPerDay, reversionPerDay, answers) is { } wrong)
            throw new ArgumentException(wrong, nameof(answers));
        (Mean, Variance, DriftPerDay, ReversionPerDay) = (mean, variance, driftPerDay, reversionPerDay);
        _answers = answers.ToArray();
    }

    /// <summary>Mean satisfaction over customers.</summary>
    public double Mean { get; }

    /// <summary>Variance of satisfaction over customers.</summary>
    public double Variance { get; }

    /// <summary>Variance that a day adds.</summary>
    public double DriftPerDay { get; }

    /// <summary>Share of the distance to the mean that a day takes.</summary>
    public double ReversionPerDay { get; }

    /// <summary>How answers follow from satisfaction, one a kind.</summary>
    public ReadOnlySpan<SatisfactionAnswer> Answers => _answers;

    /// <summary>The state after an answer.</summary>
    /// <param name="state">The state before it.</param>
    /// <param name="atMs">When it came; one before the state's own moment counts as of that moment.</param>
    /// <param name="kind">What was asked.</param>
    /// <param name="value">The answer; outside of its kind's range, or NaN, it says nothing.</param>
    public SatisfactionState Observe(SatisfactionState state, long atMs, SatisfactionKind kind, double value)
    {
        var (worst, best) = SatisfactionRange.Of(kind);
        if (!(value >= worst && value <= best)) return state;
        var (mean, variance) = At(state, atMs);
        var (offset, slope, noise) = _answers[(int)kind];
        var gain = variance * slope / (slope * slope * variance + noise);
        var at = state.HasAnswer ? Math.Max(atMs, state.AtMs) : atMs;
        // noise / (slope^2 variance + noise) of the variance is left: no subtraction, so it stays above 0.
        return new SatisfactionState(
            mean + gain * (value - offset - slope * mean), variance * noise / (slope * slope * variance + noise), at);
    }

    /// <summary>
    /// Mean and variance at a moment, the state's own or later; those of the population without answers.
    /// </summary>
    public (double Mean, double Variance) At(SatisfactionState state, long nowMs) => state.HasAnswer
        ? After(state.Mean, state.Variance, Math.Max(0, ((double)nowMs - state.AtMs) / MsPerDay))
        : (Mean, Variance);

    /// <summary>Mean and variance a number of days, 0 or more, after they were these.</summary>
    public (double Mean, double Variance) After(double mean, double variance, double days)
    {
        if (ReversionPerDay == 0) return (mean, Math.Min(MaxVariance, variance + DriftPerDay * days));
        var left = Math.Exp(-ReversionPerDay * days);
        var drifted = DriftPerDay * -SpecialFunctions.ExpM1(-2 * ReversionPerDay * days) / (2 * ReversionPerDay);
        return (Mean + left * (mean - Mean), Math.Min(MaxVariance, left * left * variance + drifted));
    }

    private static string? Validate(
        double mean, double variance, double driftPerDay, double reversionPerDay,
        ReadOnlySpan<SatisfactionAnswer> answers)
    {
        if (!double.IsFinite(mean)) return $"mean is {mean}; it must be a finite number";
        if (ModelParameter.Check("variance", variance, MaxVariance) is { } wrong) return wrong;
        if (!(driftPerDay is >= 0 and <= MaxVariance))
            return $"driftPerDay is {driftPerDay}; it must be 0 or more and at most {MaxVariance}";
        if (!(reversionPerDay is >= 0 and <= 1))
            return $"reversionPerDay is {reversionPerDay}; it must be 0 to 1";
        if (answers.Length != SatisfactionRange.Kinds)
            return $"{answers.Length} kinds of answers; there are {SatisfactionRange.Kinds}";
        foreach (var (offset, slope, noise) in answers)
        {
            if (!double.IsFinite(offset)) return $"an answer's offset is {offset}; it must be a finite number";
            wrong = ModelParameter.Check("slope", slope, MaxVariance)
                ?? ModelParameter.Check("noiseVariance", noise, MaxVariance);
            if (wrong is not null) return wrong;
        }
        return null;
    }
}
