namespace DToC.Learn.Measures;

/// <summary>How well scores put those an outcome came true for before the others.</summary>
public static class Ranking
{
    /// <summary>
    /// Area under the ROC curve, exactly: the share of pairs of one that came true and one that did not in which the
    /// first has the higher score, ties counting half (J. Hanley and B. McNeil, Radiology 143, 1982). In [0, 1]; NaN
    /// when all outcomes are the same.
    /// </summary>
    /// <param name="scores">Any numbers but NaN.</param>
    /// <param name="outcomes">One a score: 1 or 0.</param>
    /// <exception cref="ArgumentException">They are not equally many, or a score is NaN.</exception>
    public static double Auc(ReadOnlySpan<double> scores, ReadOnlySpan<double> outcomes)
    {
        if (outcomes.Length != scores.Length)
            throw new ArgumentException($"{scores.Length} scores and {outcomes.Length} outcomes.", nameof(outcomes));
        var keys = scores.ToArray();
        var came = outcomes.ToArray();
        if (Array.Exists(keys, double.IsNaN)) throw new ArgumentException("A score is NaN.", nameof(scores));
        Array.Sort(keys, came);
        // Twice the wins, in whole numbers: nothing is rounded.
        long doubledWins = 0;
        long lower = 0;
        for (var from = 0; from < keys.Length;)
        {
            long positives = 0;
            var to = from;
            for (; to < keys.Length && keys[to] == keys[from]; to++)
            {
                if (came[to] > 0.5) positives++;
            }
            var negatives = to - from - positives;
            doubledWins += positives * (2 * lower + negatives);
            (lower, from) = (lower + negatives, to);
        }
        var pairs = lower * (keys.Length - lower);
        return pairs == 0 ? double.NaN : doubledWins / (2.0 * pairs);
    }
}
