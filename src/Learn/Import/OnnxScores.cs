using DToC.Twin.Models;

namespace DToC.Learn.Import;

/// <summary>What an ONNX graph makes of the numbers of its model: link(Factor * number + Shift).</summary>
/// <param name="Factor">Never 0.</param>
/// <param name="Shift">What is added.</param>
/// <param name="Link">Null when the model's own is the last.</param>
/// <param name="Column">The column that is chosen; null for all.</param>
/// <param name="Length">How many operators have changed the numbers.</param>
internal sealed record OnnxScores(double Factor, double Shift, MarginLink? Link, int? Column, int Length)
{
    private const int MaxSteps = 256;
    private const int Single = 1;
    private const int Double = 11;

    private static readonly string[] Labels = ["Binarizer", "ArgMax"];

    private static readonly string[] Known =
    [
        "Cast", "Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "ZipMap", "Normalizer", "Mul", "Add", "Div",
        "Sub", "Sigmoid", "Exp", "Softmax", "ArrayFeatureExtractor", "Gather", .. Labels,
    ];

    private static readonly OnnxScores AsTheyAre = new(1, 0, null, null, 0);

    /// <summary>
    /// Follows the model's numbers to the graph's outputs. Of several that come of them the one counts that most is
    /// done for: beside a probability stands the margin it was made of, and a label.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="value">The model's numbers.</param>
    /// <param name="isOne">Whether the model's own outputs add up to 1 already.</param>
    public static OnnxScores Behind(OnnxGraph graph, string value, bool isOne)
    {
        var ends = new List<OnnxScores>();
        var steps = 0;
        Follow(value, AsTheyAre);
        var most = ends.Count == 0 ? 0 : ends.Max(end => end.Length);
        var found = ends.Where(end => end.Length == most).Distinct().ToList();
        return found.Count switch
        {
            0 => AsTheyAre,
            1 => found[0],
            _ => throw new InvalidDataException("The graph makes several scores of one model; one goes."),
        };

        void Follow(string at, OnnxScores scores)
        {
            if (++steps > MaxSteps)
                throw new InvalidDataException("There are too many operators behind the model.");
            if (graph.IsOutput(at)) ends.Add(scores);
            foreach (var node in graph.Readers(at))
            {
                if (!Known.Contains(node.Operator, StringComparer.Ordinal))
                    throw OnnxNode.Unknown(node, "behind", Known);
                if (Labels.Contains(node.Operator, StringComparer.Ordinal)) continue;
                var next = scores.Then(graph, node, at, isOne);
                node.End();
                if (node.Outputs.Count > 0) Follow(node.Outputs[0], next);
            }
        }
    }

    private OnnxScores Then(OnnxGraph graph, OnnxNode node, string value, bool isOne)
    {
        switch (node.Operator)
        {
            case "Cast":
                var type = node.Integer("to", Single);
                node.Ignore("saturate", "round_mode");
                return type is Single or Double
                    ? this
                    : throw new InvalidDataException($"Cast: one to type {type} behind the model is not known.");
            case "Mul": return Scaled(node, graph.Beside(node, value), factor => factor);
            case "Div": return Scaled(node, graph.Beside(node, value), factor => 1 / factor);
            case "Add": return Shifted(node, graph.Beside(node, value), 1);
            case "Sub": return Shifted(node, graph.Beside(node, value), -1);
            case "Sigmoid": return Linked(node, MarginLink.Sigmoid);
            case "Exp": return Linked(node, MarginLink.Exp);
            case "Softmax":
                node.Ignore("axis");
                return Linked(node, MarginLink.Softmax);
            case "ArrayFeatureExtractor" or "Gather":
                node.Ignore("axis");
                return Taking(node, graph.Constant(node, 1));
            case "Normalizer":
                var isKept = Length == 0 ? isOne : Link == MarginLink.Softmax;
                return node.Text("norm", "MAX") == "L1" && isKept
                    ? this
                    : throw new InvalidDataException("A Normalizer that changes the scores before it is not known.");
            default:
                node.Ignore(
                    "axis", "axes", "shape", "allowzero", "classlabels_int64s", "classlabels_strings");
                return this;
        }
    }

    private OnnxScores Scaled(OnnxNode node, double[] constant, Func<double, double> factorOf)
    {
        var factor = factorOf(NumberOf(node, constant));
        return double.IsFinite(factor) && factor != 0
            ? this with { Factor = Factor * factor, Shift = Shift * factor, Length = Length + 1 }
            : throw new InvalidDataException($"{node.Operator}: {constant[0]} leaves nothing of the score.");
    }

    private OnnxScores Shifted(OnnxNode node, double[] constant, int sign) =>
        this with { Shift = Shift + sign * NumberOf(node, constant), Length = Length + 1 };

    private OnnxScores Linked(OnnxNode node, MarginLink link)
    {
        CheckIsMargin(node);
        return this with { Link = link, Length = Length + 1 };
    }

    private OnnxScores Taking(OnnxNode node, double[] places) => places is [>= 0 and < 1_024] && Column is null
        ? this with { Column = (int)places[0], Length = Length + 1 }
        : throw new InvalidDataException($"{node.Operator}: it takes {places.Length} of the scores; one goes, once.");

    private double NumberOf(OnnxNode node, double[] constant)
    {
        CheckIsMargin(node);
        return constant is [var number]
            ? number
            : throw new InvalidDataException($"{node.Operator}: {constant.Length} numbers; one is known.");
    }

    private void CheckIsMargin(OnnxNode node)
    {
        if (Link is not null)
            throw new InvalidDataException($"The operator '{node.Operator}' behind {Link} is not known.");
    }
}
