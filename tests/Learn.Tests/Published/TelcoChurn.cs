using System.Diagnostics;
using DToC.Learn.Measures;
using DToC.Learn.Propensity;
using DToC.Learn.Trees;
using DToC.Twin.Models;

namespace DToC.Published;

/// <summary>
/// Who of the telephone customers leaves, by cross-validation: five folds of like shares of leavers, dealt out by
/// seed 1. A fold is graded by a model fitted on the four others with settings fixed beforehand, the defaults; what
/// early stopping needs, it takes from those four. AUC and log-loss are means over the folds. The calibration error is
/// of all rows together, each by the model that never saw it, in ten bins: the greater of that of bins of equal width
/// and that of bins of equally many rows.
/// </summary>
internal static class TelcoChurn
{
    private const int FoldCount = 5;
    private const ulong FoldSeed = 1;

    /// <summary>Logistic regression: AUC and log-loss.</summary>
    public static double[] LogisticFigures(DataFolder folder)
    {
        var run = Run(folder, WithLogarithms, (table, targets) => LogisticFit.Of(table, targets));
        return [run.Auc, run.LogLoss];
    }

    /// <summary>Boosted trees: AUC, calibration error, and seconds of the median training.</summary>
    public static double[] TreeFigures(DataFolder folder)
    {
        var run = Run(folder, table => table, (table, targets) =>
            BoostedTrees.Fit(table, targets, new BoostingOptions()).Model);
        return [run.Auc, run.CalibrationError, run.TrainingSeconds];
    }

    private static CrossValidated Run(
        DataFolder folder, Func<TrainingTable, TrainingTable> prepare,
        Func<TrainingTable, double[], PredictiveModel> fit)
    {
        var (read, churned) = Telco.Read(folder);
        var table = prepare(read);
        var folds = Folds.Stratified(churned, FoldCount, FoldSeed);
        var scores = new double[churned.Length];
        var (auc, logLoss, seconds) = (0.0, 0.0, new double[FoldCount]);
        for (var fold = 0; fold < FoldCount; fold++)
        {
            var (inside, outside) = Folds.Split(folds, fold);
            var (training, targets) = (table.Of(outside), Pick(churned, outside));
            var watch = Stopwatch.StartNew();
            var model = fit(training, targets);
            seconds[fold] = watch.Elapsed.TotalSeconds;
            var graded = table.Of(inside).Scores(model);
            for (var i = 0; i < inside.Length; i++) scores[inside[i]] = graded[i];
            auc += Ranking.Auc(graded, Pick(churned, inside)) / FoldCount;
            logLoss += Losses.LogLoss(graded, Pick(churned, inside)) / FoldCount;
        }
        Array.Sort(seconds);
        var error = Enum.GetValues<BinKind>()
            .Max(kind => Reliability.ExpectedCalibrationError(scores, churned, kind));
        return new CrossValidated(auc, logLoss, error, seconds[FoldCount / 2]);
    }

    // How long somebody is a customer counts by its ratio: the second month is not like the sixtieth.
    private static TrainingTable WithLogarithms(TrainingTable table)
    {
        foreach (var name in new[] { "tenure", "TotalCharges" })
        {
            var column = table.Column(table.Names.ToList().IndexOf(name)).ToArray();
            table.AddNumbers($"log {name}", [.. column.Select(value => Math.Log(1 + value))]);
        }
        return table;
    }

    private static double[] Pick(double[] values, int[] rows) => [.. rows.Select(row => values[row])];

    private sealed record CrossValidated(double Auc, double LogLoss, double CalibrationError, double TrainingSeconds);
}
