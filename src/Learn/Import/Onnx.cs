using DToC.Twin.Models;
using DToC.Twin.Models.Trees;

namespace DToC.Learn.Import;

/// <summary>
/// Reads an ONNX model (<c>onnx.proto3</c>) of one tree ensemble or linear model of the ML operators, and what
/// exporters put around it: casts and joins before it, a scaler before a linear model, and after it what names or
/// normalises probabilities. Trees compute in 32 bits, as in the runtime.
/// </summary>
internal static class Onnx
{
    private const int MaxOperatorSet = 5;

    private static readonly string[] Models =
        ["TreeEnsembleRegressor", "TreeEnsembleClassifier", "TreeEnsemble", "LinearRegressor", "LinearClassifier"];

    private static readonly string[] Before = ["Cast", "Identity", "Concat", "Scaler"];
    private static readonly string[] After = ["Cast", "Identity", "ZipMap", "Normalizer"];
    private static readonly string[] Aggregates = ["AVERAGE", "SUM", "MIN", "MAX"];
    private static readonly string[] Posts = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"];

    /// <summary>Whether a file starts as this form does: with the version of its form, as field 1.</summary>
    public static bool IsIt(ReadOnlySpan<byte> bytes) => bytes.Length > 2 && bytes[0] == 8 && bytes[1] is > 2 and < 64;

    /// <summary>Reads it.</summary>
    public static ImportedModel Read(ReadOnlyMemory<byte> bytes)
    {
        var model = new ProtoMessage(bytes, "the model");
        CheckVersions(model);
        var graph = model.MessageOrNull(7, "the graph") ?? throw new InvalidDataException("The model has no graph.");
        var nodes = graph.Messages(1, "a node").Select(node => new OnnxNode(node)).ToList();
        var found = nodes.Where(n => Models.Contains(n.Operator, StringComparer.Ordinal)).ToList();
        if (found.Count != 1)
        {
            var operators = nodes.Select(n => n.Operator).Distinct(StringComparer.Ordinal);
            throw new InvalidDataException(
                $"The graph has {found.Count} models among {string.Join(", ", operators)}; one of "
                + $"{string.Join(", ", Models)} is known.");
        }
        var pipeline = new OnnxPipeline(graph, nodes);
        var (inputs, scaler) = pipeline.Inputs(found[0], Before);
        var origin = $"ONNX {found[0].Operator}";
        if (model.Text(2) is { Length: > 0 } producer) origin += $" of {producer} {model.Text(3)}".TrimEnd();
        var isLinear = found[0].Operator.StartsWith("Linear", StringComparison.Ordinal);
        if (scaler is not null && !isLinear)
            throw new InvalidDataException("The operator 'Scaler' before trees is not known.");
        ImportedModel read = isLinear
            ? OnnxLinear.Read(found[0], origin, inputs, scaler)
            : Trees(found[0], origin, inputs);
        found[0].End();
        // Classifiers make a label, then scores.
        var isClassifier = found[0].Operator.EndsWith("Classifier", StringComparison.Ordinal);
        foreach (var after in pipeline.After(found[0], isClassifier ? 1 : 0, After))
        {
            if (after.Operator == "Normalizer" && !(after.Text("norm", "MAX") == "L1" && AddsUpToOne(read)))
                throw new InvalidDataException("A Normalizer that changes the scores before it is not known.");
        }
        return read;
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

    private static ImportedTrees Trees(OnnxNode node, string origin, string[] inputs)
    {
        var isFive = node.Operator == "TreeEnsemble";
        var isClassifier = node.Operator == "TreeEnsembleClassifier";
        var outputs = isClassifier
            ? Classes(node, "classlabels_int64s", "classlabels_strings")
            : (int)Math.Clamp(node.Integer("n_targets", 1), 0, TreeOutput.MaxCount);
        var trees = isFive ? OnnxTrees.ReadFive(node, outputs)
            : OnnxTrees.Read(node, isClassifier ? "class" : "target", outputs);
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
        return new ImportedTrees(origin, inputs, trees, output, Math.Max(1, trees.Count))
        {
            HasClasses = isClassifier,
        };
    }
}
