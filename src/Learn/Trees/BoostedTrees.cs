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
    /// <exception cref="ArgumentException">One of them is not so.</exception>
    public static Boosted Fit(TrainingTable table, double[] targets, BoostingOptions options)
    {
        Check(table, targets, options);
        var run = new BoostingRun(BinnedTable.Of(table, options.Bins), targets, options);
        var all = new int[table.Rows];
        for (var i = 0; i < all.Length; i++) all[i] = i;
        if (options.Patience == 0 || table.Rows < 5)
        {
            run.Start(all);
            while (run.Trees.Count < options.MaxTrees && run.Add())
            {
            }
            return Made(table, run, []);
        }
        var losses = Stopped(run, all, options);
        if (!options.IsRefitted) return Made(table, run, losses);
        var trees = run.Trees.Count;
        run.Start(all);
        while (run.Trees.Count < trees && run.Add())
        {
        }
        return Made(table, run, losses);
    }

    // Grows on a part, until the other part has not gained for long; keeps the trees up to its best.
    private static List<double> Stopped(BoostingRun run, int[] all, BoostingOptions options)
    {
        var order = all.ToArray();
        Folds.Shuffle(order, new Twin.Draws.Xoshiro256(options.Seed));
        var held = Math.Clamp((int)Math.Round(order.Length * options.ValidationShare), 1, order.Length - 1);
        var (validation, training) = (order[..held], order[held..]);
        Array.Sort(validation);
        Array.Sort(training);
        run.Start(training);
        var losses = new List<double> { run.LossOf(validation) };
        var best = 0;
        while (run.Trees.Count < options.MaxTrees && run.Trees.Count - best < options.Patience && run.Add())
        {
            losses.Add(run.LossOf(validation));
            if (losses[^1] < losses[best]) best = run.Trees.Count;
        }
        run.Keep(best);
        return losses;
    }

    private static Boosted Made(TrainingTable table, BoostingRun run, IReadOnlyList<double> losses)
    {
        var link = run.Options.Loss == BoostingLoss.Logistic ? MarginLink.Sigmoid : MarginLink.Identity;
        var output = new TreeOutput { Link = link, Start = [run.Base] };
        var trees = run.Trees.Select(tree => tree.ToTree(run.Table)).ToList();
        return new Boosted(new TreeEnsemble(table.Names, trees, output), losses);
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
/// <param name="ValidationLosses">
/// Mean loss of the validation part before the first tree and after each; empty without early stopping.
/// </param>
public sealed record Boosted(TreeEnsemble Model, IReadOnlyList<double> ValidationLosses);
