namespace DToC.Twin.Models.Trees;

/// <summary>
/// One tree of an ensemble. The first split is its root; a tree without splits is one leaf. The parts are shared and
/// must not be changed.
/// </summary>
public sealed class DecisionTree
{
    /// <summary>Most leaves of a tree.</summary>
    public const int MaxLeaves = 65_536;

    /// <summary>Most splits on the way from the root to a leaf.</summary>
    public const int MaxDepth = 512;

    /// <summary>Greatest value of a leaf, either way: far beyond use, and no sum of them overflows.</summary>
    public const double MaxValue = 1e30;

    /// <summary>Greatest category of a set, as in XGBoost.</summary>
    public const int MaxCategory = (1 << 24) - 1;

    /// <summary>A tree.</summary>
    /// <param name="splits">Its inner nodes, the root first.</param>
    /// <param name="leaves">Its leaves, one more than splits.</param>
    /// <param name="output">The output it adds to.</param>
    /// <param name="weight">What its leaves' values are multiplied with.</param>
    /// <param name="sets">Sets of categories, each of ascending whole numbers from 0.</param>
    /// <exception cref="ArgumentException">They do not make a tree.</exception>
    public DecisionTree(
        TreeSplit[] splits, TreeLeaf[] leaves, int output = 0, double weight = 1, int[][]? sets = null)
    {
        ArgumentNullException.ThrowIfNull(splits);
        ArgumentNullException.ThrowIfNull(leaves);
        (Splits, Leaves, Output, Weight, Sets) = (splits, leaves, output, weight, sets ?? []);
        var depth = 0;
        if ((CheckParts() ?? Measure(out depth)) is { } error) throw new ArgumentException(error, nameof(splits));
        Depth = depth;
    }

    /// <summary>Its inner nodes, the root first.</summary>
    public TreeSplit[] Splits { get; }

    /// <summary>Its leaves.</summary>
    public TreeLeaf[] Leaves { get; }

    /// <summary>The output it adds to.</summary>
    public int Output { get; }

    /// <summary>What its leaves' values are multiplied with.</summary>
    public double Weight { get; }

    /// <summary>Sets of categories that its splits name.</summary>
    public int[][] Sets { get; }

    /// <summary>Splits on the longest way to a leaf.</summary>
    public int Depth { get; }

    /// <summary>Whether it is known how many rows its leaves were fitted on.</summary>
    public bool HasCovers => Leaves.Any(leaf => leaf.Cover > 0);

    private string? CheckParts()
    {
        if (Leaves.Length is 0 or > MaxLeaves) return $"a tree has {Leaves.Length} leaves; 1 to {MaxLeaves} go";
        if (Splits.Length != Leaves.Length - 1)
            return $"a tree has {Splits.Length} splits and {Leaves.Length} leaves; leaves are one more";
        if (!(Math.Abs(Weight) <= MaxValue)) return $"a tree's weight is {Weight}; at most {MaxValue} either way";
        foreach (var leaf in Leaves)
        {
            if (!(Math.Abs(leaf.Value) <= MaxValue && Math.Abs(leaf.Value * Weight) <= MaxValue))
                return $"a leaf's value is {leaf.Value}, weighted {Weight}; at most {MaxValue} either way";
            if (!(leaf.Cover is >= 0 and <= MaxValue)) return $"a leaf's cover is {leaf.Cover}; 0 to {MaxValue} go";
        }
        foreach (var set in Sets)
        {
            for (var i = 0; i < set.Length; i++)
            {
                if (set[i] < 0 || set[i] > MaxCategory || (i > 0 && set[i] <= set[i - 1]))
                    return $"a set has the category {set[i]} at {i}; they ascend from 0 to at most {MaxCategory}";
            }
        }
        return Splits.Select(CheckSplit).FirstOrDefault(error => error is not null);
    }

    private string? CheckSplit(TreeSplit split, int at)
    {
        if (!double.IsFinite(split.Threshold))
            return $"split {at} has the threshold {split.Threshold}; it must be a finite number";
        if (!Enum.IsDefined(split.Test) || !Enum.IsDefined(split.Missing))
            return $"split {at} has a test {split.Test} or missing rule {split.Missing} that is not known";
        if (split.Test == SplitTest.In ? split.Set < 0 || split.Set >= Sets.Length : split.Set != -1)
            return $"split {at} with test {split.Test} names the set {split.Set} of {Sets.Length}";
        return null;
    }

    // Walks from the root: every split and every leaf must be met once, so that a walk always ends.
    private string? Measure(out int deepest)
    {
        deepest = 0;
        var isMet = new bool[Splits.Length + Leaves.Length];
        var waiting = new Stack<(int Node, int Depth)>();
        waiting.Push((Splits.Length == 0 ? ~0 : 0, 0));
        var met = 0;
        while (waiting.TryPop(out var next))
        {
            var (node, depth) = next;
            if (node >= Splits.Length || ~node >= Leaves.Length)
                return $"a split leads to {node}; there is no such split or leaf";
            var place = node >= 0 ? node : Splits.Length + ~node;
            if (isMet[place]) return $"two ways lead to {node}; there may be one";
            if (depth > MaxDepth) return $"a tree is deeper than {MaxDepth} splits";
            isMet[place] = true;
            met++;
            deepest = Math.Max(deepest, depth);
            if (node < 0) continue;
            waiting.Push((Splits[node].Right, depth + 1));
            waiting.Push((Splits[node].Left, depth + 1));
        }
        return met == isMet.Length ? null : $"{isMet.Length - met} splits and leaves are not reached from the root";
    }
}
