namespace DToC.Twin.Sketches;

/// <summary>
/// How far a value stands out from this customer's own recent values: the distance from their median in
/// robust sigmas (1.4826 times the median absolute deviation), turned into a Huber weight.
/// </summary>
/// <remarks>
/// <para>The state is a span of doubles, zeros at first: the number of values added, then a ring of the
/// latest. With <see cref="DefaultWindow"/> that is as many doubles as two P-squared estimators (Jain and
/// Chlamtac 1985) keep for the median and the MAD. Those, and step estimators such as FAME, were passed over:
/// P-squared moves its inner markers by the height of the outer ones, so one absurd value among dozens drags
/// its median by orders of magnitude; steps settle slowly from a first guess, and a customer has few values.
/// Median and MAD of a window are exact, no value can move them far as long as fewer than half are wild, and
/// a lasting change of level is accepted once it fills half the window.</para>
/// <para>When all values known and the new one are above 0 (amounts, durations) everything is compared in
/// logs: such values spread by ratios, and twice as much is as far as half as much. Otherwise as they
/// are.</para>
/// <para>More than half the values equal makes the MAD 0. Then sigma is 1.2533 times the mean absolute
/// deviation (Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993), and where that is 0 too, one
/// tenth of the level. All zeros have no scale: nothing is an outlier to them. Deterministic in the order of
/// arrival.</para>
/// </remarks>
public static class RobustOutlier
{
    /// <summary>Values known before any is judged.</summary>
    public const int MinimumCount = 8;

    /// <summary>Values remembered unless the caller's span says otherwise.</summary>
    public const int DefaultWindow = 16;

    /// <summary>Most values that can be remembered.</summary>
    public const int MaxWindow = 64;

    /// <summary>Robust sigmas from the median up to which a value has full weight.</summary>
    public const double DefaultCutoff = 3;

    private const double SigmasPerMad = 1.4826022185056018; // 1 / the 3/4 quantile of the standard normal
    private const double SigmasPerMeanDeviation = 1.2533141373155003; // sqrt(pi / 2)
    private const double ShareOfLevel = 0.1;

    // Deviations this small beside the values are what rounding left, not a scale.
    private const double RoundingShare = 1e-12;

    /// <summary>Length of the state's span for a window of so many values.</summary>
    public static int StateLength(int window = DefaultWindow) => 1 + window;

    /// <summary>
    /// Huber weight of a value in (0, 1]: 1 within <paramref name="cutoff"/> robust sigmas of the median,
    /// beyond it cutoff / distance; 1 while fewer than <see cref="MinimumCount"/> values are known. Changes
    /// nothing.
    /// </summary>
    /// <exception cref="ArgumentException">The state's length does not fit a window of 8 to 64
    /// values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN or infinite.</exception>
    public static double Weight(ReadOnlySpan<double> state, double value, double cutoff = DefaultCutoff)
    {
        Check(state.Length, value);
        var known = (int)Math.Min(state[0], state.Length - 1);
        if (known < MinimumCount) return 1;
        Span<double> sorted = stackalloc double[MaxWindow];
        sorted = sorted[..known];
        state.Slice(1, known).CopyTo(sorted);
        InsertionSort(sorted);
        var inLogs = sorted[0] > 0 && value > 0;
        if (inLogs)
        {
            value = Math.Log(value);
            foreach (ref var one in sorted) one = Math.Log(one);
        }
        var median = Median(sorted);
        var sigma = Sigma(sorted, median, inLogs);
        var distance = Math.Abs(value - median);
        if (sigma == 0 || distance <= cutoff * sigma) return 1;
        return Math.Max(cutoff * sigma / distance, double.Epsilon);
    }

    /// <summary>Remembers a value, outlier or not: a lasting change must be able to become normal.</summary>
    /// <exception cref="ArgumentException">The state's length does not fit a window of 8 to 64
    /// values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN or infinite.</exception>
    public static void Add(Span<double> state, double value)
    {
        Check(state.Length, value);
        var place = (int)(state[0] % (state.Length - 1));
        state[1 + place] = value;
        state[0]++;
    }

    private static double Sigma(ReadOnlySpan<double> sorted, double median, bool inLogs)
    {
        Span<double> deviations = stackalloc double[MaxWindow];
        deviations = deviations[..sorted.Length];
        var sum = 0.0;
        for (var i = 0; i < sorted.Length; i++) sum += deviations[i] = Math.Abs(sorted[i] - median);
        InsertionSort(deviations);
        // A log's difference is a ratio already.
        var level = inLogs ? 1 : Math.Max(Math.Abs(sorted[0]), Math.Abs(sorted[^1]));
        var rounding = RoundingShare * level;
        var byMad = SigmasPerMad * Median(deviations);
        if (byMad > rounding) return byMad;
        var byMean = SigmasPerMeanDeviation * sum / sorted.Length;
        if (byMean > rounding) return byMean;
        return inLogs ? ShareOfLevel : ShareOfLevel * Math.Abs(median);
    }

    private static double Median(ReadOnlySpan<double> sorted)
    {
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2;
    }

    // The fastest sort there is for a handful of values, most of which arrive nearly in order.
    private static void InsertionSort(Span<double> values)
    {
        for (var i = 1; i < values.Length; i++)
        {
            var value = values[i];
            var place = i;
            for (; place > 0 && values[place - 1] > value; place--) values[place] = values[place - 1];
            values[place] = value;
        }
    }

    private static void Check(int stateLength, double value)
    {
        if (stateLength is < 1 + MinimumCount or > 1 + MaxWindow)
            throw new ArgumentException(
                $"a state of {stateLength} doubles; it must be {1 + MinimumCount} to {1 + MaxWindow}",
                nameof(stateLength));
        if (!double.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, "a value to judge must be finite");
    }
}
