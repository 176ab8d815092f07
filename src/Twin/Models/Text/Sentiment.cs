namespace DToC.Twin.Models.Text;

/// <summary>
/// What a text says of its writer's mood: a value with how sure it is, or that the text has no signal, which is not the
/// same as a neutral one.
/// </summary>
public readonly record struct Sentiment
{
    private Sentiment(double value, double deviation, double sureness) =>
        (Value, Deviation, Sureness) = (value, deviation, sureness);

    /// <summary>Nothing in the text is known to the scorer.</summary>
    public static Sentiment NoSignal { get; } = new(double.NaN, double.NaN, double.NaN);

    /// <summary>From -1, as bad as can be, to 1; NaN without signal, as a missing feature is.</summary>
    public double Value { get; }

    /// <summary>
    /// Standard deviation of what people would say around <see cref="Value"/>; NaN when the scorer does not know.
    /// </summary>
    public double Deviation { get; }

    /// <summary>
    /// How sure the sign is, from 0.5, not at all, to 1; NaN without signal. What it is made of, a scorer says.
    /// </summary>
    public double Sureness { get; }

    /// <summary>Whether there is a value.</summary>
    public bool HasSignal => !double.IsNaN(Value);

    /// <summary>A value; what lies outside its range is brought to the nearest end.</summary>
    public static Sentiment Scored(double value, double sureness, double deviation = double.NaN) =>
        new(Math.Clamp(value, -1, 1), deviation, Math.Clamp(sureness, 0.5, 1));

    /// <summary>
    /// What people would say lies in it with a probability; null without signal, or when the scorer does not know.
    /// </summary>
    /// <param name="level">The probability, in (0, 1).</param>
    public Interval? IntervalAt(double level)
    {
        if (!double.IsFinite(Value) || !double.IsFinite(Deviation)) return null;
        var wide = NormalQuantile.IntervalOf(Value, Deviation, level);
        return new Interval(Math.Max(-1, wide.Low), Math.Min(1, wide.High), level);
    }
}
