namespace DToC.Twin.Segments;

/// <summary>Entries and exits of a segment.</summary>
/// <param name="Entries">Times a customer entered, of all that there still are.</param>
/// <param name="Exits">Times one of them left.</param>
/// <param name="ByHour">The last <see cref="Hours"/> hours in UTC, the oldest first, the present one last.</param>
/// <param name="ByDay">The last <see cref="Days"/> days in UTC, likewise.</param>
/// <remarks>
/// Each customer remembers the times of its last <see cref="SegmentStanding.MaxMoves"/> moves, over all segments: hours
/// and days have those; the totals have all.
/// </remarks>
public sealed record SegmentMoves(
    long Entries, long Exits, IReadOnlyList<MoveCount> ByHour, IReadOnlyList<MoveCount> ByDay)
{
    /// <summary>Hours that are shown.</summary>
    public const int Hours = 48;

    /// <summary>Days that are shown.</summary>
    public const int Days = 35;
}

/// <summary>Entries and exits within an hour or a day.</summary>
/// <param name="From">Its beginning.</param>
public readonly record struct MoveCount(Instant From, long Entries, long Exits);
