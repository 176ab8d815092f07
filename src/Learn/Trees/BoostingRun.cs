using DToC.Learn.Propensity;
using DToC.Twin.Draws;
using DToC.Twin.Models;

namespace DToC.Learn.Trees;

/// <summary>Trees as they are added one after the other: the margins of all rows, and what each tree sees.</summary>
internal sealed class BoostingRun(BinnedTable table, double[] targets, BoostingOptions options)
{
    // Keeps the first margin finite where all came true.
    private const double LeastShare = 1e-6;

    private readonly double[] _margins = new double[table.Rows];
    private readonly double[] _gradients = new double[table.Rows];
    private readonly double[] _curvatures = new double[table.Rows];
    private readonly TreeGrower _grower = new(table, options);
    private readonly int[] _allColumns = [.. Enumerable.Range(0, table.Columns)];
    private Xoshiro256 _random = new(options.Seed);
    private int[] _rows = [];

    public BinnedTable Table => table;

    public BoostingOptions Options => options;

    /// <summary>Margin before the first tree.</summary>
    public double Base { get; private set; }

    public List<GrownTree> Trees { get; } = [];

    /// <summary>Begins anew, to learn from these rows.</summary>
    public void Start(int[] rows)
    {
        _rows = rows;
        _random = new Xoshiro256(options.Seed);
        Trees.Clear();
        var mean = 0.0;
        foreach (var row in rows) mean += targets[row] / rows.Length;
        var share = Math.Clamp(mean, LeastShare, 1 - LeastShare);
        Base = options.Loss == BoostingLoss.Logistic ? Logistic.LogOddsOf(share) : mean;
        _margins.AsSpan().Fill(Base);
    }

    /// <summary>Adds trees until there are so many; false when no more could be added.</summary>
    public bool AddUpTo(int trees, CancellationToken cancellation)
    {
        while (Trees.Count < trees)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!Add()) return false;
        }
        return true;
    }

    /// <summary>Margin of a row by the first trees.</summary>
    public double MarginOf(int row, int trees)
    {
        var margin = Base;
        for (var t = 0; t < Math.Min(trees, Trees.Count); t++) margin += Trees[t].ValueOf(table, row);
        return margin;
    }

    /// <summary>Loss of a row: in nats, or squared.</summary>
    public double LossOf(int row) => options.Loss == BoostingLoss.Logistic
        ? PenalisedNewton.LogLossOf(_margins[row], targets[row])
        : (_margins[row] - targets[row]) * (_margins[row] - targets[row]);

    // False when no row can be told from another any more.
    private bool Add()
    {
        Differentiate();
        var tree = _grower.Grow(_gradients, _curvatures, Sample(_rows, options.RowShare, isCopied: true),
            Sample(_allColumns, options.ColumnShare, isCopied: false));
        // With all rows and columns seen, a tree without a split is what all after it would be.
        if (tree.Leaves == 1 && options is { RowShare: 1, ColumnShare: 1 }) return false;
        Trees.Add(tree);
        for (var row = 0; row < _margins.Length; row++) _margins[row] += tree.ValueOf(table, row);
        return true;
    }

    private void Differentiate()
    {
        foreach (var row in _rows)
        {
            if (options.Loss == BoostingLoss.Logistic)
            {
                var probability = Logistic.Sigmoid(_margins[row]);
                _gradients[row] = probability - targets[row];
                _curvatures[row] = probability * (1 - probability);
            }
            else
            {
                _gradients[row] = _margins[row] - targets[row];
                _curvatures[row] = 1;
            }
        }
    }

    // As many as their share, each as likely as any, in their order: selection sampling (D. Knuth, "The Art of
    // Computer Programming" 2, 3.4.2, algorithm S).
    private int[] Sample(int[] all, double share, bool isCopied)
    {
        if (share == 1) return isCopied ? [.. all] : all;
        var wanted = Math.Max(1, (int)Math.Round(all.Length * share));
        var chosen = new int[wanted];
        for (var (i, taken) = (0, 0); taken < wanted; i++)
        {
            if ((all.Length - i) * _random.NextUnit() < wanted - taken) chosen[taken++] = all[i];
        }
        return chosen;
    }
}
