using DToC.Twin.Draws;
using DToC.Twin.Models.Trees;

namespace DToC.Twin.Tests.Models.Trees;

/// <summary>Trees and rows drawn at random, of every test and missing rule.</summary>
internal sealed class RandomTrees(ulong seed, int inputs)
{
    private readonly Xoshiro256 _random = new(seed);

    public string[] Names { get; } = [.. Enumerable.Range(0, inputs).Select(i => $"x{i}")];

    /// <summary>A row of whole numbers, some missing, some next to zero.</summary>
    public double[] Row()
    {
        var row = new double[inputs];
        for (var i = 0; i < inputs; i++)
        {
            row[i] = Below(8) switch
            {
                0 => double.NaN,
                1 => 1e-36,
                2 => _random.NextUnit() * 10 - 2,
                _ => Below(10) - 2,
            };
        }
        return row;
    }

    /// <summary>A tree grown leaf by leaf.</summary>
    public DecisionTree Tree(int leaves, int output = 0, bool hasCovers = true, bool isPlain = false)
    {
        var splits = new List<TreeSplit>();
        var ways = new List<(int Split, bool IsLeft)>();
        var sets = new List<int[]>();
        for (var leaf = 1; leaf < leaves; leaf++)
        {
            // A new split takes the place of a leaf, which stays on its left.
            if (splits.Count > 0) Lead(splits, ways, Below(ways.Count), splits.Count);
            splits.Add(Split(isPlain, sets));
            ways.Add((splits.Count - 1, true));
            ways.Add((splits.Count - 1, false));
        }
        for (var leaf = 0; leaf < ways.Count;)
            splits[ways[leaf].Split] = Led(splits[ways[leaf].Split], ways[leaf].IsLeft, ~leaf++);
        var values = new TreeLeaf[leaves];
        for (var leaf = 0; leaf < leaves; leaf++)
            values[leaf] = new TreeLeaf(_random.Normal(), hasCovers ? Below(20) : 0);
        return new DecisionTree([.. splits], values, output, 0.5 + _random.NextUnit(), [.. sets]);
    }

    public int Below(int count) => (int)(_random.NextUnit() * count);

    private static void Lead(List<TreeSplit> splits, List<(int Split, bool IsLeft)> ways, int way, int to)
    {
        var (split, isLeft) = ways[way];
        splits[split] = Led(splits[split], isLeft, to);
        ways.RemoveAt(way);
    }

    private static TreeSplit Led(TreeSplit split, bool isLeft, int to) =>
        isLeft ? split with { Left = to } : split with { Right = to };

    private TreeSplit Split(bool isPlain, List<int[]> sets)
    {
        var test = isPlain ? SplitTest.AtMost : (SplitTest)Below(7);
        var missing = isPlain ? MissingRule.Absent : (MissingRule)Below(3);
        if (test == SplitTest.In) sets.Add([.. Enumerable.Range(0, 60).Where(_ => Below(2) == 0)]);
        var threshold = test == SplitTest.In ? 0 : isPlain ? _random.NextUnit() * 8 - 1 : Below(8) - 1;
        return new TreeSplit(
            Below(inputs), test, threshold, 0, 0, missing, Below(2) == 0, test == SplitTest.In ? sets.Count - 1 : -1);
    }
}
