using System.Globalization;
using System.Text.Json;
using DToC.Twin.Models;
using DToC.Twin.Models.Trees;

namespace DToC.Learn.Import;

/// <summary>
/// Reads XGBoost's model as JSON, of versions 1 to 3 (<c>doc/model.schema</c> of its source): gbtree, dart, gblinear.
/// </summary>
internal static class XgBoostJson
{
    // Parameters of objectives; none has a say in a prediction.
    private static readonly string[] ObjectiveParameters =
    [
        "reg_loss_param", "poisson_regression_param", "tweedie_regression_param", "softmax_multiclass_param",
        "lambda_rank_param", "lambdarank_param", "pseudo_huber_param", "pseduo_huber_param", "aft_loss_param",
        "quantile_loss_param", "expectile_loss_param", "gamma_regression_param",
    ];

    private static readonly string[] SilentOfTree =
        ["id", "loss_changes", "base_weights", "parents", "leaf_child_counts"];

    /// <summary>Reads it.</summary>
    /// <param name="document">The root.</param>
    /// <param name="form">The form, for the card.</param>
    public static ImportedModel Read(JsonElement document, string form)
    {
        var root = new ModelFields(document, "model");
        root.Ignore("Config");
        var version = root.Integers("version", 0, int.MaxValue);
        if (version.Length == 0 || version[0] is < 1 or > 3)
        {
            throw new InvalidDataException(
                $"model.version: {string.Join('.', version)} is not known. Known are 1, 2 and 3.");
        }
        var learner = root.Of("learner");
        root.End();
        learner.Ignore("attributes");
        learner.Ignore("feature_types");
        var parameters = learner.Of("learner_model_param");
        parameters.Ignore("boost_from_average");
        var features = Whole(parameters, "num_feature", PredictiveModel.MaxInputs);
        var classes = Whole(parameters, "num_class", TreeOutput.MaxCount);
        var targets = parameters.Names.Contains("num_target", StringComparer.Ordinal)
            ? Whole(parameters, "num_target", TreeOutput.MaxCount)
            : 1;
        var bases = BaseScores(parameters.Text("base_score"), $"{parameters.Path}.base_score");
        parameters.End();
        var objective = learner.Of("objective");
        foreach (var name in ObjectiveParameters) objective.Ignore(name);
        var names = learner.TextsOrNone("feature_names");
        var model = new XgBoostModel(
            $"{form} {string.Join('.', version)}", objective.Text("name"),
            Names(names, features, learner.Path), Math.Max(1, Math.Max(classes, targets)))
        {
            BaseScores = bases,
        };
        objective.End();
        model = Booster(learner.Of("gradient_booster"), model);
        learner.End();
        return model.Checked();
    }

    /// <summary>Names of features; f0, f1 and so on when none are given.</summary>
    public static string[] Names(string[] names, int features, string path)
    {
        if (names.Length == 0) return [.. Enumerable.Range(0, features).Select(i => $"f{i}")];
        return names.Length == features
            ? names
            : throw new InvalidDataException($"{path}.feature_names: {names.Length} names for {features} features.");
    }

    private static XgBoostModel Booster(ModelFields booster, XgBoostModel model)
    {
        var name = booster.Text("name");
        switch (name)
        {
            case "gbtree":
                model = Trees(booster.Of("model"), model);
                break;
            case "dart":
                // The weights stand beside the trees; since 3.3 among them.
                var weights = booster.NumbersOrNone("weight_drop");
                var gbtree = booster.Of("gbtree");
                gbtree.Ignore("name");
                model = Trees(gbtree.Of("model"), model);
                if (weights.Length > 0) model = model with { TreeWeights = weights };
                gbtree.End();
                break;
            case "gblinear":
                var linear = booster.Of("model");
                linear.Ignore("boosted_rounds");
                linear.Ignore("param");
                model = model with { LinearWeights = linear.Numbers("weights") };
                linear.End();
                break;
            default:
                throw new InvalidDataException(
                    $"{booster.Path}.name: '{name}' is not known. Known are gbtree, dart, gblinear.");
        }
        booster.End();
        return model;
    }

    private static XgBoostModel Trees(ModelFields booster, XgBoostModel model)
    {
        booster.Ignore("iteration_indptr");
        booster.Ignore("cats");
        var parameters = booster.Of("gbtree_model_param");
        Single(parameters, "size_leaf_vector");
        var parallel = parameters.Names.Contains("num_parallel_tree", StringComparer.Ordinal)
            ? Whole(parameters, "num_parallel_tree", TreeEnsemble.MaxTrees)
            : 1;
        var count = Whole(parameters, "num_trees", TreeEnsemble.MaxTrees);
        parameters.End();
        var trees = booster.List("trees").Select(Tree).ToList();
        if (trees.Count != count)
            throw new InvalidDataException($"{booster.Path}: {trees.Count} trees; 'num_trees' tells of {count}.");
        var read = model with
        {
            ParallelTrees = Math.Max(1, parallel),
            Trees = trees,
            TreeOutputs = booster.Integers("tree_info", 0, model.Outputs - 1),
            TreeWeights = booster.NumbersOrNone("weight_drop"),
        };
        booster.End();
        return read;
    }

    private static XgBoostTree Tree(ModelFields tree)
    {
        foreach (var name in SilentOfTree) tree.Ignore(name);
        var parameters = tree.Of("tree_param");
        Single(parameters, "size_leaf_vector");
        var nodes = Whole(parameters, "num_nodes", 2 * DecisionTree.MaxLeaves);
        parameters.Ignore("num_feature");
        parameters.Ignore("num_deleted");
        parameters.End();
        var left = tree.Integers("left_children", -1, nodes - 1);
        if (left.Length != nodes)
            throw new InvalidDataException($"{tree.Path}: {left.Length} nodes; 'num_nodes' tells of {nodes}.");
        var types = tree.Names.Contains("split_type", StringComparer.Ordinal)
            ? tree.Integers("split_type", 0, 1)
            : new int[nodes];
        var read = new XgBoostTree(
            left, tree.Integers("right_children", -1, nodes - 1),
            tree.Integers("split_indices", 0, int.MaxValue), tree.Numbers("split_conditions"),
            tree.Flags("default_left"), tree.Numbers("sum_hessian"))
        {
            Categories = Categories(tree, types),
        };
        tree.End();
        return read;
    }

    private static Dictionary<int, int[]> Categories(ModelFields tree, int[] types)
    {
        var has = tree.Names.Contains("categories_nodes", StringComparer.Ordinal);
        var nodes = has ? tree.Integers("categories_nodes", 0, types.Length - 1) : [];
        var starts = has ? tree.Integers("categories_segments", 0, int.MaxValue) : [];
        var sizes = has ? tree.Integers("categories_sizes", 0, int.MaxValue) : [];
        var all = has ? tree.Integers("categories", 0, DecisionTree.MaxCategory) : [];
        if (starts.Length != nodes.Length || sizes.Length != nodes.Length)
            throw new InvalidDataException($"{tree.Path}: 'categories_nodes', '_segments', '_sizes' differ in length.");
        // Segments do not overlap: what they hold together is bounded by the file.
        if (sizes.Sum(size => (long)size) > all.Length)
            throw new InvalidDataException($"{tree.Path}: 'categories_sizes' are more than there are categories.");
        var sets = new Dictionary<int, int[]>();
        for (var i = 0; i < nodes.Length; i++)
        {
            if ((long)starts[i] + sizes[i] > all.Length || !sets.TryAdd(
                nodes[i], [.. all.Skip(starts[i]).Take(sizes[i]).Distinct().Order()]))
            {
                throw new InvalidDataException(
                    $"{tree.Path}: the categories of node {nodes[i]} are not there, or there twice.");
            }
        }
        for (var node = 0; node < types.Length; node++)
        {
            if (types[node] == 1 != sets.ContainsKey(node))
            {
                throw new InvalidDataException(
                    $"{tree.Path}: node {node} has split type {types[node]}, which its categories contradict.");
            }
        }
        return sets;
    }

    // A leaf of several outputs would be a vector; older files say 0.
    private static void Single(ModelFields parameters, string name)
    {
        if (!parameters.Names.Contains(name, StringComparer.Ordinal)) return;
        var size = Whole(parameters, name, int.MaxValue);
        if (size > 1)
            throw new InvalidDataException($"{parameters.Path}.{name}: {size}; trees of vector leaves are not known.");
    }

    // XGBoost writes the numbers of its parameters as texts.
    private static int Whole(ModelFields parameters, string name, int max)
    {
        var text = parameters.Text(name);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max
            ? number
            : throw new InvalidDataException(
                $"{parameters.Path}.{name}: '{text}' is not a whole number from 0 to {max}.");
    }

    // One number, or since 3.1 several in brackets.
    private static double[] BaseScores(string text, string path)
    {
        var words = text.Trim('[', ']', ' ').Split(',', StringSplitOptions.TrimEntries);
        var scores = new double[words.Length];
        for (var i = 0; i < words.Length; i++)
        {
            if (!double.TryParse(words[i], NumberStyles.Float, CultureInfo.InvariantCulture, out scores[i])
                || !double.IsFinite(scores[i]))
                throw new InvalidDataException($"{path}: '{text}' is no number, nor numbers in brackets.");
            scores[i] = (float)scores[i];
        }
        return scores;
    }
}
