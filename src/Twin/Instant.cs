using System.Globalization;

namespace DToC.Twin;

/// <summary>A moment in UTC, in whole milliseconds since 1970-01-01T00:00:00Z.</summary>
/// <param name="UnixMs">Milliseconds since the Unix epoch; negative before it.</param>
public readonly record struct Instant(long UnixMs) : IComparable<Instant>
{
    /// <summary>Milliseconds in a day.</summary>
    public const long DayMs = 86_400_000;

    /// <summary>Milliseconds in an hour.</summary>
    public const long HourMs = 3_600_000;

    /// <summary>Earlier than any moment an event may carry; stands for "never".</summary>
    public static readonly Instant Never = new(long.MinValue);

    /// <summary>Later than any moment; the end of what has none.</summary>
    public static readonly Instant Forever = new(long.MaxValue);

    /// <summary>True when this is <see cref="Never"/>.</summary>
    public bool IsNever => UnixMs == long.MinValue;

    /// <summary>The moment a <see cref="DateTimeOffset"/> names, cut to milliseconds.</summary>
    public static Instant From(DateTimeOffset time) => new(time.ToUnixTimeMilliseconds());

    /// <summary>The same moment as a <see cref="DateTimeOffset"/> in UTC.</summary>
    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.FromUnixTimeMilliseconds(UnixMs);

    /// <summary>Whole UTC days since 1970-01-01, rounded down.</summary>
    public long Day => UnixMs >= 0 ? UnixMs / DayMs : (UnixMs - DayMs + 1) / DayMs;

    /// <summary>This moment moved by <paramref name="ms"/> milliseconds.</summary>
    public Instant PlusMs(long ms) => new(UnixMs + ms);

    /// <summary>Days (with fraction) from <paramref name="earlier"/> to this moment.</summary>
    public double DaysSince(Instant earlier) => (UnixMs - earlier.UnixMs) / (double)DayMs;

    /// <inheritdoc/>
    public int CompareTo(Instant other) => UnixMs.CompareTo(other.UnixMs);

    /// <summary>Earlier than.</summary>
    public static bool operator <(Instant left, Instant right) => left.UnixMs < right.UnixMs;

    /// <summary>Later than.</summary>
    public static bool operator >(Instant left, Instant right) => left.UnixMs > right.UnixMs;

    /// <summary>Not later than.</summary>
    public static bool operator <=(Instant left, Instant right) => left.UnixMs <= right.UnixMs;

    /// <summary>Not earlier than.</summary>
    public static bool operator >=(Instant left, Instant right) => left.UnixMs >= right.UnixMs;

    /// <summary>The later of two moments.</summary>
    public static Instant Max(Instant a, Instant b) => a.UnixMs >= b.UnixMs ? a : b;

    /// <summary>RFC 3339 in UTC with milliseconds, for example <c>2026-03-01T12:00:00.000Z</c>.</summary>
    public override string ToString() =>
        IsNever ? "never"
        : this == Forever ? "forever"
        : ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
