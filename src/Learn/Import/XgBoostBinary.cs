using DToC.Twin.Models;
using DToC.Twin.Models.Trees;

namespace DToC.Learn.Import;

/// <summary>
/// Reads XGBoost's old binary form (<c>save_model</c> before JSON, <c>.model</c> and <c>.bin</c>): the structs of
/// <c>learner.cc</c>, <c>gbtree_model.h</c>, <c>tree_model.h</c> and <c>gblinear_model.h</c> of version 1.6, written as
/// they lie in memory, the least byte first.
/// </summary>
internal static class XgBoostBinary
{
    private const int MaxName = 64;
    private const int LeafChild = -1;
    private const uint DefaultLeftBit = 1u << 31;

    // Bytes of the header before the objective's name.
    private const int HeaderBytes = 136;

    /// <summary>Whether a file starts as this form does: a header, then an objective and a booster by name.</summary>
    public static bool IsIt(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("binf"u8)) return true;
        if (bytes.Length < HeaderBytes + 8) return false;
        var length = bytes[HeaderBytes];
        if (length is 0 or > MaxName || bytes.Slice(HeaderBytes + 1, 7).IndexOfAnyExcept((byte)0) >= 0) return false;
        var name = bytes[(HeaderBytes + 8)..];
        return name.Length >= length && name[..length].IndexOf((byte)':') > 0;
    }

    /// <summary>Reads it.</summary>
    public static ImportedModel Read(ReadOnlyMemory<byte> bytes)
    {
        var cursor = new ByteCursor(bytes);
        if (bytes.Span.StartsWith("binf"u8)) cursor.Take(4, "the mark 'binf'");
        var baseScore = cursor.Single("base_score");
        var features = cursor.Count("num_feature", PredictiveModel.MaxInputs);
        var classes = cursor.Count("num_class", TreeOutput.MaxCount);
        cursor.Take(8, "the flags");
        var major = cursor.Count("major_version", int.MaxValue);
        var minor = cursor.Count("minor_version", int.MaxValue);
        var targets = cursor.Count("num_target", TreeOutput.MaxCount);
        cursor.Take(26 * 4, "the reserved bytes");
        var objective = cursor.Text("the objective's name", MaxName);
        var booster = cursor.Text("the booster's name", MaxName);
        if (major > 2)
            throw new InvalidDataException($"Version {major}.{minor} is not known in this form; 0 to 2 are.");
        var outputs = Math.Max(1, Math.Max(classes, targets));
        // Files before 1.0 hold no version, and the base score as a margin.
        var version = major == 0 ? "before 1.0" : $"{major}.{minor}";
        var model = new XgBoostModel(
            $"binary {version}", objective, XgBoostJson.Names([], features, "header"), outputs)
        {
            BaseScores = [baseScore],
            IsBaseMargin = major == 0,
        };
        model = booster switch
        {
            "gbtree" => Trees(cursor, model),
            "dart" => Trees(cursor, model) is var trees
                ? trees with { TreeWeights = Singles(cursor, "weight_drop", TreeEnsemble.MaxTrees) }
                : model,
            "gblinear" => Linear(cursor, model),
            _ => throw new InvalidDataException(
                $"The booster '{booster}' is not known. Known are gbtree, dart, gblinear."),
        };
        return model.Checked();
    }

    private static XgBoostModel Trees(ByteCursor cursor, XgBoostModel model)
    {
        var count = cursor.Count("num_trees", TreeEnsemble.MaxTrees);
        CheckRoots(cursor, "num_roots");
        CheckFeatures(cursor, model);
        cursor.Take(4 + 8, "padding");
        var outputs = cursor.Count("num_output_group", TreeOutput.MaxCount);
        CheckVector(cursor);
        cursor.Take(32 * 4, "the reserved bytes");
        var trees = new List<XgBoostTree>();
        for (var t = 0; t < count; t++) trees.Add(Tree(cursor, model));
        var info = new int[count];
        for (var t = 0; t < count; t++) info[t] = cursor.Count("tree_info", Math.Max(outputs, 1) - 1);
        if (outputs != model.Outputs)
            throw new InvalidDataException($"num_output_group is {outputs}; the header tells of {model.Outputs}.");
        return model with { Trees = trees, TreeOutputs = info };
    }

    private static XgBoostTree Tree(ByteCursor cursor, XgBoostModel model)
    {
        CheckRoots(cursor, "num_roots of a tree");
        var count = cursor.Count("num_nodes", 2 * DecisionTree.MaxLeaves);
        cursor.Take(8, "num_deleted and max_depth");
        CheckFeatures(cursor, model);
        CheckVector(cursor);
        cursor.Take(31 * 4, "the reserved bytes");
        // Before anything is made for them: nodes of 20 bytes, then statistics of 16.
        if (cursor.Left < count * 36L)
            throw new InvalidDataException($"Byte {cursor.Place}: {count} nodes take {count * 36L} bytes.");
        var tree = new XgBoostTree(
            new int[count], new int[count], new int[count], new double[count], new bool[count], new double[count]);
        for (var node = 0; node < count; node++)
        {
            cursor.Int32("a parent");
            tree.Left[node] = cursor.Int32("a left child");
            tree.Right[node] = cursor.Int32("a right child");
            var feature = (uint)cursor.Int32("a split index");
            tree.IsMissingLeft[node] = (feature & DefaultLeftBit) != 0;
            tree.Features[node] = tree.Left[node] == LeafChild ? 0 : (int)(feature & ~DefaultLeftBit);
            tree.Conditions[node] = cursor.Single("a threshold or leaf");
        }
        for (var node = 0; node < count; node++)
        {
            cursor.Take(4, "a loss change");
            tree.Covers[node] = cursor.Single("a sum of hessians");
            cursor.Take(8, "a base weight and a count");
        }
        return tree;
    }

    private static XgBoostModel Linear(ByteCursor cursor, XgBoostModel model)
    {
        CheckFeatures(cursor, model);
        var outputs = cursor.Count("num_output_group", TreeOutput.MaxCount);
        cursor.Take(32 * 4, "the reserved bytes");
        if (outputs != model.Outputs)
            throw new InvalidDataException($"num_output_group is {outputs}; the header tells of {model.Outputs}.");
        return model with
        {
            LinearWeights = Singles(cursor, "weights", (PredictiveModel.MaxInputs + 1) * TreeOutput.MaxCount),
        };
    }

    private static double[] Singles(ByteCursor cursor, string what, int max)
    {
        var count = cursor.Length(what, max);
        if (cursor.Left < count * 4L)
        {
            throw new InvalidDataException(
                $"Byte {cursor.Place}: {what} takes {count * 4L} bytes; {cursor.Left} are left.");
        }
        var values = new double[count];
        for (var i = 0; i < count; i++) values[i] = cursor.Single(what);
        return values;
    }

    private static void CheckRoots(ByteCursor cursor, string what)
    {
        var place = cursor.Place;
        var roots = cursor.Int32(what);
        if (roots != 1) throw new InvalidDataException($"Byte {place}: {what} is {roots}; 1 is known.");
    }

    private static void CheckVector(ByteCursor cursor)
    {
        var place = cursor.Place;
        var size = cursor.Int32("size_leaf_vector");
        if (size is not (0 or 1))
        {
            throw new InvalidDataException(
                $"Byte {place}: size_leaf_vector is {size}; trees of vector leaves are not known.");
        }
    }

    private static void CheckFeatures(ByteCursor cursor, XgBoostModel model)
    {
        var place = cursor.Place;
        var features = cursor.Int32("num_feature");
        if (features < 0 || features > model.Inputs.Length)
        {
            throw new InvalidDataException(
                $"Byte {place}: num_feature is {features}; the header tells of {model.Inputs.Length}.");
        }
    }
}
