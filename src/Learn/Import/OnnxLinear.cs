using DToC.Twin.Models;
using DToC.Twin.Models.Trees;

namespace DToC.Learn.Import;

/// <summary>Linear models of ONNX, with what is done to their columns before them.</summary>
internal static class OnnxLinear
{
    /// <summary>Reads <c>LinearRegressor</c> or <c>LinearClassifier</c>.</summary>
    /// <param name="node">The operator.</param>
    /// <param name="origin">For the card.</param>
    /// <param name="columns">What it reads.</param>
    public static ImportedLinear Read(OnnxNode node, string origin, IReadOnlyList<OnnxColumn> columns)
    {
        string[] inputs = [.. columns.Select(column => column.Name)];
        var isClassifier = node.Operator == "LinearClassifier";
        var outputs = isClassifier
            ? Onnx.Classes(node, "classlabels_ints", "classlabels_strings")
            : (int)Math.Clamp(node.Integer("targets", 1), 1, TreeOutput.MaxCount);
        node.Ignore("multi_class");
        var weights = node.Numbers("coefficients");
        var intercepts = node.Numbers("intercepts");
        var link = Onnx.LinkOf(node, node.Text("post_transform", "NONE"));
        // Two classes of one row: the second's.
        if (isClassifier && outputs == 2 && weights.Length == inputs.Length) outputs = 1;
        if (intercepts.Length == 0) intercepts = new double[outputs];
        if (weights.Length != (long)outputs * inputs.Length || intercepts.Length != outputs)
        {
            throw new InvalidDataException(
                $"{node.Operator}: {weights.Length} coefficients and {intercepts.Length} intercepts for {outputs} "
                + $"outputs of {inputs.Length} features.");
        }
        if (link == MarginLink.Softmax && outputs == 1)
            throw new InvalidDataException($"{node.Operator}: a SOFTMAX of one class.");
        // Of a pair of opposite rows the second says all: their probabilities add up to 1.
        if (isClassifier && outputs == 2 && link == MarginLink.Sigmoid && AreOpposite(weights, intercepts))
            (outputs, weights, intercepts) = (1, weights[inputs.Length..], intercepts[1..]);
        Unscale(columns, outputs, weights, intercepts);
        double[] missing = columns.Any(column => column.Missing() is not null)
            ? [.. columns.Select(column => column.Missing() ?? 0)]
            : [];
        return new ImportedLinear(origin, inputs, intercepts, weights, missing, link) { HasClasses = isClassifier };
    }

    private static bool AreOpposite(double[] weights, double[] intercepts)
    {
        var half = weights.Length / 2;
        for (var i = 0; i < half; i++)
        {
            if (weights[i] != -weights[half + i]) return false;
        }
        return intercepts[0] == -intercepts[1];
    }

    private static void Unscale(
        IReadOnlyList<OnnxColumn> columns, int outputs, double[] weights, double[] intercepts)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            var (factor, shift) = columns[i].Affine();
            for (var k = 0; k < outputs; k++)
            {
                ref var weight = ref weights[k * columns.Count + i];
                intercepts[k] += weight * shift;
                weight *= factor;
            }
        }
    }
}
