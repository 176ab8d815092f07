namespace DToC.Twin.Models.Trees;

/// <summary>The reasons of an ensemble's score, on the scale of its link.</summary>
internal static class TreeReasons
{
    // Nodes and weights of Gauss and Legendre's rule of 8 points on [-1, 1], those above 0.
    private static readonly (double At, double Weight)[] Rule =
    [
        (0.1834346424956498, 0.3626837833783620), (0.5255324099163290, 0.3137066458778873),
        (0.7966664774136267, 0.2223810344533745), (0.9602898564975363, 0.1012285362903763),
    ];

    public static Explanation Of(TreeEnsemble model, PackedTrees trees, double[] columns)
    {
        var depth = model.Trees.Count == 0 ? 0 : model.Trees.Max(t => t.Depth);
        if (model.Output.Link == MarginLink.Softmax) return OfSoftmax(model, trees, columns, depth);
        var (baseline, values) = OfMargin(model, trees, columns, model.Output.Chosen, depth);
        if (model.Output.Link == MarginLink.Sigmoid)
        {
            baseline *= model.Output.Factor;
            for (var i = 0; i < values.Length; i++) values[i] *= model.Output.Factor;
        }
        return new Explanation(model.Scale, baseline, values);
    }

    private static (double Baseline, double[] Values) OfMargin(
        TreeEnsemble model, PackedTrees trees, double[] columns, int output, int depth)
    {
        var values = new double[model.Inputs.Count];
        var shapley = new TreeShapley(trees, columns, values, depth);
        var baseline = model.Output.StartOf(output);
        var (from, until) = trees.PlacesOf(output);
        for (var place = from; place < until; place++) baseline += shapley.Add(trees.RootAt(place));
        // What a sum in 32 bits loses belongs to no input.
        if (model.Output.Precision == TreePrecision.Single)
            baseline += model.MarginOf(output, columns) - (baseline + values.Sum());
        return (baseline, values);
    }

    /// <summary>
    /// The log-odds of a class are its margin less the logarithm of the sum of e to the others' margins. On the
    /// straight way from the margins' expectations to the margins, each of the others counts as much as its mean
    /// share in that sum (Aumann and Shapley, "Values of Non-Atomic Games", 1974); an input adds to the log-odds
    /// what it adds to the margins, so weighted.
    /// </summary>
    private static Explanation OfSoftmax(TreeEnsemble model, PackedTrees trees, double[] columns, int depth)
    {
        var (count, chosen) = (model.Output.Count, model.Output.Chosen);
        var (from, to) = (new double[count], new double[count]);
        var added = new double[count][];
        for (var k = 0; k < count; k++)
        {
            (from[k], added[k]) = OfMargin(model, trees, columns, k, depth);
            to[k] = from[k] + added[k].Sum();
        }
        var shares = MeanShares(from, to, chosen);
        var values = new double[model.Inputs.Count];
        for (var i = 0; i < values.Length; i++)
        {
            for (var k = 0; k < count; k++) values[i] += (k == chosen ? 1 : -shares[k]) * added[k][i];
        }
        // What the rule of integration leaves over, some 1e-13, belongs to no input.
        return new Explanation(model.Scale, LogOdds(to, chosen) - values.Sum(), values);
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
