namespace DToC.Learn.Measures;

/// <summary>Mean losses of forecasts beside what came; less is better. NaN of nothing.</summary>
public static class Losses
{
    /// <summary>
    /// Mean of -ln(probability given to what came), in nats. A probability within 1e-15 of 0 or 1 counts as that far
    /// from it.
    /// </summary>
    /// <param name="probabilities">In [0, 1].</param>
    /// <param name="outcomes">One a probability: 1 or 0.</param>
    /// <exception cref="ArgumentException">They are not equally many (so for all here).</exception>
    public static double LogLoss(ReadOnlySpan<double> probabilities, ReadOnlySpan<double> outcomes) =>
        Mean(probabilities, outcomes, static (probability, outcome) =>
        {
            var given = Math.Clamp(probability, 1e-15, 1 - 1e-15);
            return -Math.Log(outcome > 0.5 ? given : 1 - given);
        });

    /// <summary>
    /// Mean squared difference of probability and outcome, in [0, 1] (G. Brier, Monthly Weather Review 78, 1950,
    /// halved, as is usual for two outcomes).
    /// </summary>
    public static double Brier(ReadOnlySpan<double> probabilities, ReadOnlySpan<double> outcomes) =>
        Mean(probabilities, outcomes, static (given, outcome) => (given - outcome) * (given - outcome));

    /// <summary>Mean absolute error, in the unit of the values.</summary>
    public static double MeanAbsolute(ReadOnlySpan<double> forecasts, ReadOnlySpan<double> values) =>
        Mean(forecasts, values, static (forecast, value) => Math.Abs(forecast - value));

    /// <summary>Root of the mean squared error, in the unit of the values.</summary>
    public static double RootMeanSquare(ReadOnlySpan<double> forecasts, ReadOnlySpan<double> values) =>
        Math.Sqrt(Mean(forecasts, values, static (forecast, value) => (forecast - value) * (forecast - value)));

    private static double Mean(
        ReadOnlySpan<double> forecasts, ReadOnlySpan<double> values, Func<double, double, double> loss)
    {
        if (forecasts.Length != values.Length)
            throw new ArgumentException($"{forecasts.Length} forecasts of {values.Length} values.", nameof(values));
        var sum = 0.0;
        for (var i = 0; i < values.Length; i++) sum += loss(forecasts[i], values[i]);
        return sum / values.Length;
    }
}
