using System.Diagnostics;
using DToC.Twin.Draws;
using DToC.Twin.Models.Trees;

namespace DToC.Published;

/// <summary>
/// How long 500 trees of 31 leaves take for a row. The trees are grown as boosted ones are, leaf by leaf in the cell of
/// inputs a leaf stands for, so that rows spread over all leaves; the rows are fresh ones, so that nothing learns them.
/// </summary>
internal static class TreeSpeed
{
    private const int Trees = 500;
    private const int Leaves = 31;
    private const int Inputs = 28;
    private const int RowsPerRepeat = 100;
    private const int Repeats = 400;

    /// <summary>Microseconds a row: the median of repeats.</summary>
    public static double[] Figures()
    {
        var random = new Xoshiro256(2026);
        var model = Model(random);
        var rows = Enumerable.Range(0, Repeats * RowsPerRepeat).Select(_ => Row(random)).ToArray();
        var times = new double[Repeats];
        var sum = rows.Sum(row => model.Score(row));
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            var start = Stopwatch.GetTimestamp();
            foreach (var row in rows.AsSpan(repeat * RowsPerRepeat, RowsPerRepeat)) sum += model.Score(row);
            times[repeat] = Stopwatch.GetElapsedTime(start).TotalMicroseconds / RowsPerRepeat;
        }
        if (!double.IsFinite(sum)) throw new InvalidOperationException("A score is no number.");
        Array.Sort(times);
        return [times[Repeats / 2]];
    }

    /// <summary>500 trees of 31 leaves over inputs in [0, 1).</summary>
    public static TreeEnsemble Model(Xoshiro256 random) => new(
        [.. Enumerable.Range(0, Inputs).Select(i => $"x{i}")],
        [.. Enumerable.Range(0, Trees).Select(_ => Tree(random))], TreeOutput.Probability);

    private static double[] Row(Xoshiro256 random)
    {
        var row = new double[Inputs];
        for (var i = 0; i < Inputs; i++) row[i] = random.NextUnit() < 0.05 ? double.NaN : random.NextUnit();
        return row;
    }

    private static DecisionTree Tree(Xoshiro256 random)
    {
        var splits = new List<TreeSplit>();
        var cells = new List<Cell> { Cell.Whole };
        while (cells.Count < Leaves)
        {
            // The gain of a split is larger where there are more rows.
            var most = cells.MaxBy(cell => cell.Share * (0.2 + random.NextUnit()))!;
            var input = (int)(random.NextUnit() * Inputs);
            var (low, high) = most.Between(input);
            var threshold = low + (high - low) * (0.15 + 0.7 * random.NextUnit());
            if (most.Split >= 0) splits[most.Split] = Led(splits[most.Split], most.IsLeft, splits.Count);
            splits.Add(new TreeSplit(input, SplitTest.AtMost, threshold, 0, 0, default, random.NextUnit() < 0.5));
            cells.Remove(most);
            cells.Add(most.Half(input, low, threshold, splits.Count - 1, isLeft: true));
            cells.Add(most.Half(input, threshold, high, splits.Count - 1, isLeft: false));
        }
        for (var leaf = 0; leaf < cells.Count; leaf++)
            splits[cells[leaf].Split] = Led(splits[cells[leaf].Split], cells[leaf].IsLeft, ~leaf);
        return new DecisionTree(
            [.. splits], [.. cells.Select(cell => new TreeLeaf(0.1 * random.Normal(), cell.Share))]);
    }

    private static TreeSplit Led(TreeSplit split, bool isLeft, int to) =>
        isLeft ? split with { Left = to } : split with { Right = to };

    /// <summary>A leaf, and the part of the inputs' space that leads to it.</summary>
    private sealed record Cell(int Split, bool IsLeft, double Share, IReadOnlyDictionary<int, (double, double)> Sides)
    {
        public static Cell Whole { get; } = new(-1, false, 1, new Dictionary<int, (double, double)>());

        public (double Low, double High) Between(int input) => Sides.TryGetValue(input, out var side) ? side : (0, 1);

        public Cell Half(int input, double low, double high, int split, bool isLeft)
        {
            var whole = Between(input);
            var sides = new Dictionary<int, (double, double)>(Sides) { [input] = (low, high) };
            return new Cell(split, isLeft, Share * (high - low) / (whole.High - whole.Low), sides);
        }
    }
}
