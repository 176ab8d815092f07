using DToC.Grains;

namespace DToC.Embedded.Watching;

/// <summary>Counts durations; read by any thread. Allocates nothing but when it is read.</summary>
/// <param name="ticksPerSecond">The unit of what is added, see <see cref="TimeProvider.TimestampFrequency"/>.</param>
internal sealed class DurationCounter(long ticksPerSecond)
{
    private readonly long[] _counts = new long[DurationCounts.Buckets];
    private readonly long _ticksPerMicrosecond = Math.Max(1, ticksPerSecond / 1_000_000);
    private long _ticks;

    /// <summary>Adds one; by one thread only, for which it costs two plain writes.</summary>
    public void Add(long ticks)
    {
        ref var count = ref _counts[DurationCounts.BucketOf(ticks / _ticksPerMicrosecond)];
        Volatile.Write(ref count, count + 1);
        Volatile.Write(ref _ticks, _ticks + ticks);
    }

    /// <summary>Adds one; by any thread.</summary>
    public void AddShared(long ticks)
    {
        Interlocked.Increment(ref _counts[DurationCounts.BucketOf(ticks / _ticksPerMicrosecond)]);
        Interlocked.Add(ref _ticks, ticks);
    }

    /// <summary>All that was added so far, but perhaps the very last.</summary>
    public DurationCounts Read()
    {
        var counts = new long[_counts.Length];
        for (var i = 0; i < counts.Length; i++) counts[i] = Volatile.Read(ref _counts[i]);
        return new DurationCounts(counts, Volatile.Read(ref _ticks) / (double)ticksPerSecond);
    }
}
