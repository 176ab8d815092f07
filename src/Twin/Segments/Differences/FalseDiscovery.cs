namespace DToC.Twin.Segments.Differences;

/// <summary>
/// Corrects for asking many questions at once: Y. Benjamini and Y. Hochberg, "Controlling the False Discovery Rate",
/// Journal of the Royal Statistical Society B 57, 1995. Of what is called a difference at a corrected probability of q,
/// a share of q at most is none on average, where tests are independent or depend on each other positively.
/// </summary>
public static class FalseDiscovery
{
    /// <summary>
    /// Corrected probabilities, in the order given: the smallest q at which each would be called a difference. NaN
    /// stays NaN, and is no question that was asked.
    /// </summary>
    public static double[] Correct(IReadOnlyList<double> probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        var corrected = Enumerable.Repeat(double.NaN, probabilities.Count).ToArray();
        var asked = Enumerable.Range(0, probabilities.Count).Where(i => !double.IsNaN(probabilities[i]))
            .OrderByDescending(i => probabilities[i]).ToList();
        var least = 1.0;
        for (var i = 0; i < asked.Count; i++)
        {
            var rank = asked.Count - i;
            least = Math.Min(least, probabilities[asked[i]] * asked.Count / rank);
            corrected[asked[i]] = least;
        }
        return corrected;
    }
}
