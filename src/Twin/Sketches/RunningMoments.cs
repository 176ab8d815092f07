namespace DToC.Twin.Sketches;

/// <summary>
/// Mean and variance of a stream in three doubles: count (whole, exact to 2^53), mean, and m2, the sum of
/// squared differences from the mean; all zero at first. They stand anywhere, for example side by side in a
/// state's array. Values must be finite.
/// </summary>
public static class RunningMoments
{
    /// <summary>Adds a value (Welford, Technometrics 4(3), 1962).</summary>
    public static void Add(ref double count, ref double mean, ref double m2, double value)
    {
        count++;
        var before = value - mean;
        mean += before / count;
        m2 += before * (value - mean);
    }

    /// <summary>Sample variance, m2 / (count - 1), at least 0; NaN below two values.</summary>
    public static double Variance(double count, double m2) => count < 2 ? double.NaN : m2 / (count - 1);

    /// <summary>
    /// Makes the first three the moments of both streams together (Chan, Golub and LeVeque, "Updating
    /// formulae and a pairwise algorithm for computing sample variances", 1979).
    /// </summary>
    public static void Merge(
        ref double count, ref double mean, ref double m2, double otherCount, double otherMean, double otherM2)
    {
        if (otherCount == 0) return;
        var total = count + otherCount;
        var apart = otherMean - mean;
        // Weighted from both sides, so that which stream is merged into which changes nothing but the
        // rounding.
        mean = (count * mean + otherCount * otherMean) / total;
        m2 += otherM2 + apart * apart * (count * otherCount / total);
        count = total;
    }
}
