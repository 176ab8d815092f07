using DToC.Twin;
using DToC.Twin.Models;
using DToC.Twin.Models.Transitions;

namespace DToC.Learn.Training;

/// <summary>
/// Grades what a <see cref="TransitionForecast"/> says of everybody as of a moment: what comes next (of those to whom
/// something came), when, and its value, beside the forecast that makes no difference between customers: what came of
/// the horizon before.
/// </summary>
internal static class TransitionGrade
{
    private const double Level = 0.9;
    private const double Least = 1e-15;

    /// <summary>What somebody forecasts of a customer.</summary>
    /// <param name="Next">Probability of each name.</param>
    /// <param name="MedianDays">Until the next one.</param>
    /// <param name="LowDays">Lower end of the range it comes in with a probability of 0.9.</param>
    /// <param name="HighDays">Upper end of it.</param>
    /// <param name="Value">Probability of what the model's value is about.</param>
    private readonly record struct NextForecast(
        double[] Next, double MedianDays, double LowDays, double HighDays, double Value);

    /// <summary>Grades a model on what it was not fitted on.</summary>
    public static Grade Of(TransitionForecast model, SequenceReading reading)
    {
        var (names, horizon) = (reading.Trail.Names, reading.HorizonDays);
        var target = model.Target is null ? -1 : names.ToList().IndexOf(model.Target);
        var cases = reading.Graded.Where(c => double.IsFinite(model.Score(c.Inputs))).ToList();
        var examples = new Examples(reading.Trail.Task.InputNames);
        foreach (var one in cases)
            examples.Add(examples.Count, one.Inputs, Came(one), double.NaN, model.Score(one.Inputs));
        var rows = model.Rows.ToDictionary(row => NameCode.Of(row.From));
        int[] order = [.. names.Select(name => model.Names.ToList().IndexOf(name))];
        var naive = new List<Forecaster>();
        if (reading.Earlier.Count > 0)
        {
            var alike = Alike(reading.Earlier, names.Count, Came);
            naive.Add(new Forecaster("everybody alike", Measured(cases, _ => alike, horizon, Came)));
        }
        return new Grade(
            cases.Count, new Forecaster("model", Measured(cases, OfModel, horizon, Came)), naive,
            Grade.TenthsOf(row => model.IntervalOf(examples.Row(row), Level), examples));

        double Came(NextCase one) =>
            one.Next >= 0 && (model.Target is null || one.Next == target) ? 1 : 0;

        NextForecast OfModel(NextCase one)
        {
            var row = rows[one.Inputs[0]];
            if (!(row.Total > 0))
                return new NextForecast(new double[names.Count], horizon, horizon, horizon, model.Score(one.Inputs));
            // As the twin shows it: by the most probable family.
            var (wait, waited) = (row.Waits[0], one.Inputs[1]);
            return new NextForecast(
                [.. order.Select(i => i < 0 ? 0 : row.Weights[i] / row.Total)], wait.QuantileAfter(waited, 0.5),
                wait.QuantileAfter(waited, (1 - Level) / 2), wait.QuantileAfter(waited, (1 + Level) / 2),
                model.Score(one.Inputs));
        }
    }

    // Half a count each: nothing is impossible for not having been seen.
    private static NextForecast Alike(List<NextCase> earlier, int names, Func<NextCase, double> came)
    {
        var next = new double[names];
        Array.Fill(next, 0.5);
        foreach (var one in earlier.Where(one => one.Next >= 0)) next[one.Next]++;
        var total = next.Sum();
        for (var i = 0; i < names; i++) next[i] /= total;
        double[] days = [.. earlier.Select(one => one.Days).Order()];
        return new NextForecast(
            next, days.Average(), days[(int)((days.Length - 1) * (1 - Level) / 2)],
            days[(int)Math.Ceiling((days.Length - 1) * (1 + Level) / 2)], earlier.Average(came));
    }

    // A wait that outlasts the horizon counts as the horizon, forecast or real: what it would have come to is not
    // known, and so restricted the median still has the least mean absolute error.
    private static Dictionary<string, double> Measured(
        List<NextCase> cases, Func<NextCase, NextForecast> forecast, double horizon, Func<NextCase, double> came)
    {
        var measures = new Dictionary<string, double>(StringComparer.Ordinal);
        if (cases.Count == 0) return measures;
        NextForecast[] said = [.. cases.Select(forecast)];
        var (seen, right, logLoss, brier, error, covered) = (0, 0, 0.0, 0.0, 0.0, 0);
        for (var i = 0; i < said.Length; i++)
        {
            var (next, days) = (said[i].Next, cases[i].Days);
            error += Math.Abs(days - Math.Min(said[i].MedianDays, horizon));
            if (days >= Math.Min(said[i].LowDays, horizon) && days <= Math.Min(said[i].HighDays, horizon)) covered++;
            if (cases[i].Next is not (>= 0 and var nextOne)) continue;
            seen++;
            if (Array.IndexOf(next, next.Max()) == nextOne) right++;
            logLoss -= Math.Log(Math.Max(next[nextOne], Least));
            // Of all names together, as in G. Brier, Monthly Weather Review 78, 1950, equation 2: from 0 to 2.
            brier += next.Select((p, name) => name == nextOne ? (1 - p) * (1 - p) : p * p).Sum();
        }
        if (seen > 0)
        {
            (measures["nextAccuracy"], measures["nextLogLoss"], measures["nextBrier"]) =
                (right / (double)seen, logLoss / seen, brier / seen);
        }
        (measures["waitMaeDays"], measures["waitCovered"]) = (error / said.Length, covered / (double)said.Length);
        Grade.AddProbabilities(measures, [.. said.Select(s => s.Value)], [.. cases.Select(came)]);
        return measures;
    }
}
