namespace DToC.Twin.Models.Trees;

/// <summary>
/// Shapley values of trees for one row, exact and in time O(leaves * depth^2): Algorithm 2 of Lundberg, Erion and
/// Lee, "Consistent Individualized Feature Attribution for Tree Ensembles", 2018. The names are the paper's.
/// </summary>
internal sealed class TreeShapley
{
    private readonly PackedTrees _trees;
    private readonly double[] _columns;
    private readonly double[] _values;
    private readonly Part[] _paths;

    /// <summary>For a row in columns.</summary>
    /// <param name="trees">The trees.</param>
    /// <param name="columns">The row.</param>
    /// <param name="values">What the inputs add is added here; one an input.</param>
    /// <param name="depth">Splits on the longest way of a tree.</param>
    public TreeShapley(PackedTrees trees, double[] columns, double[] values, int depth)
    {
        (_trees, _columns, _values) = (trees, columns, values);
        // Each level of the recursion has its own copy of the path, which names an input once.
        _paths = new Part[(depth + 2) * (Math.Min(depth, values.Length) + 3)];
    }

    /// <summary>Adds the Shapley values of a tree; its expected value.</summary>
    public double Add(int root)
    {
        Recurse(root, new Path(0, 0), zero: 1, one: 1, input: -1);
        return Expected(root);
    }

    // The mean of the leaves over the rows the tree was fitted on.
    private double Expected(int root)
    {
        var (sum, until) = (0.0, root + 1);
        for (var node = root; node < until; node++)
        {
            if (_trees.Nodes[node].IsLeaf) sum += _trees.Nodes[node].Threshold * _trees.Covers[node];
            else until = _trees.Nodes[node].Left + 2;
        }
        return sum / _trees.Covers[root];
    }

    private void Recurse(int at, Path path, double zero, double one, int input)
    {
        path = Extend(path, zero, one, input);
        ref var node = ref _trees.Nodes[at];
        if (node.IsLeaf)
        {
            for (var i = 1; i < path.Length; i++)
            {
                ref var part = ref _paths[path.From + i];
                _values[part.Input] += UnwoundSum(path, i) * (part.One - part.Zero) * node.Threshold;
            }
            return;
        }
        var isRight = _trees.GoesRight(node, _columns);
        var (hot, cold) = isRight ? (node.Left + 1, node.Left) : (node.Left, node.Left + 1);
        var (above, split) = ((Zero: 1.0, One: 1.0), _trees.Columns[node.Column].Input);
        for (var i = 1; i < path.Length; i++)
        {
            ref var part = ref _paths[path.From + i];
            if (part.Input != split) continue;
            above = (part.Zero, part.One);
            path = Unwind(path, i);
            break;
        }
        Descend(hot, above.One);
        Descend(cold, 0);

        void Descend(int child, double isFollowed)
        {
            var cover = _trees.Covers[at];
            var share = above.Zero * (cover > 0 ? _trees.Covers[child] / cover : 0);
            // Where no row of the training went and this one does not go, whatever is known, nothing is added.
            if (share > 0 || isFollowed > 0) Recurse(child, path, share, isFollowed, split);
        }
    }

    // A copy of the path, one part longer.
    private Path Extend(Path path, double zero, double one, int input)
    {
        var length = path.Length;
        var longer = new Path(path.From + length, length + 1);
        Array.Copy(_paths, path.From, _paths, longer.From, length);
        var m = _paths.AsSpan(longer.From, length + 1);
        m[length] = new Part(input, zero, one, length == 0 ? 1 : 0);
        for (var i = length - 1; i >= 0; i--)
        {
            m[i + 1].Weight += one * m[i].Weight * (i + 1) / (length + 1);
            m[i].Weight = zero * m[i].Weight * (length - i) / (length + 1);
        }
        return longer;
    }

    // Takes a part out of the path, in place.
    private Path Unwind(Path path, int at)
    {
        var m = _paths.AsSpan(path.From, path.Length);
        var last = m.Length - 1;
        var (zero, one) = (m[at].Zero, m[at].One);
        var next = m[last].Weight;
        for (var j = last - 1; j >= 0; j--)
        {
            if (one > 0)
            {
                var weight = m[j].Weight;
                m[j].Weight = next * (last + 1) / ((j + 1) * one);
                next = weight - m[j].Weight * zero * (last - j) / (last + 1);
            }
            else
            {
                m[j].Weight = m[j].Weight * (last + 1) / (zero * (last - j));
            }
        }
        for (var j = at; j < last; j++)
            m[j] = new Part(m[j + 1].Input, m[j + 1].Zero, m[j + 1].One, m[j].Weight);
        return path with { Length = last };
    }

    // The sum of the weights there were without a part.
    private double UnwoundSum(Path path, int at)
    {
        var m = _paths.AsSpan(path.From, path.Length);
        var last = m.Length - 1;
        var (zero, one) = (m[at].Zero, m[at].One);
        var (next, sum) = (m[last].Weight, 0.0);
        for (var j = last - 1; j >= 0; j--)
        {
            if (one > 0)
            {
                var weight = next * (last + 1) / ((j + 1) * one);
                sum += weight;
                next = m[j].Weight - weight * zero * (last - j) / (last + 1);
            }
            else
            {
                sum += m[j].Weight * (last + 1) / (zero * (last - j));
            }
        }
        return sum;
    }

    private readonly record struct Path(int From, int Length);

    // Input; share of the training's rows that go this way; whether this row does; weight of the sets of a size.
    private record struct Part(int Input, double Zero, double One, double Weight);
}
