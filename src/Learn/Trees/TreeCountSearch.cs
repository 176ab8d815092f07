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

    /// <summary>Searches.</summary>
    /// <param name="table">The rows.</param>
    /// <param name="targets">One a row.</param>
    /// <param name="groups">One a row, or none: rows of a group are in one part.</param>
    /// <param name="options">How trees are grown.</param>
    /// <param name="cancellation">Ends it.</param>
    public TreeCountSearch(
        BinnedTable table, double[] targets, ReadOnlySpan<int> groups, BoostingOptions options,
        CancellationToken cancellation)
    {
        (_table, _options) = (table, options);
        var folds = groups.IsEmpty
            ? Propensity.Folds.Stratified(targets, options.Folds, options.Seed)
            : Propensity.Folds.Grouped(targets, groups, options.Folds, options.Seed);
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
        _losses.Add(Loss());
        while (_losses.Count <= options.MaxTrees && _losses.Count - 1 - Best < options.Patience)
        {
            var isGrown = false;
            foreach (var run in _runs) isGrown |= run.AddUpTo(_losses.Count, cancellation);
            if (!isGrown) break;
            _losses.Add(Loss());
            if (_losses[^1] < _losses[Best]) Best = _losses.Count - 1;
        }
    }

    /// <summary>How many trees have the least loss; 0 when none helps.</summary>
    public int Best { get; private set; }

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

    private double Loss()
    {
        var sum = 0.0;
        for (var fold = 0; fold < _runs.Length; fold++)
        {
            foreach (var row in _heldOut[fold]) sum += _runs[fold].LossOf(row);
        }
        return sum / _table.Rows;
    }
}
