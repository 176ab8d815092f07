namespace DToC.Twin.Models.Trees;

/// <summary>The reasons of an ensemble's score, on the scale of its link.</summary>
internal static class TreeReasons
{
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

    private static Explanation OfSoftmax(TreeEnsemble model, PackedTrees trees, double[] columns, int depth)
    {
        var margins = new (double Baseline, double[] Values)[model.Output.Count];
        for (var k = 0; k < margins.Length; k++) margins[k] = OfMargin(model, trees, columns, k, depth);
        return SoftmaxReasons.Of(margins, model.Output.Chosen);
    }
}
