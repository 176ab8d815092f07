namespace DToC.Http.Limits;

/// <summary>
/// Whether the managed heap comes near to what the process may have. It is looked at once a second at most.
/// </summary>
/// <param name="maxShare">Share of the available memory from which on it is high.</param>
/// <param name="time">The clock.</param>
/// <param name="read">Bytes of the heap after the last collection, and bytes available to the process.</param>
internal sealed class HeapGauge(double maxShare, TimeProvider time, Func<(long Heap, long Available)> read)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private long _lookedAt;
    private bool _isHigh;

    /// <summary>True while it is high.</summary>
    public bool IsHigh
    {
        get
        {
            var last = Volatile.Read(ref _lookedAt);
            if (last != 0 && time.GetElapsedTime(last) < Interval) return Volatile.Read(ref _isHigh);
            // One looks; the others take what was known.
            if (Interlocked.CompareExchange(ref _lookedAt, Math.Max(1, time.GetTimestamp()), last) != last)
            {
                return Volatile.Read(ref _isHigh);
            }
            var (heap, available) = read();
            Volatile.Write(ref _isHigh, heap > available * maxShare);
            return Volatile.Read(ref _isHigh);
        }
    }

    /// <summary>What the collector says of this process.</summary>
    public static Func<(long Heap, long Available)> OfCollector(double maxShare) => () =>
    {
        var last = GC.GetGCMemoryInfo(GCKind.Any);
        if (last.HeapSizeBytes > last.TotalAvailableMemoryBytes * maxShare)
        {
            // Nothing new comes in, so nothing would cause the collection that shows that there is room again.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Default, blocking: false);
        }
        return (last.HeapSizeBytes, last.TotalAvailableMemoryBytes);
    };
}
