namespace DToC.Twin.Segments;

/// <summary>What a measure is of.</summary>
public enum MeasureKind : byte
{
    /// <summary>A feature.</summary>
    Feature,

    /// <summary>A model's score.</summary>
    Score,

    /// <summary>What the definition calls value at risk.</summary>
    ValueAtRisk,

    /// <summary>Satisfaction against its own mean of late; see <see cref="SatisfactionTrend"/>.</summary>
    SatisfactionTrend,
}

/// <summary>A number that every member contributes to its segments.</summary>
/// <param name="Name">The feature's or model's name, or the kind's.</param>
/// <param name="Kind">What it is of.</param>
/// <param name="Slot">Its slot in the vector of numbers; -1 where it is not in it.</param>
/// <param name="PerUnit">
/// Contributions are whole numbers of <c>1 / PerUnit</c>: so sums are exact, and leaving takes away what entering gave.
/// </param>
/// <param name="Categories">Data categories it rests on, a bit each.</param>
public sealed record MeasurePlan(string Name, MeasureKind Kind, int Slot, double PerUnit, ulong Categories)
{
    /// <summary>Stands for a value that cannot be said.</summary>
    public const long Missing = long.MinValue;

    /// <summary>Contributions are within plus and minus this; what lies outside counts as it.</summary>
    public const long Largest = 1L << 53;

    /// <summary>Whether it is a number of the vector as it is.</summary>
    public bool IsRead { get; } = Kind is MeasureKind.Feature or MeasureKind.Score;

    /// <summary>The contribution of a value: rounded to the nearest unit, halves to the even one.</summary>
    public long Quantise(double value)
    {
        if (!double.IsFinite(value)) return Missing;
        var scaled = Math.Round(value * PerUnit);
        return scaled >= Largest ? Largest : scaled <= -Largest ? -Largest : (long)scaled;
    }
}
