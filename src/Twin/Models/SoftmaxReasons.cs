namespace DToC.Twin.Models;

/// <summary>
/// The reasons of a class's probability, made of the reasons of all classes' margins. The log-odds of a class are its
/// margin less the logarithm of the sum of e to the others' margins. On the straight way from the margins' baselines to
/// the margins, each of the others counts as much as its mean share in that sum (Aumann and Shapley, "Values of
/// Non-Atomic Games", 1974); an input adds to the log-odds what it adds to the margins, so weighted.
/// </summary>
internal static class SoftmaxReasons
{
    // Nodes and weights of Gauss and Legendre's rule of 8 points on [-1, 1], those above 0.
    private static readonly (double At, double Weight)[] Rule =
    [
        (0.1834346424956498, 0.3626837833783620), (0.5255324099163290, 0.3137066458778873),
        (0.7966664774136267, 0.2223810344533745), (0.9602898564975363, 0.1012285362903763),
    ];

    /// <summary>Reasons on the scale of log-odds.</summary>
    /// <param name="margins">Of each class the baseline of its margin, and what each input adds to it.</param>
    /// <param name="chosen">The class.</param>
    public static Explanation Of((double Baseline, double[] Values)[] margins, int chosen)
    {
        var from = margins.Select(m => m.Baseline).ToArray();
        var to = margins.Select(m => m.Baseline + m.Values.Sum()).ToArray();
        var shares = MeanShares(from, to, chosen);
        var values = new double[margins[chosen].Values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            for (var k = 0; k < margins.Length; k++)
                values[i] += (k == chosen ? 1 : -shares[k]) * margins[k].Values[i];
        }
        // What the rule of integration leaves over, some 1e-13, belongs to no input.
        return new Explanation(ReasonScale.LogOdds, LogOdds(to, chosen) - values.Sum(), values);
    }

    /// <summary>The probability of a class: 1 over the sum of e to how much the others are above it.</summary>
    public static double Probability(ReadOnlySpan<double> margins, int chosen)
    {
        var sum = 0.0;
        for (var k = 0; k < margins.Length; k++)
            sum += k == chosen ? 1 : Math.Exp(margins[k] - margins[chosen]);
        return 1 / sum;
    }

    private static double[] MeanShares(double[] from, double[] to, int chosen)
    {
        var (mean, at, shares) = (new double[to.Length], new double[to.Length], new double[to.Length]);
        var changes = to.Zip(from, (t, f) => t - f).ToList();
        // Panels in which no share changes by much.
        var panels = Math.Clamp((int)Math.Min(512, (changes.Max() - changes.Min()) / 2) + 1, 1, 512);
        for (var panel = 0; panel < panels; panel++)
        {
            foreach (var (node, weight) in Rule)
            {
                Add((panel + 0.5 - node / 2) / panels, weight / 2 / panels);
                Add((panel + 0.5 + node / 2) / panels, weight / 2 / panels);
            }
        }
        return mean;

        void Add(double t, double weight)
        {
            for (var k = 0; k < at.Length; k++) at[k] = from[k] + t * (to[k] - from[k]);
            var sum = LogOfSum(at, chosen);
            for (var k = 0; k < at.Length; k++)
            {
                shares[k] = k == chosen ? 0 : Math.Exp(at[k] - sum);
                mean[k] += weight * shares[k];
            }
        }
    }

    private static double LogOdds(double[] margins, int chosen) => margins[chosen] - LogOfSum(margins, chosen);

    // The logarithm of the sum of e to the margins of all classes but one.
    private static double LogOfSum(double[] margins, int without)
    {
        var most = double.NegativeInfinity;
        for (var k = 0; k < margins.Length; k++)
        {
            if (k != without) most = Math.Max(most, margins[k]);
        }
        var sum = 0.0;
        for (var k = 0; k < margins.Length; k++)
        {
            if (k != without) sum += Math.Exp(margins[k] - most);
        }
        return most + Math.Log(sum);
    }
}
