using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DToC.Twin.Models.Trees;

/// <summary>The trees of an ensemble as they are walked, those of an output side by side.</summary>
internal sealed class PackedTrees
{
    // Trees walked side by side: each step waits for memory, so that eight take little longer than one.
    private const int Lanes = 8;

    // Deeper trees are mostly not walked to their ends, and are better walked alone.
    private const int MaxStepsAbreast = 24;

    private readonly TreePrecision _precision;
    private readonly int[] _leaves;
    private readonly int[] _setStarts;
    private readonly uint[] _setWords;
    private readonly int[] _order;
    private readonly int[] _roots;
    private readonly int[] _outputStarts;
    private readonly sbyte[] _steps;

    /// <summary>Packs trees; the place of a tree stays known by <see cref="LeafOf"/>.</summary>
    public PackedTrees(IReadOnlyList<DecisionTree> trees, int outputs, TreePrecision precision)
    {
        _precision = precision;
        _order = [.. Enumerable.Range(0, trees.Count).OrderBy(t => trees[t].Output)];
        var packing = new TreePacking(precision);
        _roots = [.. _order.Select(t => packing.Add(trees[t]))];
        _outputStarts = new int[outputs + 1];
        foreach (var tree in trees) _outputStarts[tree.Output + 1]++;
        for (var k = 0; k < outputs; k++) _outputStarts[k + 1] += _outputStarts[k];
        Columns = packing.Columns;
        Nodes = packing.Nodes;
        _leaves = packing.Leaves;
        Covers = CoversOf(trees);
        _setStarts = packing.SetStarts;
        _setWords = packing.SetWords;
        _steps = new sbyte[trees.Count];
        for (var place = 0; place < trees.Count; place++) _steps[place] = StepsAbreast(place, trees);
    }

    /// <summary>The columns a row is put into.</summary>
    public TreeColumn[] Columns { get; }

    /// <summary>All nodes.</summary>
    public TreeNode[] Nodes { get; }

    /// <summary>
    /// How many rows each node was fitted on; how many leaves are below it, in a tree that does not know.
    /// </summary>
    public double[] Covers { get; }

    /// <summary>Places of the trees of an output, in the order of the sum.</summary>
    public (int From, int Until) PlacesOf(int output) => (_outputStarts[output], _outputStarts[output + 1]);

    /// <summary>Which tree, as they were given, is at a place.</summary>
    public int TreeAt(int place) => _order[place];

    /// <summary>Its root.</summary>
    public int RootAt(int place) => _roots[place];

    /// <summary>The place of a leaf in its tree; of a node that is one.</summary>
    public int LeafOf(int node) => _leaves[node];

    /// <summary>Puts a row into columns.</summary>
    public void Fill(ReadOnlySpan<double> inputs, Span<double> columns)
    {
        columns[0] = double.NegativeInfinity;
        for (var i = 1; i < Columns.Length; i++) columns[i] = Columns[i].ValueOf(inputs, _precision);
    }

    /// <summary>The sum of the trees of an output and where it starts.</summary>
    public double Sum(int output, double start, ReadOnlySpan<double> columns)
    {
        var (place, until) = PlacesOf(output);
        var (sum, single) = (start, (float)start);
        Span<int> at = stackalloc int[Lanes];
        while (place < until)
        {
            var count = 1;
            if (place + Lanes <= until && _steps[place] >= 0)
            {
                WalkAbreast(_roots.AsSpan(place, Lanes), at, _steps[place], columns);
                count = Lanes;
            }
            else
            {
                at[0] = Walk(_roots[place], columns);
            }
            for (var lane = 0; lane < count; lane++)
            {
                var value = Nodes[at[lane]].Threshold;
                sum += value;
                single += (float)value;
            }
            place += count;
        }
        return _precision == TreePrecision.Single ? single : sum;
    }

    /// <summary>The leaf a row ends in, walked from a root.</summary>
    public int Walk(int node, ReadOnlySpan<double> columns)
    {
        while (!Nodes[node].IsLeaf) node = Nodes[node].Left + (GoesRight(Nodes[node], columns) ? 1 : 0);
        return node;
    }

    /// <summary>Whether a row goes right at a split.</summary>
    public bool GoesRight(in TreeNode node, ReadOnlySpan<double> columns)
    {
        var value = columns[node.Column];
        return node.Kind switch
        {
            NodeKind.Ordered => value > node.Threshold,
            NodeKind.Equal => value != node.Threshold && !double.IsNegativeInfinity(value),
            _ => !double.IsNegativeInfinity(value) && !IsIn((int)node.Threshold, value),
        };
    }

    private bool IsIn(int set, double value)
    {
        // What is above -1 is cut to 0, as by a cast in C.
        if (!(value > -1 && value < DecisionTree.MaxCategory + 1.0)) return false;
        var category = (int)value;
        var word = _setStarts[set] + category / 32;
        return word < _setStarts[set + 1] && (_setWords[word] >> category % 32 & 1) != 0;
    }

    private double[] CoversOf(IReadOnlyList<DecisionTree> trees)
    {
        var covers = new double[Nodes.Length];
        var until = Nodes.Length;
        for (var place = _roots.Length - 1; place >= 0; place--)
        {
            var tree = trees[_order[place]];
            var isKnown = tree.HasCovers;
            // Children stand behind their parents.
            for (var node = until - 1; node >= _roots[place]; node--)
            {
                covers[node] = !Nodes[node].IsLeaf ? covers[Nodes[node].Left] + covers[Nodes[node].Left + 1]
                    : isKnown ? tree.Leaves[_leaves[node]].Cover
                    : 1;
            }
            until = _roots[place];
        }
        return covers;
    }

    // Steps that bring eight trees from here to their leaves; -1 when they are not to be walked side by side.
    private sbyte StepsAbreast(int place, IReadOnlyList<DecisionTree> trees)
    {
        var steps = 0;
        for (var next = place; next < Math.Min(place + Lanes, _order.Length); next++)
        {
            var tree = trees[_order[next]];
            if (tree.Splits.Any(s => s.Test is SplitTest.In or SplitTest.Equal or SplitTest.NotEqual)) return -1;
            steps = Math.Max(steps, tree.Depth);
        }
        return steps <= MaxStepsAbreast ? (sbyte)steps : (sbyte)-1;
    }

    // No test for bounds and no branch in the steps: nodes lead to nodes and columns by construction.
    private void WalkAbreast(ReadOnlySpan<int> roots, Span<int> at, int steps, ReadOnlySpan<double> columns)
    {
        ref var nodes = ref MemoryMarshal.GetArrayDataReference(Nodes);
        ref var row = ref MemoryMarshal.GetReference(columns);
        var (a, b, c, d) = (roots[0], roots[1], roots[2], roots[3]);
        var (e, f, g, h) = (roots[4], roots[5], roots[6], roots[7]);
        for (; steps > 0; steps--)
        {
            a = Next(ref nodes, ref row, a);
            b = Next(ref nodes, ref row, b);
            c = Next(ref nodes, ref row, c);
            d = Next(ref nodes, ref row, d);
            e = Next(ref nodes, ref row, e);
            f = Next(ref nodes, ref row, f);
            g = Next(ref nodes, ref row, g);
            h = Next(ref nodes, ref row, h);
        }
        (at[0], at[1], at[2], at[3]) = (a, b, c, d);
        (at[4], at[5], at[6], at[7]) = (e, f, g, h);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Next(ref TreeNode nodes, ref double row, int at)
    {
        ref var node = ref Unsafe.Add(ref nodes, at);
        return node.Left + (Unsafe.Add(ref row, (nint)node.Column) > node.Threshold ? 1 : 0);
    }
}
