using DToC.Twin.Models.Trees;

namespace DToC.Learn.Import;

/// <summary>
/// Tree ensembles of ONNX: the nodes of all trees in parallel lists. A leaf adds to several outputs; here a tree adds
/// to one, so that a tree of theirs becomes one a target its leaves add to.
/// </summary>
internal sealed class OnnxTrees
{
    private static readonly Dictionary<string, SplitTest> Modes = new(StringComparer.Ordinal)
    {
        ["BRANCH_LEQ"] = SplitTest.AtMost,
        ["BRANCH_LT"] = SplitTest.Below,
        ["BRANCH_GTE"] = SplitTest.AtLeast,
        ["BRANCH_GT"] = SplitTest.Above,
        ["BRANCH_EQ"] = SplitTest.Equal,
        ["BRANCH_NEQ"] = SplitTest.NotEqual,
    };

    // By their number in opset 5.
    private static readonly SplitTest[] TestsOfFive =
    [
        SplitTest.AtMost, SplitTest.Below, SplitTest.AtLeast, SplitTest.Above, SplitTest.Equal, SplitTest.NotEqual,
    ];

    private readonly IReadOnlyList<OnnxColumn> _columns;

    // Nodes of a tree by their number; null for a leaf.
    private readonly Dictionary<long, Dictionary<long, TreeSplit?>> _nodes = [];
    private readonly Dictionary<(long Tree, long Node), List<(int Target, double Weight)>> _weights = [];
    private readonly Dictionary<(long Tree, long Node), double> _hits = [];
    private long _leaves;

    private OnnxTrees(IReadOnlyList<OnnxColumn> columns) => _columns = columns;

    /// <summary>Trees of <c>TreeEnsembleRegressor</c> and <c>TreeEnsembleClassifier</c>.</summary>
    /// <param name="node">The operator.</param>
    /// <param name="prefix"><c>target</c> or <c>class</c>.</param>
    /// <param name="outputs">How many targets or classes there are.</param>
    /// <param name="columns">What they read.</param>
    public static List<DecisionTree> Read(
        OnnxNode node, string prefix, int outputs, IReadOnlyList<OnnxColumn> columns)
    {
        var read = new OnnxTrees(columns);
        read.ReadNodes(node);
        var trees = node.Integers($"{prefix}_treeids");
        var nodes = node.Integers($"{prefix}_nodeids");
        var targets = node.Integers($"{prefix}_ids");
        var weights = node.Numbers($"{prefix}_weights");
        SameLength(node, trees.Length, nodes.Length, targets.Length, weights.Length);
        for (var i = 0; i < trees.Length; i++)
            read.AddWeight(node, trees[i], nodes[i], targets[i], weights[i], outputs);
        return read.Trees(node, outputs, read._nodes.Keys.Select(tree => (tree, FirstNode(read._nodes[tree]))));
    }

    /// <summary>Trees of <c>TreeEnsemble</c>, of opset 5: leaves in lists of their own.</summary>
    /// <param name="node">The operator.</param>
    /// <param name="outputs">How many targets there are.</param>
    /// <param name="columns">What they read.</param>
    public static List<DecisionTree> ReadFive(OnnxNode node, int outputs, IReadOnlyList<OnnxColumn> columns)
    {
        if (node.Has("membership_values"))
            throw new InvalidDataException($"{node.Operator}: 'membership_values' is not known.");
        var read = new OnnxTrees(columns);
        var features = node.Integers("nodes_featureids");
        var splits = node.TensorOrNone("nodes_splits");
        var modes = node.TensorOrNone("nodes_modes");
        var yes = node.Integers("nodes_truenodeids");
        var no = node.Integers("nodes_falsenodeids");
        var isYesLeaf = node.Integers("nodes_trueleafs");
        var isNoLeaf = node.Integers("nodes_falseleafs");
        var missing = node.Integers("nodes_missing_value_tracks_true");
        node.Ignore("nodes_hitrates");
        var count = features.Length;
        SameLength(node, count, splits.Length, modes.Length, yes.Length, no.Length, isYesLeaf.Length, isNoLeaf.Length);
        if (missing.Length > 0) SameLength(node, count, missing.Length);
        var targets = node.Integers("leaf_targetids");
        var weights = node.TensorOrNone("leaf_weights");
        SameLength(node, targets.Length, weights.Length);
        var nodes = new Dictionary<long, TreeSplit?>();
        for (var i = 0; i < count; i++)
        {
            if (!(modes[i] is >= 0 and var mode && mode < TestsOfFive.Length)) throw Unknown(node, $"mode {modes[i]}");
            // Leaves are numbered behind the splits.
            nodes[i] = read.Unscaled(node, new TreeSplit(
                Place(node, features[i]), TestsOfFive[(int)mode], splits[i],
                Place(node, Place(node, yes[i]) + (isYesLeaf[i] != 0 ? count : 0L)),
                Place(node, Place(node, no[i]) + (isNoLeaf[i] != 0 ? count : 0L)), MissingRule.Absent,
                missing.Length > 0 && missing[i] != 0));
        }
        for (var leaf = 0; leaf < targets.Length; leaf++)
        {
            nodes[count + leaf] = null;
            read.AddWeight(node, 0, count + leaf, targets[leaf], weights[leaf], outputs);
        }
        read._nodes[0] = nodes;
        return read.Trees(node, outputs, node.Integers("tree_roots").Select(root => (0L, root)));
    }

    private void ReadNodes(OnnxNode node)
    {
        var trees = node.Integers("nodes_treeids");
        var ids = node.Integers("nodes_nodeids");
        var modes = node.Texts("nodes_modes");
        var features = node.Integers("nodes_featureids");
        var values = node.Numbers("nodes_values");
        var yes = node.Integers("nodes_truenodeids");
        var no = node.Integers("nodes_falsenodeids");
        var missing = node.Integers("nodes_missing_value_tracks_true");
        var hits = node.Numbers("nodes_hitrates");
        var count = trees.Length;
        SameLength(node, count, ids.Length, modes.Count, features.Length, values.Length, yes.Length, no.Length);
        if (missing.Length > 0) SameLength(node, count, missing.Length);
        for (var i = 0; i < count; i++)
        {
            if (!_nodes.TryGetValue(trees[i], out var nodes)) _nodes[trees[i]] = nodes = [];
            TreeSplit? split = null;
            if (modes[i] != "LEAF")
            {
                var test = Modes.TryGetValue(modes[i], out var known) ? known : throw Unknown(node, modes[i]);
                split = Unscaled(node, new TreeSplit(
                    Place(node, features[i]), test, values[i], Place(node, yes[i]), Place(node, no[i]),
                    MissingRule.Absent, missing.Length > 0 && missing[i] != 0));
            }
            if (!nodes.TryAdd(ids[i], split))
                throw new InvalidDataException($"{node.Operator}: tree {trees[i]} has node {ids[i]} twice.");
            if (hits.Length == count && hits[i] > 0 && hits[i] <= DecisionTree.MaxValue)
                _hits[(trees[i], ids[i])] = hits[i];
        }
    }

    private TreeSplit Unscaled(OnnxNode node, TreeSplit split) => split.Input < _columns.Count
        ? _columns[split.Input].Unscaled(split)
        : throw new InvalidDataException(
            $"{node.Operator}: a split reads column {split.Input}; there are {_columns.Count}.");

    private void AddWeight(OnnxNode node, long tree, long leaf, long target, double weight, int outputs)
    {
        if (target < 0 || target >= outputs)
            throw new InvalidDataException($"{node.Operator}: a leaf adds to target {target}; there are {outputs}.");
        if (!_weights.TryGetValue((tree, leaf), out var weights)) _weights[(tree, leaf)] = weights = [];
        weights.Add(((int)target, weight));
    }

    // One tree a target that some leaf of it adds to.
    private List<DecisionTree> Trees(OnnxNode node, int outputs, IEnumerable<(long Tree, long Root)> roots)
    {
        var trees = new List<DecisionTree>();
        foreach (var (tree, root) in roots)
        {
            var (splits, leaves) = Walk(node, tree, root);
            var values = new Dictionary<int, double[]>();
            for (var l = 0; l < leaves.Count; l++)
            {
                foreach (var (target, weight) in _weights.GetValueOrDefault((tree, leaves[l])) ?? [])
                {
                    if (!values.TryGetValue(target, out var row))
                    {
                        Limit(node, trees.Count + values.Count, leaves.Count);
                        values[target] = row = new double[leaves.Count];
                    }
                    row[l] += weight;
                }
            }
            Limit(node, trees.Count, leaves.Count);
            foreach (var (target, row) in values.OrderBy(v => v.Key))
            {
                var made = row.Select(
                    (value, l) => new TreeLeaf(value, _hits.GetValueOrDefault((tree, leaves[l])))).ToArray();
                trees.Add(new DecisionTree(splits, made, target));
            }
        }
        return trees;
    }

    private void Limit(OnnxNode node, int trees, int leaves)
    {
        _leaves += leaves;
        if (trees >= TreeEnsemble.MaxTrees || _leaves > 2L * TreeEnsemble.MaxLeaves)
            throw new InvalidDataException($"{node.Operator}: more trees or leaves than go, a tree a target.");
    }

    // Splits and leaves from a root, numbered as they are met. A leaf may be led to twice; it is then two.
    private (TreeSplit[] Splits, List<long> Leaves) Walk(OnnxNode node, long tree, long root)
    {
        var nodes = _nodes[tree];
        var (splits, leaves, met) = (new List<TreeSplit>(), new List<long>(), new HashSet<long>());
        var waiting = new Stack<(long Node, int Parent, bool IsLeft)>();
        waiting.Push((root, -1, false));
        while (waiting.TryPop(out var next))
        {
            if (!nodes.TryGetValue(next.Node, out var found))
                throw new InvalidDataException($"{node.Operator}: tree {tree} has no node {next.Node}.");
            var place = found is null ? ~leaves.Count : splits.Count;
            if (next.Parent >= 0)
            {
                splits[next.Parent] = next.IsLeft
                    ? splits[next.Parent] with { Left = place }
                    : splits[next.Parent] with { Right = place };
            }
            if (found is not { } split)
            {
                leaves.Add(next.Node);
                continue;
            }
            if (!met.Add(next.Node))
                throw new InvalidDataException($"{node.Operator}: two ways lead to node {next.Node} of tree {tree}.");
            splits.Add(split);
            waiting.Push((split.Right, place, false));
            waiting.Push((split.Left, place, true));
        }
        return ([.. splits], leaves);
    }

    // The root is the node no other leads to; by custom the first.
    private static long FirstNode(Dictionary<long, TreeSplit?> nodes)
    {
        var led = nodes.Values.OfType<TreeSplit>().SelectMany(split => new long[] { split.Left, split.Right });
        return nodes.Keys.Except(led).DefaultIfEmpty(nodes.Keys.First()).First();
    }

    private static int Place(OnnxNode node, long number) => number is >= 0 and < int.MaxValue
        ? (int)number
        : throw new InvalidDataException($"{node.Operator}: {number} is no place of a node or feature.");

    private static void SameLength(OnnxNode node, int length, params ReadOnlySpan<int> others)
    {
        foreach (var other in others)
        {
            if (other != length)
                throw new InvalidDataException($"{node.Operator}: a list has {other} entries, another {length}.");
        }
    }

    private static InvalidDataException Unknown(OnnxNode node, string mode) => new(
        $"{node.Operator}: '{mode}' is not known. Known are LEAF, {string.Join(", ", Modes.Keys)}.");
}
