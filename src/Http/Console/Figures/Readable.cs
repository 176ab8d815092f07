using System.Globalization;
using DToC.Twin;

namespace DToC.Http.Console.Figures;

/// <summary>Numbers as people read them: three digits and a unit. Moments are in UTC.</summary>
public static class Readable
{
    /// <summary>What stands for a number that there is not.</summary>
    public const string None = "–";

    // Keeps number and unit on one line.
    private const string Space = "\u202f";

    private static readonly (double Size, string Unit)[] Counts = [(1e9, "G"), (1e6, "M"), (1e3, "k")];
    private static readonly (double Size, string Unit)[] Sizes =
        [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")];

    /// <summary>A count or a rate: 0, 4.2, 123, 12.3 k.</summary>
    public static string Amount(double value)
    {
        foreach (var (size, unit) in Counts)
        {
            // 999,950 would be written as 1000 k.
            if (value >= size * 0.9995) return Digits(value / size) + Space + unit;
        }
        return value == Math.Floor(value) ? Text(value, "0") : Digits(value);
    }

    /// <summary>A count in full: 1,234,567.</summary>
    public static string Whole(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A time in seconds: 42 µs, 4.2 ms, 1.24 s; none for null.</summary>
    public static string Duration(double? seconds) => seconds switch
    {
        null => None,
        0 => "0",
        < 0.0009995 => Digits(seconds.Value * 1e6) + Space + "µs",
        < 0.9995 => Digits(seconds.Value * 1e3) + Space + "ms",
        _ => Digits(seconds.Value) + Space + "s",
    };

    /// <summary>Bytes: 512 B, 1.10 GB.</summary>
    public static string Bytes(double bytes)
    {
        foreach (var (size, unit) in Sizes)
        {
            if (bytes >= size * 0.9995) return Digits(bytes / size) + Space + unit;
        }
        return Text(bytes, "0") + Space + "B";
    }

    /// <summary>A share of 1: 4.2 %.</summary>
    public static string Percent(double share) => Digits(share * 100) + Space + "%";

    /// <summary>A time of day.</summary>
    public static string Clock(Instant at) => Moment(at).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A time of day to the minute.</summary>
    public static string Minute(Instant at) => Moment(at).ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>How long it was from one moment to another: 42 s, 12 min, 3 h 05 min, 4 d 2 h.</summary>
    public static string Span(Instant from, Instant to)
    {
        var span = TimeSpan.FromMilliseconds(Math.Max(0, to.UnixMs - from.UnixMs));
        return span switch
        {
            { TotalMinutes: < 1 } => Text(Math.Floor(span.TotalSeconds), "0") + Space + "s",
            { TotalHours: < 1 } => Text(Math.Floor(span.TotalMinutes), "0") + Space + "min",
            { TotalDays: < 1 } => $"{span.Hours}{Space}h {span.Minutes:00}{Space}min",
            _ => $"{span.Days}{Space}d {span.Hours}{Space}h",
        };
    }

    private static DateTimeOffset Moment(Instant at) => DateTimeOffset.FromUnixTimeMilliseconds(at.UnixMs);

    private static string Digits(double value) => Text(value, value switch
    {
        >= 99.95 => "0",
        >= 9.995 => "0.0",
        _ => "0.00",
    });

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
