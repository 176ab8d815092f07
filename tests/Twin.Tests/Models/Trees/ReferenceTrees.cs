using DToC.Twin.Models.Trees;

namespace DToC.Twin.Tests.Models.Trees;

/// <summary>Trees walked as they are described, one split after the other: slow, and plain to see.</summary>
internal static class ReferenceTrees
{
    /// <summary>The place of the leaf a row ends in.</summary>
    public static int Leaf(DecisionTree tree, double[] row, bool isSingle = false)
    {
        var node = tree.Splits.Length == 0 ? ~0 : 0;
        while (node >= 0)
        {
            var split = tree.Splits[node];
            node = IsLeft(tree, split, row[split.Input], isSingle) ? split.Left : split.Right;
        }
        return ~node;
    }

    /// <summary>The mean of the leaves when only some inputs are known: those with their bit set.</summary>
    public static double Expected(DecisionTree tree, double[] row, int known, int? from = null)
    {
        var node = from ?? (tree.Splits.Length == 0 ? ~0 : 0);
        if (node < 0) return tree.Leaves[~node].Value * tree.Weight;
        var split = tree.Splits[node];
        if ((known >> split.Input & 1) != 0)
        {
            return Expected(
                tree, row, known, IsLeft(tree, split, row[split.Input], false) ? split.Left : split.Right);
        }
        var (left, right) = (Cover(tree, split.Left), Cover(tree, split.Right));
        if (left + right == 0) return 0;
        var sum = left == 0 ? 0 : left * Expected(tree, row, known, split.Left);
        if (right != 0) sum += right * Expected(tree, row, known, split.Right);
        return sum / (left + right);
    }

    private static double Cover(DecisionTree tree, int node)
    {
        if (node < 0) return tree.HasCovers ? tree.Leaves[~node].Cover : 1;
        return Cover(tree, tree.Splits[node].Left) + Cover(tree, tree.Splits[node].Right);
    }

    private static bool IsLeft(DecisionTree tree, TreeSplit split, double value, bool isSingle)
    {
        var isMissing = !double.IsFinite(value);
        if (isSingle) value = (float)value;
        if (isMissing && split.Missing == MissingRule.ReadAsZero) (value, isMissing) = (0, false);
        if (split.Missing == MissingRule.AbsentOrZero && Math.Abs(value) <= 1e-35f) isMissing = true;
        if (isMissing) return split.IsMissingLeft;
        var threshold = isSingle ? (float)split.Threshold : split.Threshold;
        return split.Test switch
        {
            SplitTest.AtMost => value <= threshold,
            SplitTest.Below => value < threshold,
            SplitTest.AtLeast => value >= threshold,
            SplitTest.Above => value > threshold,
            SplitTest.Equal => value == threshold,
            SplitTest.NotEqual => value != threshold,
            _ => value > -1 && tree.Sets[split.Set].Contains((int)value),
        };
    }
}
