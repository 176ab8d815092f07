using DToC.Learn.Propensity;
using DToC.Twin.Models;
using DToC.Twin.Models.Trees;

namespace DToC.Learn.Trees;

/// <summary>Fits boosted trees: each reduces what the sum of those before left of the loss.</summary>
public static class BoostedTrees
{
    /// <summary>Boosted trees of rows. The same rows, options and seed give the same bytes.</summary>
    /// <param name="table">Inputs; at least one row.</param>
    /// <param name="targets">One a row: in [0, 1] for log-loss, finite for squares.</param>
    /// <param name="options">How they are grown.</param>
    /// <param name="groups">
    /// One a row, or none: rows of the same number, such as one customer as of several moments, know of each other, and
    /// are in the same part for early stopping. Else what the trees remember of one row is taken for skill at another.
    /// </param>
    /// <param name="cancellation">Ends it between two trees.</param>
    /// <exception cref="ArgumentException">One of them is not so.</exception>
    public static Boosted Fit(
        TrainingTable table, double[] targets, BoostingOptions options, ReadOnlySpan<int> groups = default,
        CancellationToken cancellation = default)
    {
        Check(table, targets, options);
        var binned = BinnedTable.Of(table, options.Bins);
        var searched = options.Folds > 0 && table.Rows >= 2 * options.Folds
            ? new TreeCountSearch(binned, targets, groups, options, cancellation)
            : null;
        var run = new BoostingRun(binned, targets, options);
        run.Start([.. Enumerable.Range(0, table.Rows)]);
        run.AddUpTo(searched?.Best ?? options.MaxTrees, cancellation);
        var link = options.Loss == BoostingLoss.Logistic ? MarginLink.Sigmoid : MarginLink.Identity;
        var output = new TreeOutput { Link = link, Start = [run.Base] };
        var trees = run.Trees.Select(tree => tree.ToTree(binned)).ToList();
        var heldOut = searched?.HeldOutScores() ?? [];
        return new Boosted(new TreeEnsemble(table.Names, trees, output), searched?.Losses ?? [], heldOut)
        {
            HeldOutResiduals = [.. heldOut.Select((score, row) => targets[row] - score)],
        };
    }

    private static void Check(TrainingTable table, double[] targets, BoostingOptions options)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { } error) throw new ArgumentException(error, nameof(options));
        if (options.Loss == BoostingLoss.Logistic) Targets.Check(table, targets);
        else Targets.CheckFinite(table, targets);
    }
}

/// <summary>Trees that were fitted.</summary>
/// <param name="Model">They as a model.</param>
/// <param name="HeldOutLosses">
/// Mean loss on rows left out, before the first tree and after each; empty without early stopping.
/// </param>
/// <param name="HeldOutScores">
/// Of each row the score of trees that were grown without it, to calibrate on; empty without early stopping.
/// </param>
public sealed record Boosted(
    TreeEnsemble Model, IReadOnlyList<double> HeldOutLosses, IReadOnlyList<double> HeldOutScores)
{
    /// <summary>Of each row the target less <see cref="HeldOutScores"/>; empty without early stopping.</summary>
    public IReadOnlyList<double> HeldOutResiduals { get; init; } = [];
}
