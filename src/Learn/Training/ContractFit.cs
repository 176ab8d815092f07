using DToC.Learn.CustomerBase;
using DToC.Twin;
using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Learn.Training;

/// <summary>
/// Fits retention to who left and who stayed: a period is the target's days, and a customer has been there for as many
/// as are in the first input, an age in days. Each row is one period of a customer who was there at its beginning.
/// </summary>
internal static class ContractFit
{
    // A period that fewer were seen in shares its effect with the later ones.
    private const int LeastAtRisk = 30;
    private const int MostEffects = 36;

    /// <summary>A period of a customer.</summary>
    private readonly record struct Period(int Tenure, bool IsLast, double[] Covariates);

    /// <exception cref="InvalidOperationException">It cannot be fitted; the message says why.</exception>
    public static FittedModel Of(TaskReading reading, LearntKind kind, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var task = reading.Task;
        var days = (task.Target?.HorizonMs ?? Instant.DayMs) / (double)Instant.DayMs;
        List<Period> periods = [.. reading.ToFit.SelectMany(part => PeriodsOf(part, days))];
        var ranges = SeenRanges.Of(reading.ToFit);
        var measures = new Dictionary<string, double>(StringComparer.Ordinal);
        string[] limits =
        [
            string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"Periods of {days:0.##} days are counted by '{task.InputNames[0]}'; one is forecast."),
        ];
        PredictiveModel model;
        if (kind == LearntKind.Sbg)
        {
            var fit = ModelFit.Expect(
                task.Name, RetentionFit.Of(RenewalCounts.OfPeriods(periods.Select(p => (p.Tenure, p.IsLast)))));
            (measures["logLikelihood"], measures["alpha"], measures["beta"]) =
                (fit.LogLikelihood, fit.Model.Alpha, fit.Model.Beta);
            model = new RetentionForecast(
                fit.Model, RetentionOutput.Churn, horizon: 1, Discount.None, task.InputNames[0],
                new LogCovariance(2, [.. fit.Covariance]), days);
        }
        else
        {
            ContractSpell[] spells = [.. periods.Select(p => new ContractSpell(p.Tenure, 1, p.IsLast, p.Covariates))];
            var fit = ModelFit.Expect(task.Name, HazardFit.Of(
                spells, task.InputNames[0], [.. task.InputNames.Skip(1)], EffectsOf(periods), horizon: 1, days));
            (measures["logLikelihood"], measures["effects"]) = (fit.LogLikelihood, fit.Model.Effects.Length);
            model = fit.Model;
        }
        return new FittedModel(model, ranges, periods.Count, measures, limits);
    }

    private static IEnumerable<Period> PeriodsOf(Examples part, double days)
    {
        for (var row = 0; row < part.Count; row++)
        {
            var values = part.Row(row).ToArray();
            if (values[0] >= 0 && double.IsFinite(values[0]))
                yield return new Period((int)(values[0] / days), part.Outcomes[row] > 0.5, values[1..]);
        }
    }

    private static int EffectsOf(List<Period> periods)
    {
        var effects = 1;
        while (effects < MostEffects && periods.Count(period => period.Tenure == effects) >= LeastAtRisk) effects++;
        return effects;
    }
}
