using System.Globalization;
using System.Text;
using DToC.Twin.Models;
using DToC.Twin.Models.Trees;

namespace DToC.Learn.Import;

/// <summary>
/// Reads LightGBM's text form, versions v2 to v4 (<c>gbdt_model_text.cpp</c> and <c>tree.cpp</c> of its source): a
/// header of <c>key=value</c> lines, then a block of such lines a tree. Trees with linear leaves are refused.
/// </summary>
internal static class LightGbmText
{
    private const int CategoricalBit = 1;
    private const int DefaultLeftBit = 2;
    private const int MissingShift = 2;
    private const int AllBits = 15;

    private static readonly string[] HeaderKeys =
    [
        "tree", "version", "num_class", "num_tree_per_iteration", "label_index", "max_feature_idx", "objective",
        "average_output", "feature_names", "monotone_constraints", "feature_infos", "tree_sizes",
    ];

    private static readonly string[] TreeKeys =
    [
        "num_leaves", "num_cat", "split_feature", "split_gain", "threshold", "decision_type", "left_child",
        "right_child", "leaf_value", "leaf_weight", "leaf_count", "internal_value", "internal_weight",
        "internal_count", "cat_boundaries", "cat_threshold", "shrinkage", "is_linear", "leaf_const", "num_features",
        "leaf_features", "leaf_coeff",
    ];

    /// <summary>Whether a file starts as this form does.</summary>
    public static bool IsIt(ReadOnlySpan<byte> bytes) => bytes.StartsWith("tree\n"u8) || bytes.StartsWith("tree\r\n"u8);

    /// <summary>Reads it.</summary>
    public static ImportedTrees Read(ReadOnlySpan<byte> bytes)
    {
        var lines = Encoding.UTF8.GetString(bytes).Split('\n');
        var at = 0;
        var header = new KeyedLines("header");
        for (; at < lines.Length && !IsTree(lines[at]) && lines[at].Trim() != "end of trees"; at++)
        {
            if (lines[at].TrimEnd('\r') is { Length: > 0 } line) header.Add(line, HeaderKeys);
        }
        var model = Header(header);
        var trees = new List<DecisionTree>();
        while (at < lines.Length && IsTree(lines[at]))
        {
            var place = $"tree {trees.Count}";
            if (trees.Count == TreeEnsemble.MaxTrees)
                throw new InvalidDataException($"{place}: at most {TreeEnsemble.MaxTrees} trees go.");
            if (lines[at].Trim() != $"Tree={trees.Count}")
                throw new InvalidDataException($"{place}: '{lines[at].Trim()}' is not the tree that is due.");
            var block = new KeyedLines(place);
            for (at++; at < lines.Length && lines[at].Trim().Length > 0; at++)
                block.Add(lines[at].TrimEnd('\r'), TreeKeys);
            while (at < lines.Length && lines[at].Trim().Length == 0) at++;
            trees.Add(Tree(block, place, trees.Count % model.Classes));
        }
        if (at == lines.Length || lines[at].Trim() != "end of trees")
            throw new InvalidDataException($"After tree {trees.Count - 1} 'end of trees' is missing.");
        CheckSizes(header, trees.Count);
        return (model with { Trees = trees }).Checked();
    }

    private static bool IsTree(string line) => line.StartsWith("Tree=", StringComparison.Ordinal);

    private static LightGbmModel Header(KeyedLines header)
    {
        var classes = header.Integer("num_class", 1, TreeOutput.MaxCount);
        var perRound = header.Has("num_tree_per_iteration")
            ? header.Integer("num_tree_per_iteration", 1, TreeOutput.MaxCount)
            : classes;
        if (perRound != classes)
            throw new InvalidDataException($"header: {perRound} trees an iteration for {classes} classes.");
        var count = header.Integer("max_feature_idx", 0, PredictiveModel.MaxInputs - 1) + 1;
        var names = header.Text("feature_names").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (names.Length != count)
            throw new InvalidDataException($"header: 'feature_names' has {names.Length} names; there are {count}.");
        return new LightGbmModel("text", header.Text("version"), classes, names)
        {
            Objective = header.Has("objective") ? header.Text("objective") : null,
            IsAveraged = header.Has("average_output"),
            Ranges = header.Has("feature_infos") ? Ranges(header.Text("feature_infos"), count) : [],
        };
    }

    // [min:max] of a number, the categories seen with : between, or none.
    private static (double Min, double Max)[] Ranges(string text, int count)
    {
        var infos = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (infos.Length != count)
            throw new InvalidDataException($"header: 'feature_infos' has {infos.Length} entries; there are {count}.");
        return [.. infos.Select(Range)];

        static (double Min, double Max) Range(string info)
        {
            if (info == "none") return (double.NaN, double.NaN);
            var parts = info.Trim('[', ']').Split(':');
            var seen = new List<double>();
            foreach (var part in parts)
            {
                if (!double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
                    throw new InvalidDataException($"header: 'feature_infos' has '{info}', which is no range.");
                // -1 stands for all categories that were too rare.
                if (info[0] == '[' || value >= 0) seen.Add(value);
            }
            return seen.Count > 0 && seen.TrueForAll(double.IsFinite)
                ? (seen.Min(), seen.Max())
                : (double.NaN, double.NaN);
        }
    }

    private static void CheckSizes(KeyedLines header, int trees)
    {
        if (!header.Has("tree_sizes")) return;
        var sizes = header.Text("tree_sizes").Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        if (sizes != trees) throw new InvalidDataException($"There are {trees} trees; 'tree_sizes' tells of {sizes}.");
    }

    private static DecisionTree Tree(KeyedLines block, string place, int output)
    {
        var leaves = block.Integer("num_leaves", 1, DecisionTree.MaxLeaves);
        if (block.Has("is_linear") && block.Integer("is_linear", 0, 1) != 0)
            throw new InvalidDataException($"{place}: 'is_linear' is 1; trees with linear leaves are not known.");
        var values = block.Numbers("leaf_value", leaves);
        var covers = block.NumbersOrNone("leaf_count", leaves);
        var made = new TreeLeaf[leaves];
        for (var i = 0; i < leaves; i++) made[i] = new TreeLeaf(values[i], covers.Length == 0 ? 0 : covers[i]);
        if (leaves == 1) return new DecisionTree([], made, output);
        var sets = Sets(block, place);
        var features = block.Integers("split_feature", leaves - 1, 0, PredictiveModel.MaxInputs - 1);
        var thresholds = block.Numbers("threshold", leaves - 1);
        var types = block.Integers("decision_type", leaves - 1, 0, AllBits);
        var left = block.Integers("left_child", leaves - 1, -leaves, leaves - 2);
        var right = block.Integers("right_child", leaves - 1, -leaves, leaves - 2);
        var splits = new TreeSplit[leaves - 1];
        for (var i = 0; i < splits.Length; i++)
        {
            var type = types[i];
            // A missing category goes right, whatever is said of missing values.
            splits[i] = (type & CategoricalBit) != 0
                ? new TreeSplit(
                    features[i], SplitTest.In, 0, left[i], right[i], Set: SetOf(thresholds[i], sets.Length, place))
                : new TreeSplit(
                    features[i], SplitTest.AtMost, thresholds[i], left[i], right[i],
                    LightGbmModel.MissingOf(type >> MissingShift, place), (type & DefaultLeftBit) != 0);
        }
        return new DecisionTree(splits, made, output, 1, sets);
    }

    private static int SetOf(double threshold, int sets, string place) =>
        threshold >= 0 && threshold < sets
            ? (int)threshold
            : throw new InvalidDataException($"{place}: a split names the set {threshold} of {sets}.");

    private static int[][] Sets(KeyedLines block, string place)
    {
        var count = block.Integer("num_cat", 0, DecisionTree.MaxLeaves);
        if (count == 0) return [];
        var bounds = block.Integers("cat_boundaries", count + 1, 0, TreeEnsemble.MaxSetWords);
        var words = block.Bits("cat_threshold", bounds[^1]);
        var sets = new int[count][];
        for (var i = 0; i < count; i++)
        {
            if (bounds[i] > bounds[i + 1] || bounds[i + 1] > words.Length)
                throw new InvalidDataException($"{place}: 'cat_boundaries' do not ascend.");
            sets[i] = CategoriesOf(words.AsSpan(bounds[i]..bounds[i + 1]));
        }
        return sets;
    }

    private static int[] CategoriesOf(ReadOnlySpan<uint> words)
    {
        var categories = new List<int>();
        for (var category = 0; category < words.Length * 32; category++)
        {
            if ((words[category / 32] >> category % 32 & 1) != 0) categories.Add(category);
        }
        return [.. categories];
    }
}
