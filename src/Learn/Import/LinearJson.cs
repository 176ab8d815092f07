using System.Text.Json;
using DToC.Twin.Models;

namespace DToC.Learn.Import;

/// <summary>
/// Reads a linear model as JSON, a form of our own that any tool can write:
/// <code>
/// { "linear": 1, "link": "sigmoid", "inputs": ["age", "visits"], "intercept": -1.5, "weights": [0.02, 0.4],
///   "means": [40, 3], "scales": [12, 2] }
/// </code>
/// margin = intercept + the sum of weight * (input - mean) / scale. <c>linear</c> is the version of the form;
/// <c>link</c> is identity, sigmoid, exp or softmax; <c>means</c> and <c>scales</c> may be left out; a missing input is
/// taken for its mean. Several outputs have <c>outputs</c>: a list of objects with <c>intercept</c> and <c>weights</c>.
/// </summary>
internal static class LinearJson
{
    private const int Version = 1;

    /// <summary>Reads it.</summary>
    public static ImportedLinear Read(JsonElement document)
    {
        var root = new ModelFields(document, "model");
        var version = root.Integer("linear", 0, int.MaxValue);
        if (version != Version)
            throw new InvalidDataException($"model.linear: version {version} is not known; {Version} is.");
        var link = root.Word<MarginLink>("link");
        var inputs = root.Texts("inputs");
        var means = Row(root, "means", inputs.Length);
        var scales = Row(root, "scales", inputs.Length);
        if (scales.Contains(0)) throw new InvalidDataException("model.scales: a scale is 0; it may not be.");
        IReadOnlyList<ModelFields> outputs = [root];
        if (root.Names.Contains("outputs", StringComparer.Ordinal)) outputs = root.List("outputs");
        var (intercepts, weights) = (new List<double>(), new List<double>());
        foreach (var output in outputs)
        {
            var intercept = output.Number("intercept");
            var own = Row(output, "weights", inputs.Length);
            if (own.Length == 0) throw new InvalidDataException($"{output.Path}: 'weights' is missing.");
            for (var i = 0; i < own.Length; i++)
            {
                var weight = scales.Length == 0 ? own[i] : own[i] / scales[i];
                if (means.Length > 0) intercept -= weight * means[i];
                weights.Add(weight);
            }
            intercepts.Add(intercept);
            if (output != root) output.End();
        }
        root.End();
        return new ImportedLinear("linear JSON", inputs, [.. intercepts], [.. weights], means, link)
        {
            HasClasses = link == MarginLink.Softmax,
        };
    }

    // As long as there are inputs, or none.
    private static double[] Row(ModelFields fields, string name, int inputs)
    {
        var values = fields.NumbersOrNone(name);
        return values.Length == inputs || values.Length == 0
            ? values
            : throw new InvalidDataException($"{fields.Path}.{name}: {values.Length} numbers for {inputs} inputs.");
    }
}
