using System.Numerics;

namespace DToC.Grains;

/// <summary>
/// How often durations of each size were seen, in buckets whose width grows with the duration: four to each
/// doubling, so a quantile is off by at most an eighth of itself. A later count less an earlier one is the count
/// of the time between.
/// </summary>
/// <param name="Counts">
/// One number a bucket, <see cref="Buckets"/> of them; none at all when nothing was measured.
/// </param>
/// <param name="SumSeconds">All durations added up, in seconds.</param>
public sealed record DurationCounts(IReadOnlyList<long> Counts, double SumSeconds)
{
    /// <summary>Buckets of a count. The last one also holds whatever is longer than 67 s.</summary>
    public const int Buckets = 100;

    private const int PartsBits = 2; // four parts to each doubling
    private const int Parts = 1 << PartsBits;

    /// <summary>Nothing measured.</summary>
    public static readonly DurationCounts None = new([], 0);

    /// <summary>Durations counted.</summary>
    public long Count
    {
        get
        {
            var count = 0L;
            foreach (var n in Counts) count += n;
            return count;
        }
    }

    /// <summary>The bucket of a duration; one below zero counts as zero.</summary>
    /// <param name="microseconds">The duration in whole microseconds.</param>
    public static int BucketOf(long microseconds)
    {
        if (microseconds < Parts) return (int)Math.Max(0, microseconds);
        var doubling = BitOperations.Log2((ulong)microseconds) - PartsBits;
        var part = (int)(microseconds >> doubling) - Parts;
        return Math.Min(Buckets - 1, (doubling + 1) * Parts + part);
    }

    /// <summary>
    /// Where a bucket begins, in microseconds; the one before ends there. Bucket <see cref="Buckets"/> gives the
    /// end of the last one.
    /// </summary>
    public static long Begin(int bucket)
    {
        if (bucket < Parts) return bucket;
        var (doubling, part) = (bucket / Parts - 1, bucket % Parts);
        return (long)(Parts + part) << doubling;
    }

    /// <summary>What was counted since an earlier count of the same durations.</summary>
    public DurationCounts Since(DurationCounts earlier)
    {
        if (earlier.Counts.Count == 0) return this;
        var counts = new long[Counts.Count];
        for (var i = 0; i < counts.Length; i++) counts[i] = Counts[i] - earlier.Counts[i];
        return new DurationCounts(counts, SumSeconds - earlier.SumSeconds);
    }

    /// <summary>Both together.</summary>
    public DurationCounts And(DurationCounts other)
    {
        if (Counts.Count == 0) return other;
        if (other.Counts.Count == 0) return this;
        var counts = new long[Counts.Count];
        for (var i = 0; i < counts.Length; i++) counts[i] = Counts[i] + other.Counts[i];
        return new DurationCounts(counts, SumSeconds + other.SumSeconds);
    }

    /// <summary>
    /// The duration that a share of those counted does not exceed, in seconds, straight between the ends of its
    /// bucket; null when none was counted.
    /// </summary>
    /// <param name="share">0 to 1; 0.5 for the median.</param>
    public double? Quantile(double share)
    {
        var rank = share * Count;
        if (Count == 0) return null;
        var before = 0L;
        for (var i = 0; i < Counts.Count; i++)
        {
            var here = Counts[i];
            if (here > 0 && before + here >= rank)
            {
                var part = Math.Clamp((rank - before) / here, 0, 1);
                return (Begin(i) + part * (Begin(i + 1) - Begin(i))) / 1e6;
            }
            before += here;
        }
        throw new InvalidOperationException("A share above 1 has no quantile."); // before holds all by now
    }
}
