namespace DToC.Twin.Segments;

/// <summary>
/// Entries and exits of a segment: all that ever were, and by hour and day those that customers remember.
/// </summary>
internal sealed class MoveTally
{
    // More than a reading shows, so that what one shows does not hang on which move was the newest.
    private const int HoursKept = 3 * SegmentMoves.Hours;
    private const int DaysKept = 3 * SegmentMoves.Days;

    private readonly SortedList<long, (long In, long Out)> _hours = [];
    private readonly SortedList<long, (long In, long Out)> _days = [];

    /// <summary>Times a customer that there still is has entered.</summary>
    public long Entries { get; set; }

    /// <summary>A customer's move comes or goes.</summary>
    public void Add(in SegmentMove move, int sign)
    {
        Add(_hours, move.At.UnixMs / Instant.HourMs, HoursKept, move.IsEntry, sign);
        Add(_days, move.At.UnixMs / Instant.DayMs, DaysKept, move.IsEntry, sign);
    }

    /// <summary>Adds all of another.</summary>
    public void Add(MoveTally other)
    {
        Entries += other.Entries;
        Add(_hours, other._hours);
        Add(_days, other._days);
    }

    /// <summary>By hour and by day up to a moment.</summary>
    /// <param name="left">How many entries were followed by an exit.</param>
    /// <param name="now">The moment.</param>
    public SegmentMoves Read(long left, Instant now) => new(
        Entries, left,
        Read(_hours, now.UnixMs / Instant.HourMs, SegmentMoves.Hours, Instant.HourMs),
        Read(_days, now.UnixMs / Instant.DayMs, SegmentMoves.Days, Instant.DayMs));

    private static void Add(
        SortedList<long, (long In, long Out)> buckets, long bucket, int kept, bool isEntry, int sign)
    {
        // What is too old for any reading was let go of, and is not taken away again.
        if (buckets.Count > 0 && bucket <= buckets.GetKeyAtIndex(buckets.Count - 1) - kept) return;
        var (entered, left) = buckets.GetValueOrDefault(bucket);
        buckets[bucket] = isEntry ? (entered + sign, left) : (entered, left + sign);
        while (buckets.GetKeyAtIndex(0) <= buckets.GetKeyAtIndex(buckets.Count - 1) - kept) buckets.RemoveAt(0);
    }

    private static void Add(
        SortedList<long, (long In, long Out)> into, SortedList<long, (long In, long Out)> from)
    {
        foreach (var (bucket, (entered, left)) in from)
        {
            var known = into.GetValueOrDefault(bucket);
            into[bucket] = (known.In + entered, known.Out + left);
        }
    }

    private static MoveCount[] Read(
        SortedList<long, (long In, long Out)> buckets, long newest, int count, long widthMs)
    {
        var read = new MoveCount[count];
        for (var i = 0; i < count; i++)
        {
            var bucket = newest - count + 1 + i;
            var (entered, left) = buckets.GetValueOrDefault(bucket);
            read[i] = new MoveCount(new Instant(bucket * widthMs), entered, left);
        }
        return read;
    }
}
