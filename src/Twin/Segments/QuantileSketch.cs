namespace DToC.Twin.Segments;

/// <summary>
/// The buckets of a quantile sketch: DDSketch (Masson, Rim, Lee: DDSketch, VLDB 2019), whose quantiles are off by at
/// most <see cref="RelativeError"/> of their value. A bucket is a count, so what was added can be taken away again, and
/// two sketches add bucket by bucket.
/// </summary>
public static class QuantileSketch
{
    /// <summary>By so much of itself a quantile may be off.</summary>
    public const double RelativeError = 0.01;

    /// <summary>Buckets of one sketch, numbered from 0.</summary>
    public const int Buckets = 4_096;

    private const int Zero = Buckets / 2;
    private const double Gamma = (1 + RelativeError) / (1 - RelativeError);

    private static readonly double PerLogGamma = 1 / Math.Log(Gamma);

    /// <summary>
    /// The bucket of a value: i holds what is above gamma^(i-1) and at most gamma^i (section 2.1); values below 0
    /// mirror it.
    /// </summary>
    /// <param name="value">Within plus and minus <see cref="MeasurePlan.Largest"/>.</param>
    public static int BucketOf(long value)
    {
        if (value == 0) return Zero;
        var index = (int)Math.Ceiling(Math.Log(Math.Abs((double)value)) * PerLogGamma) + 1;
        return value > 0 ? Zero + index : Zero - index;
    }

    /// <summary>The value that stands for a bucket: 2 gamma^i / (gamma + 1), as of lemma 2.</summary>
    public static double ValueOf(int bucket)
    {
        if (bucket == Zero) return 0;
        var magnitude = 2 * Math.Pow(Gamma, Math.Abs(bucket - Zero) - 1) / (Gamma + 1);
        return bucket > Zero ? magnitude : -magnitude;
    }

    /// <summary>
    /// The q-quantile of counted buckets: of n values in order the one at rank floor(q (n - 1)), as in section 2.
    /// NaN where nothing is counted.
    /// </summary>
    /// <param name="counts">By bucket.</param>
    /// <param name="q">In [0, 1].</param>
    public static double Quantile(ReadOnlySpan<long> counts, double q)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(q);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(q, 1);
        var total = 0L;
        foreach (var count in counts) total += count;
        if (total == 0) return double.NaN;
        var rank = (long)Math.Floor(q * (total - 1));
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            rank -= counts[bucket];
            if (rank < 0) return ValueOf(bucket);
        }
        return double.NaN;
    }
}
