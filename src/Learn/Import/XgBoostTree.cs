using DToC.Twin.Models.Trees;

namespace DToC.Learn.Import;

/// <summary>A tree as XGBoost holds it: nodes, splits and leaves alike, in arrays as long as there are nodes.</summary>
/// <param name="Left">The left child; -1 for a leaf.</param>
/// <param name="Right">The right child.</param>
/// <param name="Features">The feature a split reads.</param>
/// <param name="Conditions">The threshold of a split, the value of a leaf; in 32 bits.</param>
/// <param name="IsMissingLeft">Whether missing values go left.</param>
/// <param name="Covers">Sum of the hessians of the rows that came here.</param>
internal sealed record XgBoostTree(
    int[] Left, int[] Right, int[] Features, double[] Conditions, bool[] IsMissingLeft, double[] Covers)
{
    /// <summary>Of nodes that split by categories, the categories that go right.</summary>
    public IReadOnlyDictionary<int, int[]> Categories { get; init; } = new Dictionary<int, int[]>();

    /// <summary>The tree: left are those below the threshold, and those whose category is not in the set.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public DecisionTree ToTree(string place, int output, double weight)
    {
        CheckLengths(place);
        var codes = new int[Left.Length];
        var (splits, leaves) = Number(codes, place);
        var madeSplits = new TreeSplit[splits.Count];
        var sets = new List<int[]>();
        for (var s = 0; s < splits.Count; s++)
        {
            var node = splits[s];
            var (left, right) = (codes[Left[node]], codes[Right[node]]);
            if (Categories.TryGetValue(node, out var categories))
            {
                sets.Add(categories);
                // In the set is left with us, and right with XGBoost.
                madeSplits[s] = new TreeSplit(
                    Features[node], SplitTest.In, 0, right, left, MissingRule.Absent, !IsMissingLeft[node],
                    sets.Count - 1);
                continue;
            }
            madeSplits[s] = new TreeSplit(
                Features[node], SplitTest.Below, Bounded(Conditions[node]), left, right, MissingRule.Absent,
                IsMissingLeft[node]);
        }
        var madeLeaves = leaves.Select(node => new TreeLeaf(
            Conditions[node], Covers[node] is >= 0 and <= DecisionTree.MaxValue ? Covers[node] : 0));
        return new DecisionTree(madeSplits, [.. madeLeaves], output, weight, [.. sets]);
    }

    // Numbers what is reached from the root: splits by 0, 1, 2 and leaves by ~0, ~1, in the order of the nodes.
    private (List<int> Splits, List<int> Leaves) Number(int[] codes, string place)
    {
        var isMet = new bool[Left.Length];
        var waiting = new Stack<int>([0]);
        while (waiting.TryPop(out var node))
        {
            if (node < 0 || node >= isMet.Length)
                throw new InvalidDataException($"{place}: a node leads to {node} of {isMet.Length} nodes.");
            if (isMet[node]) throw new InvalidDataException($"{place}: two ways lead to node {node}.");
            isMet[node] = true;
            if (Left[node] == -1) continue;
            waiting.Push(Left[node]);
            waiting.Push(Right[node]);
        }
        var (splits, leaves) = (new List<int>(), new List<int>());
        for (var node = 0; node < isMet.Length; node++)
        {
            // What is not met was deleted when the tree was pruned.
            if (!isMet[node]) continue;
            var isLeaf = Left[node] == -1;
            codes[node] = isLeaf ? ~leaves.Count : splits.Count;
            (isLeaf ? leaves : splits).Add(node);
        }
        return (splits, leaves);
    }

    private void CheckLengths(string place)
    {
        var count = Left.Length;
        if (count is 0 or > 2 * DecisionTree.MaxLeaves) throw new InvalidDataException($"{place}: {count} nodes.");
        foreach (var length in (int[])[Right.Length, Features.Length, Conditions.Length, IsMissingLeft.Length])
        {
            if (length != count)
                throw new InvalidDataException($"{place}: an array has {length} numbers, another {count}.");
        }
        if (Covers.Length != count)
            throw new InvalidDataException($"{place}: 'sum_hessian' has {Covers.Length} numbers for {count} nodes.");
    }

    // Beyond the greatest number there is none: the comparison stays the same.
    private static double Bounded(double threshold) => Math.Clamp(threshold, -float.MaxValue, float.MaxValue);
}
