using System.Globalization;
using System.Text.Json;
using DToC.Twin.Models;
using DToC.Twin.Models.Trees;

namespace DToC.Learn.Import;

/// <summary>Reads the JSON that LightGBM's <c>dump_model</c> writes (<c>GBDT::DumpModel</c> of its source).</summary>
internal static class LightGbmJson
{
    private static readonly string[] MissingTypes = ["None", "Zero", "NaN"];

    // What no score depends on.
    private static readonly string[] Silent =
        ["label_index", "monotone_constraints", "feature_infos", "feature_importances", "pandas_categorical"];

    private static readonly string[] SilentOfTree = ["tree_index", "num_leaves", "num_cat", "shrinkage"];

    private static readonly string[] SilentOfNode =
        ["split_index", "split_gain", "internal_value", "internal_weight", "internal_count", "leaf_weight"];

    /// <summary>Reads it.</summary>
    public static ImportedTrees Read(JsonElement document)
    {
        var root = new ModelFields(document, "model");
        Skip(root, Silent);
        if (root.Text("name") is not "tree" and var name)
            throw new InvalidDataException($"model.name: '{name}' is not known; 'tree' is.");
        var classes = root.Integer("num_class", 1, TreeOutput.MaxCount);
        var perRound = root.Integer("num_tree_per_iteration", 1, TreeOutput.MaxCount);
        if (perRound != classes)
            throw new InvalidDataException($"model: {perRound} trees an iteration for {classes} classes.");
        var count = root.Integer("max_feature_idx", 0, PredictiveModel.MaxInputs - 1) + 1;
        var names = root.TextsOrNone("feature_names");
        if (names.Length > count)
            throw new InvalidDataException($"model.feature_names: {names.Length} names; there are {count}.");
        // Named as LightGBM names features that have no name.
        names = [.. names, .. Enumerable.Range(names.Length, count - names.Length).Select(i => $"Column_{i}")];
        var model = new LightGbmModel("JSON", root.Text("version"), classes, names)
        {
            Objective = root.TextOrNull("objective"),
            IsAveraged = root.Flag("average_output"),
            Trees = [.. root.List("tree_info").Select((tree, i) => Tree(tree, i % classes))],
        };
        root.End();
        return model.Checked();
    }

    // Marks keys as known.
    private static void Skip(ModelFields fields, string[] names)
    {
        foreach (var name in names) fields.Ignore(name);
    }

    private static DecisionTree Tree(ModelFields tree, int output)
    {
        Skip(tree, SilentOfTree);
        var parts = new Parts();
        var root = parts.Add(tree.Of("tree_structure"), 0);
        tree.End();
        if (root < 0 && parts.Splits.Count > 0) throw new InvalidDataException($"{tree.Path}: its root is a leaf.");
        // Before the splits: it renames the leaves in them.
        TreeLeaf[] leaves = [.. parts.LeavesInOrder()];
        return new DecisionTree([.. parts.Splits], leaves, output, 1, [.. parts.Sets]);
    }

    private sealed class Parts
    {
        private readonly List<(int Index, TreeLeaf Leaf)> _leaves = [];

        public List<TreeSplit> Splits { get; } = [];

        public List<int[]> Sets { get; } = [];

        // The place of a node: of a split, or ~ of a leaf.
        public int Add(ModelFields node, int depth)
        {
            if (depth > DecisionTree.MaxDepth)
                throw new InvalidDataException($"{node.Path}: deeper than {DecisionTree.MaxDepth}.");
            Skip(node, SilentOfNode);
            if (node.NumberOrNull("leaf_value") is { } value)
            {
                var index = (int)Math.Clamp(node.NumberOrNull("leaf_index") ?? _leaves.Count, 0, int.MaxValue);
                _leaves.Add((index, new TreeLeaf(value, node.NumberOrNull("leaf_count") ?? 0)));
                node.End();
                return ~(_leaves.Count - 1);
            }
            var place = Splits.Count;
            Splits.Add(default);
            var split = Split(node);
            var left = Add(node.Of("left_child"), depth + 1);
            Splits[place] = split with { Left = left, Right = Add(node.Of("right_child"), depth + 1) };
            node.End();
            return place;
        }

        // By their own numbers where these are 0, 1, 2 and so on; as they were met where not.
        public IEnumerable<TreeLeaf> LeavesInOrder()
        {
            var order = _leaves.Select(l => l.Index).ToArray();
            if (!order.Order().SequenceEqual(Enumerable.Range(0, order.Length))) return _leaves.Select(l => l.Leaf);
            for (var i = 0; i < Splits.Count; i++)
                Splits[i] = Splits[i] with { Left = Renamed(Splits[i].Left), Right = Renamed(Splits[i].Right) };
            return _leaves.OrderBy(l => l.Index).Select(l => l.Leaf);

            int Renamed(int node) => node < 0 ? ~order[~node] : node;
        }

        private TreeSplit Split(ModelFields node)
        {
            var feature = node.Integer("split_feature", 0, PredictiveModel.MaxInputs - 1);
            var missing = Array.IndexOf(MissingTypes, node.Text("missing_type"));
            var isMissingLeft = node.Flag("default_left");
            var rule = LightGbmModel.MissingOf(missing, $"{node.Path}.missing_type");
            switch (node.Text("decision_type"))
            {
                case "<=":
                    return new TreeSplit(
                        feature, SplitTest.AtMost, node.Number("threshold"), 0, 0, rule, isMissingLeft);
                case "==":
                    Sets.Add(Categories(node.Text("threshold"), node.Path));
                    return new TreeSplit(feature, SplitTest.In, 0, 0, 0, Set: Sets.Count - 1);
                case var other:
                    throw new InvalidDataException(
                        $"{node.Path}.decision_type: '{other}' is not known; '<=' and '==' are.");
            }
        }

        private static int[] Categories(string text, string path)
        {
            var categories = new SortedSet<int>();
            foreach (var word in text.Split("||"))
            {
                if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var category))
                    throw new InvalidDataException($"{path}.threshold: '{word}' is no category.");
                categories.Add(category);
            }
            return [.. categories];
        }
    }
}
