using DToC.Twin.Models.Trees;

namespace DToC.Learn.Trees;

/// <summary>A tree over binned rows, and the tree over values that is the same.</summary>
internal sealed class GrownTree
{
    private readonly List<Split> _splits = [];
    private readonly List<TreeLeaf> _leaves = [];

    /// <summary>A tree of one leaf.</summary>
    public GrownTree(double value, int rows) => _leaves.Add(new TreeLeaf(value, rows));

    public int Leaves => _leaves.Count;

    /// <summary>Value of a row by its bins.</summary>
    public double ValueOf(BinnedTable table, int row)
    {
        var node = _splits.Count == 0 ? ~0 : 0;
        while (node >= 0)
        {
            var split = _splits[node];
            var bin = table.Codes[split.Column][row];
            var isLeft = bin == table.MissingBin(split.Column) ? split.IsMissingLeft : bin <= split.Bin;
            node = isLeft ? split.Left : split.Right;
        }
        return _leaves[~node].Value;
    }

    /// <summary>Makes a split of a leaf: it becomes the left one, the right one is new and returned.</summary>
    /// <param name="leaf">The leaf; not split before, so it is the child of one split at most.</param>
    /// <param name="parent">The split that leads to it, -1 at the root.</param>
    /// <param name="found">Where it is divided.</param>
    /// <param name="left">What the leaf on the left holds.</param>
    /// <param name="right">What the leaf on the right holds.</param>
    public int Divide(int leaf, int parent, in FoundSplit found, TreeLeaf left, TreeLeaf right)
    {
        var split = _splits.Count;
        if (parent >= 0)
        {
            var above = _splits[parent];
            _splits[parent] = above.Left == ~leaf ? above with { Left = split } : above with { Right = split };
        }
        _leaves[leaf] = left;
        _leaves.Add(right);
        _splits.Add(new Split(found.Column, found.Bin, found.IsMissingLeft, ~leaf, ~(_leaves.Count - 1)));
        return _leaves.Count - 1;
    }

    /// <summary>The same tree over values: a row goes left up to the end of the bin.</summary>
    public DecisionTree ToTree(BinnedTable table) => new(
        [
            .. _splits.Select(s => new TreeSplit(
                s.Column, SplitTest.AtMost, ThresholdOf(table, s), s.Left, s.Right, MissingRule.Absent,
                s.IsMissingLeft)),
        ],
        [.. _leaves]);

    // A split after the last bin sends all that is there left, and only what is missing right.
    private static double ThresholdOf(BinnedTable table, Split split) =>
        split.Bin < table.Edges[split.Column].Length ? table.Edges[split.Column][split.Bin] : double.MaxValue;

    private readonly record struct Split(int Column, int Bin, bool IsMissingLeft, int Left, int Right);
}
