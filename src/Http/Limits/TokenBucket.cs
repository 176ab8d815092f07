namespace DToC.Http.Limits;

/// <summary>
/// A token bucket that holds what a second brings, kept as one number, the moment at which it is full again: the
/// generic cell rate algorithm (ITU-T I.371, annex A.1). Taking is one exchange; nothing is locked or allocated.
/// </summary>
/// <param name="perSecond">Tokens a second, and the most it holds; at least 1.</param>
/// <param name="time">The clock.</param>
internal sealed class TokenBucket(int perSecond, TimeProvider time)
{
    private long _fullAt = time.GetTimestamp();

    /// <summary>Tokens a second.</summary>
    public int PerSecond => perSecond;

    /// <summary>Tokens that are there now.</summary>
    public int Left =>
        (int)Math.Max(0, perSecond - Math.Ceiling(perSecond * (double)Missing / time.TimestampFrequency));

    /// <summary>Time until it is full, if nothing is taken.</summary>
    public TimeSpan UntilFull => Span(Missing);

    private long Missing => Math.Max(0, Volatile.Read(ref _fullAt) - time.GetTimestamp());

    /// <summary>
    /// Takes tokens if they are there. More than it ever holds are taken from a full bucket, which then stays empty
    /// for as long as they take to come.
    /// </summary>
    /// <returns>When they will be there; null when they were taken.</returns>
    public TimeSpan? TryTake(int count) => Take(count, mayOwe: false) is { Ticks: > 0 } wait ? wait : null;

    /// <summary>Takes tokens even if they are not there, and says how long the taker has to wait for them.</summary>
    public TimeSpan Owe(int count) => Take(count, mayOwe: true);

    private TimeSpan Take(int count, bool mayOwe)
    {
        var full = time.TimestampFrequency;
        // A token is rounded up, so that rounding never gives more than was asked for.
        var cost = (long)Math.Ceiling((double)count * full / perSecond);
        while (true)
        {
            var known = Volatile.Read(ref _fullAt);
            var now = time.GetTimestamp();
            var missing = Math.Max(0, known - now);
            var wait = missing + Math.Min(cost, full) - full;
            if (wait > 0 && !mayOwe) return Span(wait);
            if (Interlocked.CompareExchange(ref _fullAt, now + missing + cost, known) != known) continue;
            return wait > 0 ? Span(wait) : TimeSpan.Zero;
        }
    }

    private TimeSpan Span(long stamps) =>
        TimeSpan.FromTicks((long)Math.Ceiling(stamps * (double)TimeSpan.TicksPerSecond / time.TimestampFrequency));
}
