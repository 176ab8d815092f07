using DToC.Learn.Measures;
using DToC.Twin.Models;

namespace DToC.Learn.Propensity;

/// <summary>
/// Fits a <see cref="Logistic"/> in one pass over rows in the order of time, by <see cref="FtrlLogistic"/>: what came
/// last weighs most, and nothing is read twice.
/// </summary>
public static class FtrlFit
{
    /// <summary>
    /// The model after the last row; and the log-loss of the forecasts that were made of each row before it was learnt
    /// from (progressive validation: McMahan et al. 2013, section 5.1).
    /// </summary>
    /// <param name="table">Rows in the order of time; at least one.</param>
    /// <param name="targets">One a row: 1 where it came true, 0 where not.</param>
    /// <param name="known">
    /// How many of the first rows the inputs are standardised by, from 1: what is known of an input's size before the
    /// others come.
    /// </param>
    /// <param name="options">How it learns.</param>
    /// <exception cref="ArgumentException">One of them is not so.</exception>
    public static (Logistic Model, double LogLoss) Of(
        TrainingTable table, ReadOnlySpan<double> targets, int known, FtrlOptions options)
    {
        ArgumentNullException.ThrowIfNull(table);
        Targets.Check(table, targets);
        ArgumentOutOfRangeException.ThrowIfLessThan(known, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(known, table.Rows);
        var inputs = new LogisticInput[table.Names.Count];
        for (var c = 0; c < inputs.Length; c++)
        {
            var (mean, deviation) = LogisticFit.Moments(table.Column(c)[..known]);
            inputs[c] = new LogisticInput(table.Names[c], 0, mean, deviation);
        }
        var learner = new FtrlLogistic(table.Names, options);
        var (row, forecasts) = (new double[inputs.Length], new double[table.Rows]);
        for (var r = 0; r < table.Rows; r++)
        {
            table.Row(r, row);
            for (var c = 0; c < row.Length; c++) row[c] = (row[c] - inputs[c].Mean) / inputs[c].Scale;
            forecasts[r] = learner.Learn(row, targets[r]);
        }
        var learnt = learner.Snapshot();
        for (var c = 0; c < inputs.Length; c++) inputs[c] = inputs[c] with { Weight = learnt.Weights[c].Weight };
        return (new Logistic(learnt.Intercept, inputs), Losses.LogLoss(forecasts, targets));
    }
}
