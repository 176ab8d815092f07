using DToC.Twin.Models;
using DToC.Twin.Models.Trees;

namespace DToC.Learn.Import;

/// <summary>Linear models of ONNX, and the scaler that may stand before them.</summary>
internal static class OnnxLinear
{
    /// <summary>Reads <c>LinearRegressor</c> or <c>LinearClassifier</c>.</summary>
    /// <param name="node">The operator.</param>
    /// <param name="origin">For the card.</param>
    /// <param name="inputs">Names of the features.</param>
    /// <param name="scaler">The <c>Scaler</c> before it: (feature - offset) * scale; null when there is none.</param>
    public static ImportedLinear Read(OnnxNode node, string origin, string[] inputs, OnnxNode? scaler)
    {
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
        if (scaler is not null) Scale(scaler, inputs.Length, outputs, weights, intercepts);
        return new ImportedLinear(origin, inputs, intercepts, weights, [], link) { HasClasses = isClassifier };
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

    private static void Scale(OnnxNode scaler, int inputs, int outputs, double[] weights, double[] intercepts)
    {
        var (offsets, scales) = (Row("offset", 0), Row("scale", 1));
        for (var k = 0; k < outputs; k++)
        {
            for (var i = 0; i < inputs; i++)
            {
                ref var weight = ref weights[k * inputs + i];
                weight *= scales[i];
                intercepts[k] -= weight * offsets[i];
            }
        }

        double[] Row(string name, double otherwise)
        {
            var row = scaler.Numbers(name);
            return row.Length == inputs ? row
                : row.Length < 2 ? [.. Enumerable.Repeat(row.Length == 1 ? row[0] : otherwise, inputs)]
                : throw new InvalidDataException($"Scaler: '{name}' has {row.Length} numbers for {inputs} features.");
        }
    }
}
