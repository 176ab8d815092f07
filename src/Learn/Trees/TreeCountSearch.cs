using DToC.Learn.Propensity;
using DToC.Twin.Models;

namespace DToC.Learn.Trees;

/// <summary>Finds by cross-validation how many trees are best; all parts' trees are grown in step.</summary>
internal sealed class TreeCountSearch
{
    private readonly BinnedTable _table;
    private readonly BoostingOptions _options;
    private readonly BoostingRun[] _runs;
    private readonly int[][] _heldOut;
    private readonly List<double> _losses = [];
    private readonly double[] _rowLosses;
    private readonly double[] _bestRowLosses;

    public TreeCountSearch(BinnedTable table, double[] targets, BoostingOptions options)
    {
        (_table, _options) = (table, options);
        var folds = Propensity.Folds.Stratified(targets, options.Folds, options.Seed);
        _runs = new BoostingRun[options.Folds];
        _heldOut = new int[options.Folds][];
        for (var fold = 0; fold < options.Folds; fold++)
        {
            var (inside, outside) = Propensity.Folds.Split(folds, fold);
            // Another seed each, so that the parts do not err alike.
            _runs[fold] = new BoostingRun(table, targets, options with { Seed = options.Seed + (ulong)fold + 1 });
            _runs[fold].Start(outside);
            _heldOut[fold] = inside;
        }
        (_rowLosses, _bestRowLosses) = (new double[table.Rows], new double[table.Rows]);
        Note();
        while (_losses.Count <= options.MaxTrees && !IsDone(options.Patience))
        {
            var isGrown = false;
            foreach (var run in _runs) isGrown |= run.AddUpTo(_losses.Count);
            if (!isGrown) break;
            Note();
        }
    }

    /// <summary>How many trees have the least loss; 0 when none helps.</summary>
    public int Best { get; private set; }

    /// <summary>
    /// The most trees the rows do not speak against: their loss is no more than a standard error of the difference
    /// above the least.
    /// </summary>
    public int MostPlausible { get; private set; }

    /// <summary>Mean loss on the rows left out, by the number of trees.</summary>
    public IReadOnlyList<double> Losses => _losses;

    /// <summary>Of each row the score by the best number of trees that were grown without it.</summary>
    public double[] HeldOutScores()
    {
        var scores = new double[_table.Rows];
        for (var fold = 0; fold < _runs.Length; fold++)
        {
            foreach (var row in _heldOut[fold])
            {
                var margin = _runs[fold].MarginOf(row, Best);
                scores[row] = _options.Loss == BoostingLoss.Logistic ? Logistic.Sigmoid(margin) : margin;
            }
        }
        return scores;
    }

    private bool IsDone(int patience) =>
        _losses.Count - 1 - Best >= patience && _losses.Count - 1 - MostPlausible >= patience;

    // The losses of all rows with the trees there are.
    private void Note()
    {
        var trees = _losses.Count;
        var sum = 0.0;
        for (var fold = 0; fold < _runs.Length; fold++)
        {
            foreach (var row in _heldOut[fold]) sum += _rowLosses[row] = _runs[fold].LossOf(row);
        }
        _losses.Add(sum / _table.Rows);
        if (trees == 0 || _losses[trees] < _losses[Best])
        {
            (Best, MostPlausible) = (trees, trees);
            Array.Copy(_rowLosses, _bestRowLosses, _rowLosses.Length);
            return;
        }
        var (mean, squares) = (_losses[trees] - _losses[Best], 0.0);
        for (var row = 0; row < _rowLosses.Length; row++)
            squares += Math.Pow(_rowLosses[row] - _bestRowLosses[row] - mean, 2);
        if (mean * _table.Rows <= Math.Sqrt(squares)) MostPlausible = trees;
    }
}
