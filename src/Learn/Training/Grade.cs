using DToC.Learn.Measures;
using DToC.Twin.Models;

namespace DToC.Learn.Training;

/// <summary>Forecasts of one source beside what came true.</summary>
/// <param name="Name">Who forecast: the model, or a naive rule.</param>
/// <param name="Measures">
/// By name: auc, logLoss, brier, ece of a probability; mae, rmse, bias of an amount, of the logarithm of a quantity or
/// of answers from -1 to 1; recallAt5, hitRateAt5 of the next
/// basket; nextAccuracy, nextLogLoss, nextBrier of what comes next, waitMaeDays, waitCovered of when.
/// </param>
public sealed record Forecaster(string Name, IReadOnlyDictionary<string, double> Measures);

/// <summary>A tenth of the customers, by the size of the forecast.</summary>
/// <param name="Rows">Customers in it.</param>
/// <param name="Forecast">Mean of what was forecast.</param>
/// <param name="Outcome">Mean of what came true.</param>
/// <param name="OutcomeError">Standard error of that mean.</param>
/// <param name="Low">Mean of the intervals' lower ends; NaN when the model gives none.</param>
/// <param name="High">Mean of their upper ends.</param>
/// <param name="Came">Where the mean of what came true may lie.</param>
public sealed record GradeTenth(
    int Rows, double Forecast, double Outcome, double OutcomeError, double Low, double High, OutcomeRange Came)
{
    /// <summary>Whether what came true is compatible with the intervals; null without intervals.</summary>
    public bool? IsWithin => double.IsNaN(Low) ? null : Came.High >= Low && Came.Low <= High;
}

/// <summary>How a model's forecasts compare with what came true, and with naive ones.</summary>
/// <param name="Rows">Customers graded on.</param>
/// <param name="Model">The model.</param>
/// <param name="Naive">The same of rules that anybody could have used.</param>
/// <param name="Tenths">Calibration: tenths of the customers by forecast, ascending.</param>
public sealed record Grade(
    int Rows, Forecaster Model, IReadOnlyList<Forecaster> Naive, IReadOnlyList<GradeTenth> Tenths)
{
    private const int MostTenths = 10;
    private const double Level = 0.9;

    /// <summary>Grades a model on what it was not fitted on.</summary>
    /// <param name="task">What it forecasts.</param>
    /// <param name="model">The model, over the examples' inputs.</param>
    /// <param name="graded">What it is graded on.</param>
    /// <param name="known">What was known before: the naive rules have learnt from it.</param>
    public static Grade Of(
        ModelTask task, PredictiveModel model, Examples graded, IReadOnlyList<Examples> known)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(graded);
        return Of(
            task, [.. Enumerable.Range(0, graded.Count).Select(row => model.Score(graded.Row(row)))],
            row => model.IntervalOf(graded.Row(row), Level), graded, known);
    }

    /// <summary>Grades forecasts.</summary>
    /// <param name="task">What is forecast.</param>
    /// <param name="forecasts">One an example; those that are no number are left out.</param>
    /// <param name="intervalOf">Where an example's expected value lies with a probability of 0.9, or null.</param>
    /// <param name="graded">What they are graded on.</param>
    /// <param name="known">What was known before: the naive rules have learnt from it.</param>
    public static Grade Of(
        ModelTask task, IReadOnlyList<double> forecasts, Func<int, Interval?> intervalOf, Examples graded,
        IReadOnlyList<Examples> known)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(forecasts);
        ArgumentNullException.ThrowIfNull(graded);
        ArgumentNullException.ThrowIfNull(known);
        var rows = Enumerable.Range(0, graded.Count).Select(row => (Row: row, Score: forecasts[row]))
            .Where(row => double.IsFinite(row.Score)).ToList();
        double[] scores = [.. rows.Select(row => row.Score)];
        double[] outcomes = [.. rows.Select(row => graded.Outcomes[row.Row])];
        double[] before = [.. rows.Select(row => graded.Before[row.Row])];
        return new Grade(
            rows.Count, new Forecaster("model", Measured(task, scores, outcomes)),
            [.. NaiveOf(task, before, known).Select(rule =>
                new Forecaster(rule.Name, Measured(task, rule.Forecasts, outcomes)))],
            TenthsOf(task.IsProbability, intervalOf, graded, rows));
    }

    private static IEnumerable<(string Name, double[] Forecasts)> NaiveOf(
        ModelTask task, double[] before, IReadOnlyList<Examples> known)
    {
        double[] outcomes = [.. known.SelectMany(part => part.Outcomes)];
        double[] priors = [.. known.SelectMany(part => part.Before)];
        var mean = outcomes.DefaultIfEmpty(0).Average();
        yield return ("everybody alike", [.. before.Select(_ => mean)]);
        if (!task.IsProbability)
        {
            yield return ("the same again", [.. before.Select(value => double.IsNaN(value) ? mean : value)]);
            yield break;
        }
        // Of those with the same outcome in the horizon before, the share with which it came again.
        var came = ShareOf(value => value > 0.5);
        var not = ShareOf(value => value <= 0.5);
        yield return ("the same again",
            [.. before.Select(value => double.IsNaN(value) ? mean : value > 0.5 ? came : not)]);

        double ShareOf(Func<double, bool> isOf) =>
            outcomes.Where((_, i) => isOf(priors[i])).DefaultIfEmpty(mean).Average();
    }

    private static Dictionary<string, double> Measured(ModelTask task, double[] forecasts, double[] outcomes)
    {
        var measures = new Dictionary<string, double>(StringComparer.Ordinal);
        if (forecasts.Length == 0) return measures;
        if (task.IsProbability)
        {
            AddProbabilities(measures, forecasts, outcomes);
            return measures;
        }
        AddAmounts(measures, forecasts, outcomes);
        return measures;
    }

    /// <summary>What forecasts of amounts are measured by, beside what came; nothing where there are none.</summary>
    internal static Forecaster OfAmounts(string name, double[] forecasts, double[] outcomes)
    {
        var measures = new Dictionary<string, double>(StringComparer.Ordinal);
        if (forecasts.Length > 0) AddAmounts(measures, forecasts, outcomes);
        return new Forecaster(name, measures);
    }

    private static void AddAmounts(Dictionary<string, double> measures, double[] forecasts, double[] outcomes)
    {
        measures["mae"] = Losses.MeanAbsolute(forecasts, outcomes);
        measures["rmse"] = Losses.RootMeanSquare(forecasts, outcomes);
        measures["bias"] = forecasts.Average() - outcomes.Average();
    }

    /// <summary>Adds the measures of probabilities, one or more, beside outcomes of 1 and 0.</summary>
    internal static void AddProbabilities(Dictionary<string, double> measures, double[] forecasts, double[] outcomes)
    {
        measures["auc"] = Ranking.Auc(forecasts, outcomes);
        measures["logLoss"] = Losses.LogLoss(forecasts, outcomes);
        measures["brier"] = Losses.Brier(forecasts, outcomes);
        measures["ece"] = Reliability.ExpectedCalibrationError(forecasts, outcomes, BinKind.EqualMass);
    }

    /// <summary>Calibration of examples by their scores, which are all probabilities.</summary>
    internal static IReadOnlyList<GradeTenth> TenthsOf(Func<int, Interval?> intervalOf, Examples graded) =>
        TenthsOf(isProbability: true, intervalOf, graded, [.. graded.Scores.Select((score, row) => (row, score))]);

    private static List<GradeTenth> TenthsOf(
        bool isProbability, Func<int, Interval?> intervalOf, Examples graded, List<(int Row, double Score)> rows)
    {
        var usual = graded.Outcomes.Where(outcome => outcome > 0).DefaultIfEmpty(0).Average();
        var sorted = rows.OrderBy(row => row.Score).ThenBy(row => row.Row).ToList();
        var tenths = new List<GradeTenth>();
        for (var n = 0; n < MostTenths; n++)
        {
            var part = sorted[(n * sorted.Count / MostTenths)..((n + 1) * sorted.Count / MostTenths)];
            if (part.Count == 0) continue;
            double[] outcomes = [.. part.Select(row => graded.Outcomes[row.Row])];
            var mean = outcomes.Average();
            var variance = outcomes.Sum(o => (o - mean) * (o - mean)) / Math.Max(1, outcomes.Length - 1);
            var error = Math.Sqrt(variance / part.Count);
            var (low, high) = MeanInterval(intervalOf, part);
            var came = isProbability
                ? OutcomeRange.OfShare(mean, part.Count)
                : OutcomeRange.OfAmount(mean, error, part.Count, usual);
            tenths.Add(new GradeTenth(part.Count, part.Average(row => row.Score), mean, error, low, high, came));
        }
        return tenths;
    }

    // Intervals take draws: some customers of a tenth stand for all of it.
    private static (double Low, double High) MeanInterval(
        Func<int, Interval?> intervalOf, List<(int Row, double Score)> part)
    {
        const int asked = 25;
        var step = Math.Max(1, part.Count / asked);
        var (low, high, count) = (0.0, 0.0, 0);
        for (var i = step / 2; i < part.Count; i += step)
        {
            if (intervalOf(part[i].Row) is not { } interval) continue;
            (low, high, count) = (low + interval.Low, high + interval.High, count + 1);
        }
        return count == 0 ? (double.NaN, double.NaN) : (low / count, high / count);
    }
}
