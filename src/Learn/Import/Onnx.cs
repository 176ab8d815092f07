using DToC.Twin.Models;
using DToC.Twin.Models.Trees;

namespace DToC.Learn.Import;

/// <summary>
/// Reads an ONNX model (<c>onnx.proto3</c>) of one tree ensemble or linear model of the ML operators, and what
/// exporters such as Microsoft.ML put around it: joins, scalers and what fills gaps before it, a calibrator and what
/// names or normalises probabilities behind it. Trees compute in 32 bits, as in the runtime.
/// </summary>
internal static class Onnx
{
    private const int MaxOperatorSet = 5;

    private static readonly string[] Models =
        ["TreeEnsembleRegressor", "TreeEnsembleClassifier", "TreeEnsemble", "LinearRegressor", "LinearClassifier"];

    private static readonly string[] Aggregates = ["AVERAGE", "SUM", "MIN", "MAX"];
    private static readonly string[] Posts = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"];

    /// <summary>Whether a file starts as this form does: with the version of its form, as field 1.</summary>
    public static bool IsIt(ReadOnlySpan<byte> bytes) => bytes.Length > 2 && bytes[0] == 8 && bytes[1] is > 2 and < 64;

    /// <summary>Reads it.</summary>
    public static ImportedModel Read(ReadOnlyMemory<byte> bytes)
    {
        var model = new ProtoMessage(bytes, "the model");
        CheckVersions(model);
        var graph = new OnnxGraph(
            model.MessageOrNull(7, "the graph") ?? throw new InvalidDataException("The model has no graph."));
        var found = graph.Nodes.Where(n => Models.Contains(n.Operator, StringComparer.Ordinal)).ToList();
        if (found.Count != 1)
        {
            var operators = graph.Nodes.Select(n => n.Operator).Distinct(StringComparer.Ordinal);
            throw new InvalidDataException(
                $"The graph has {found.Count} models among {string.Join(", ", operators)}; one of "
                + $"{string.Join(", ", Models)} is known.");
        }
        var columns = OnnxColumns.Of(graph, found[0]);
        var origin = $"ONNX {found[0].Operator}";
        if (model.Text(2) is { Length: > 0 } producer) origin += $" of {producer} {model.Text(3)}".TrimEnd();
        ImportedModel read = found[0].Operator.StartsWith("Linear", StringComparison.Ordinal)
            ? OnnxLinear.Read(found[0], origin, columns)
            : Trees(found[0], origin, columns);
        found[0].End();
        // Classifiers make a label, then scores.
        var scores = found[0].Operator.EndsWith("Classifier", StringComparison.Ordinal) ? 1 : 0;
        return scores < found[0].Outputs.Count
            ? read.Behind(OnnxScores.Behind(graph, found[0].Outputs[scores], AddsUpToOne(read)))
            : read;
    }

    /// <summary>The link of a <c>post_transform</c>.</summary>
    public static MarginLink LinkOf(OnnxNode node, string post) => post switch
    {
        "NONE" => MarginLink.Identity,
        "LOGISTIC" => MarginLink.Sigmoid,
        "SOFTMAX" => MarginLink.Softmax,
        _ => throw new InvalidDataException(
            $"{node.Operator}: the post_transform '{post}' is not known; NONE, LOGISTIC and SOFTMAX are."),
    };

    /// <summary>How many classes a classifier has.</summary>
    public static int Classes(OnnxNode node, string integers, string texts)
    {
        var count = Math.Max(node.Integers(integers).Length, node.Texts(texts).Count);
        return count is > 0 and <= TreeOutput.MaxCount
            ? count
            : throw new InvalidDataException(
                $"{node.Operator}: it has {count} classes; 1 to {TreeOutput.MaxCount} go.");
    }

    private static void CheckVersions(ProtoMessage model)
    {
        if (model.Has(25)) throw new InvalidDataException("Functions of the model's own are not known.");
        foreach (var set in model.Messages(8, "an operator set"))
        {
            var version = set.Integer(2);
            if (set.Text(1) == "ai.onnx.ml" && version is < 1 or > MaxOperatorSet)
            {
                throw new InvalidDataException(
                    $"Version {version} of ai.onnx.ml is not known; 1 to {MaxOperatorSet} are.");
            }
        }
    }

    private static bool AddsUpToOne(ImportedModel model) => model switch
    {
        ImportedTrees { Output: { Link: MarginLink.Softmax } or { Count: 1, Link: MarginLink.Sigmoid } } => true,
        ImportedLinear { Link: MarginLink.Softmax } => true,
        ImportedLinear { Link: MarginLink.Sigmoid, Intercepts.Length: 1 } => true,
        _ => false,
    };

    private static string Word(string[] words, long place) =>
        place >= 0 && place < words.Length ? words[place] : $"{place}";

    private static ImportedTrees Trees(OnnxNode node, string origin, IReadOnlyList<OnnxColumn> columns)
    {
        var isFive = node.Operator == "TreeEnsemble";
        var isClassifier = node.Operator == "TreeEnsembleClassifier";
        var outputs = isClassifier
            ? Classes(node, "classlabels_int64s", "classlabels_strings")
            : (int)Math.Clamp(node.Integer("n_targets", 1), 0, TreeOutput.MaxCount);
        var trees = isFive ? OnnxTrees.ReadFive(node, outputs, columns)
            : OnnxTrees.Read(node, isClassifier ? "class" : "target", outputs, columns);
        // Words in older operators, places in these lists in the newest.
        var aggregate = isFive
            ? Word(Aggregates, node.Integer("aggregate_function", 1))
            : node.Text("aggregate_function", "SUM");
        if (aggregate is not ("SUM" or "AVERAGE"))
        {
            throw new InvalidDataException(
                $"{node.Operator}: the aggregate_function '{aggregate}' is not known; SUM and AVERAGE are.");
        }
        var post = isFive ? Word(Posts, node.Integer("post_transform", 0)) : node.Text("post_transform", "NONE");
        var link = LinkOf(node, post);
        var start = isFive ? [] : node.Numbers("base_values");
        // Of two classes the leaves may tell of one alone: the scores are then of the second.
        if (isClassifier && outputs == 2 && trees.Select(tree => tree.Output).Distinct().Count() == 1)
        {
            (outputs, start) = (1, start.Length == 2 ? [start[1]] : start);
            trees = [.. trees.Select(t => new DecisionTree(t.Splits, t.Leaves, 0, t.Weight, t.Sets))];
            if (link == MarginLink.Softmax) throw new InvalidDataException($"{node.Operator}: a SOFTMAX of one class.");
        }
        if (aggregate == "AVERAGE")
        {
            var roots = isFive ? node.Integers("tree_roots").Length : node.Integers("nodes_treeids").Distinct().Count();
            trees = [.. trees.Select(t => new DecisionTree(t.Splits, t.Leaves, t.Output, 1.0 / roots, t.Sets))];
        }
        var output = new TreeOutput
        {
            Count = outputs,
            Link = link,
            Start = start,
            Precision = TreePrecision.Single,
        };
        // A tree of theirs is one a target here: of rounds nothing is known.
        return new ImportedTrees(
            origin, [.. columns.Select(column => column.Name)], trees, output, Math.Max(1, trees.Count))
        {
            HasClasses = isClassifier,
        };
    }
}
