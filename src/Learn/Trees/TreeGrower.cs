using DToC.Twin.Models.Trees;

namespace DToC.Learn.Trees;

/// <summary>
/// Grows one tree to the second order of the loss (T. Chen and C. Guestrin, "XGBoost: A Scalable Tree Boosting
/// System", KDD 2016, eq. 5 to 7), over histograms, the best leaf first (G. Ke et al., "LightGBM", NIPS 2017).
/// </summary>
internal sealed class TreeGrower(BinnedTable table, BoostingOptions options)
{
    private readonly Stack<Sums[]> _spare = new();
    private readonly int[] _rightRows = new int[table.Rows];

    /// <summary>A tree of rows and columns; <paramref name="rows"/> are put in another order.</summary>
    public GrownTree Grow(double[] gradients, double[] curvatures, int[] rows, int[] columns)
    {
        var derivatives = new Derivatives(gradients, curvatures, rows, columns);
        var root = new Leaf { Place = 0, Parent = -1, From = 0, To = rows.Length, Depth = 0 };
        root.Histogram = Spare();
        Accumulate(root, derivatives);
        foreach (var row in rows) root.Total += new Sums(gradients[row], curvatures[row], 1);
        root.Best = BestSplit(root, columns);
        var tree = new GrownTree(ValueOf(root.Total), rows.Length);
        var open = new List<Leaf> { root };
        while (tree.Leaves < options.MaxLeaves && BestOf(open) is { } leaf)
        {
            open.Remove(leaf);
            var (left, right) = Divide(tree, leaf, derivatives);
            open.Add(left);
            open.Add(right);
        }
        foreach (var leaf in open) Release(leaf);
        return tree;
    }

    private (Leaf Left, Leaf Right) Divide(GrownTree tree, Leaf leaf, Derivatives derivatives)
    {
        var best = leaf.Best;
        var rest = leaf.Total - best.Left;
        var split = tree.Leaves - 1;
        var place = tree.Divide(leaf.Place, leaf.Parent, best, LeafOf(best.Left), LeafOf(rest));
        var middle = Partition(leaf, derivatives.Rows);
        var left = new Leaf
        {
            Place = leaf.Place, Parent = split, From = leaf.From, To = middle, Depth = leaf.Depth + 1,
            Total = best.Left,
        };
        var right = new Leaf
        {
            Place = place, Parent = split, From = middle, To = leaf.To, Depth = leaf.Depth + 1, Total = rest,
        };
        if (left.Depth == options.MaxDepth || tree.Leaves == options.MaxLeaves)
        {
            Release(leaf);
            return (left, right);
        }
        // Only the smaller part is counted; what the other holds is the difference.
        var (small, large) = left.To - left.From <= right.To - right.From ? (left, right) : (right, left);
        small.Histogram = Spare();
        Accumulate(small, derivatives);
        large.Histogram = leaf.Histogram!;
        for (var i = 0; i < large.Histogram.Length; i++) large.Histogram[i] -= small.Histogram[i];
        left.Best = BestSplit(left, derivatives.Columns);
        right.Best = BestSplit(right, derivatives.Columns);
        return (left, right);
    }

    private void Accumulate(Leaf leaf, Derivatives derivatives)
    {
        var histogram = leaf.Histogram!;
        Array.Clear(histogram);
        var (gradients, curvatures) = (derivatives.Gradients, derivatives.Curvatures);
        var rows = derivatives.Rows.AsSpan(leaf.From, leaf.To - leaf.From);
        foreach (var column in derivatives.Columns)
        {
            var codes = table.Codes[column];
            var cells = histogram.AsSpan(table.Offsets[column], table.Offsets[column + 1] - table.Offsets[column]);
            foreach (var row in rows)
            {
                ref var cell = ref cells[codes[row]];
                cell = new Sums(cell.Gradient + gradients[row], cell.Curvature + curvatures[row], cell.Rows + 1);
            }
        }
    }

    private FoundSplit BestSplit(Leaf leaf, int[] columns)
    {
        var best = default(FoundSplit);
        if (leaf.Total.Rows < 2 * options.MinLeafRows) return best;
        var whole = Strength(leaf.Total);
        foreach (var column in columns)
        {
            var cells = leaf.Histogram.AsSpan(
                table.Offsets[column], table.Offsets[column + 1] - table.Offsets[column]);
            var missing = cells[^1];
            var below = default(Sums);
            // The last bin that has an end; one more where rows are missing, which then go right alone.
            var last = missing.Rows > 0 ? cells.Length - 2 : cells.Length - 3;
            for (var bin = 0; bin <= last; bin++)
            {
                if (cells[bin].Rows == 0) continue;
                below += cells[bin];
                // What training never saw missing goes with the more rows.
                var isMoreLeft = 2 * below.Rows >= leaf.Total.Rows;
                Try(below, missing.Rows == 0 && isMoreLeft, column, bin);
                if (missing.Rows > 0) Try(below + missing, true, column, bin);
            }
        }
        return best;

        void Try(Sums left, bool isMissingLeft, int column, int bin)
        {
            var right = leaf.Total - left;
            if (left.Rows < options.MinLeafRows || right.Rows < options.MinLeafRows) return;
            if (left.Curvature < options.MinChildWeight || right.Curvature < options.MinChildWeight) return;
            var gain = Strength(left) + Strength(right) - whole;
            if (gain > best.Gain && gain > options.MinGain)
                best = new FoundSplit(gain, column, bin, isMissingLeft, left);
        }
    }

    // Left rows keep their order at the front, right rows theirs behind.
    private int Partition(Leaf leaf, int[] rows)
    {
        var (column, bin, isMissingLeft) = (leaf.Best.Column, leaf.Best.Bin, leaf.Best.IsMissingLeft);
        var codes = table.Codes[column];
        var missingBin = table.MissingBin(column);
        var (left, right) = (leaf.From, 0);
        for (var i = leaf.From; i < leaf.To; i++)
        {
            var code = codes[rows[i]];
            if (code == missingBin ? isMissingLeft : code <= bin) rows[left++] = rows[i];
            else _rightRows[right++] = rows[i];
        }
        Array.Copy(_rightRows, 0, rows, left, right);
        return left;
    }

    private double Strength(Sums sums)
    {
        var curvature = sums.Curvature + options.Penalty;
        return curvature > 0 ? sums.Gradient * sums.Gradient / curvature : 0;
    }

    private TreeLeaf LeafOf(Sums sums) => new(ValueOf(sums), sums.Rows);

    private double ValueOf(Sums sums)
    {
        var curvature = sums.Curvature + options.Penalty;
        return curvature > 0 ? -options.LearningRate * sums.Gradient / curvature : 0;
    }

    private static Leaf? BestOf(List<Leaf> open)
    {
        Leaf? best = null;
        foreach (var leaf in open)
        {
            if (leaf.Best.Gain > (best?.Best.Gain ?? 0)) best = leaf;
        }
        return best;
    }

    private Sums[] Spare() => _spare.TryPop(out var histogram) ? histogram : new Sums[table.Offsets[^1]];

    private void Release(Leaf leaf)
    {
        if (leaf.Histogram is { } histogram) _spare.Push(histogram);
        leaf.Histogram = null;
    }

    private sealed record Derivatives(double[] Gradients, double[] Curvatures, int[] Rows, int[] Columns);

    private sealed class Leaf
    {
        public required int Place { get; init; }

        public required int Parent { get; init; }

        public required int From { get; init; }

        public required int To { get; init; }

        public required int Depth { get; init; }

        public Sums Total { get; set; }

        public FoundSplit Best { get; set; }

        public Sums[]? Histogram { get; set; }
    }
}
