namespace DToC.Learn.Measures;

/// <summary>How probabilities are put into bins to compare them with what came.</summary>
public enum BinKind
{
    /// <summary>Bins of equal width between 0 and 1; some may be empty.</summary>
    EqualWidth,

    /// <summary>Bins of equally many rows; equal probabilities stay in one bin, the one of their first row.</summary>
    EqualMass,
}

/// <summary>A bin of a reliability table.</summary>
/// <param name="Rows">How many rows are in it, 1 or more.</param>
/// <param name="MeanProbability">Mean of their probabilities.</param>
/// <param name="MeanOutcome">Share of their outcomes that came true.</param>
public readonly record struct ReliabilityBin(int Rows, double MeanProbability, double MeanOutcome);

/// <summary>Whether of those given a probability that share came true.</summary>
public static class Reliability
{
    /// <summary>Bins unless told otherwise.</summary>
    public const int Bins = 10;

    /// <summary>The bins that have rows, by rising probability.</summary>
    /// <param name="probabilities">In [0, 1]; one outside or NaN is an error.</param>
    /// <param name="outcomes">One a probability, in [0, 1].</param>
    /// <param name="kind">How the bins are laid.</param>
    /// <param name="bins">How many, 1 or more.</param>
    /// <exception cref="ArgumentException">One of them is not so.</exception>
    public static IReadOnlyList<ReliabilityBin> Table(
        ReadOnlySpan<double> probabilities, ReadOnlySpan<double> outcomes, BinKind kind, int bins = Bins)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        if (outcomes.Length != probabilities.Length)
            throw new ArgumentException(
                $"{probabilities.Length} probabilities and {outcomes.Length} outcomes.", nameof(outcomes));
        var keys = probabilities.ToArray();
        var came = outcomes.ToArray();
        Array.Sort(keys, came);
        var (rows, given, seen) = (new int[bins], new double[bins], new double[bins]);
        var first = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i] is not (>= 0 and <= 1))
                throw new ArgumentException($"{keys[i]} is no probability.", nameof(probabilities));
            if (keys[i] != keys[first]) first = i;
            var bin = kind == BinKind.EqualWidth
                ? Math.Min(bins - 1, (int)(keys[i] * bins))
                : (int)((long)first * bins / keys.Length);
            rows[bin]++;
            given[bin] += keys[i];
            seen[bin] += came[i];
        }
        return
        [
            .. Enumerable.Range(0, bins).Where(b => rows[b] > 0)
                .Select(b => new ReliabilityBin(rows[b], given[b] / rows[b], seen[b] / rows[b])),
        ];
    }

    /// <summary>
    /// Expected calibration error: the mean over rows of how far their bin's mean probability is from the share that
    /// came true (M. Naeini, G. Cooper and M. Hauskrecht, AAAI 2015). In [0, 1]; NaN of nothing. Chance alone gives
    /// some: about 0.01 for 7,000 rows in 10 bins.
    /// </summary>
    /// <inheritdoc cref="Table"/>
    public static double ExpectedCalibrationError(
        ReadOnlySpan<double> probabilities, ReadOnlySpan<double> outcomes, BinKind kind, int bins = Bins)
    {
        var sum = 0.0;
        foreach (var bin in Table(probabilities, outcomes, kind, bins))
            sum += bin.Rows * Math.Abs(bin.MeanProbability - bin.MeanOutcome);
        return sum / probabilities.Length;
    }
}
