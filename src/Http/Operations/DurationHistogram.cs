using System.Globalization;

namespace DToC.Http.Operations;

/// <summary>Durations in buckets, in seconds.</summary>
internal sealed class DurationHistogram
{
    private static readonly double[] Bounds =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly long[] _counts = new long[Bounds.Length + 1];
    private readonly Lock _adding = new();
    private double _sum;
    private long _count;

    /// <summary>Durations added.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Adds a duration.</summary>
    public void Observe(double seconds)
    {
        var bucket = 0;
        while (bucket < Bounds.Length && seconds > Bounds[bucket]) bucket++;
        lock (_adding)
        {
            _counts[bucket]++;
            _sum += seconds;
            _count++;
        }
    }

    /// <summary>Writes buckets (each with all before it), sum and count.</summary>
    public void Write(MetricsText text, string name, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var counts = new long[_counts.Length];
        double sum;
        lock (_adding)
        {
            _counts.CopyTo(counts, 0);
            sum = _sum;
        }
        var total = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            total += counts[i];
            var bound = i < Bounds.Length ? Bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            text.Sample($"{name}_bucket", total, [.. labels, ("le", bound)]);
        }
        text.Sample($"{name}_sum", sum, labels);
        text.Sample($"{name}_count", total, labels);
    }
}
