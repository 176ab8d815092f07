namespace DToC.Twin.Models.Trees;

/// <summary>Lays trees out for walking: breadth first, the two children of a split side by side.</summary>
internal sealed class TreePacking
{
    private readonly TreePrecision _precision;
    private readonly List<TreeColumn> _columns = [new(0, ColumnView.Left)];
    private readonly Dictionary<TreeColumn, int> _places = [];
    private readonly List<TreeNode> _nodes = [];
    private readonly List<int> _leaves = [];
    private readonly List<int> _setStarts = [0];
    private readonly List<uint> _setWords = [];
    private readonly Queue<(int Code, int Node)> _waiting = new();

    /// <summary>Nothing yet.</summary>
    public TreePacking(TreePrecision precision) => _precision = precision;

    /// <summary>The columns its nodes read. That at 0 is minus infinity, whatever the row.</summary>
    public TreeColumn[] Columns => [.. _columns];

    /// <summary>All nodes.</summary>
    public TreeNode[] Nodes => [.. _nodes];

    /// <summary>The place of a node's leaf in its tree, -1 for a split; one a node.</summary>
    public int[] Leaves => [.. _leaves];

    /// <summary>Where the words of each set start; one more than sets.</summary>
    public int[] SetStarts => [.. _setStarts];

    /// <summary>Bits of all sets, 32 categories a word.</summary>
    public uint[] SetWords => [.. _setWords];

    /// <summary>Adds a tree; the place of its root.</summary>
    public int Add(DecisionTree tree)
    {
        var firstSet = _setStarts.Count - 1;
        foreach (var set in tree.Sets) AddSet(set);
        var root = _nodes.Count;
        Reserve();
        _waiting.Enqueue((tree.Splits.Length == 0 ? ~0 : 0, root));
        while (_waiting.TryDequeue(out var next))
        {
            var (code, node) = next;
            if (code < 0)
            {
                _nodes[node] = LeafOf(tree, ~code, node);
                _leaves[node] = ~code;
                continue;
            }
            var split = tree.Splits[code];
            var left = _nodes.Count;
            Reserve();
            Reserve();
            // What goes right when its column is above a threshold can only ask "at most" and "not at most".
            var isTurned = split.Test is SplitTest.AtLeast or SplitTest.Above or SplitTest.NotEqual;
            _nodes[node] = new TreeNode
            {
                Threshold = split.Test == SplitTest.In ? firstSet + split.Set : ThresholdOf(split),
                Left = left,
                Column = ColumnOf(TreeColumn.Of(split.Input, split.Missing, split.IsMissingLeft ^ isTurned)),
                Kind = split.Test switch
                {
                    SplitTest.Equal or SplitTest.NotEqual => NodeKind.Equal,
                    SplitTest.In => NodeKind.Set,
                    _ => NodeKind.Ordered,
                },
            };
            _waiting.Enqueue((isTurned ? split.Right : split.Left, left));
            _waiting.Enqueue((isTurned ? split.Left : split.Right, left + 1));
        }
        return root;
    }

    private void Reserve()
    {
        _nodes.Add(default);
        _leaves.Add(-1);
    }

    private TreeNode LeafOf(DecisionTree tree, int leaf, int node) => new()
    {
        Threshold = _precision == TreePrecision.Single
            ? (float)tree.Leaves[leaf].Value * (float)tree.Weight
            : tree.Leaves[leaf].Value * tree.Weight,
        Left = node,
        IsLeaf = true,
    };

    // x < t is x <= the number before t, in the numbers of the comparison.
    private double ThresholdOf(TreeSplit split)
    {
        var isBefore = split.Test is SplitTest.Below or SplitTest.AtLeast;
        if (_precision == TreePrecision.Double)
            return isBefore ? Math.BitDecrement(split.Threshold) : split.Threshold;
        return isBefore ? MathF.BitDecrement((float)split.Threshold) : (float)split.Threshold;
    }

    private ushort ColumnOf(TreeColumn column)
    {
        if (_places.TryGetValue(column, out var place)) return (ushort)place;
        _places.Add(column, _columns.Count);
        _columns.Add(column);
        return (ushort)(_columns.Count - 1);
    }

    private void AddSet(int[] categories)
    {
        var start = _setWords.Count;
        if (categories.Length > 0)
        {
            for (var words = categories[^1] / 32 + 1; words > 0; words--) _setWords.Add(0);
        }
        foreach (var category in categories) _setWords[start + category / 32] |= 1u << category % 32;
        _setStarts.Add(_setWords.Count);
    }
}
