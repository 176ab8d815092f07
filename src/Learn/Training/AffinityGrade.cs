using DToC.Twin.Models.Affinity;

namespace DToC.Learn.Training;

/// <summary>
/// Grades what an <see cref="AffinityModel"/> says as of a moment of the next basket of everybody who had bought
/// before and has one within the horizon: which share of what it holds is among the five named (recall@5), whether
/// anything is (hit rate), and the probability of the model's token. Beside it stand what is most popular, for all
/// alike; and one's own most frequent tokens, counted exactly and filled up with popular ones.
/// </summary>
internal static class AffinityGrade
{
    private const int Named = 5;
    private const double Level = 0.9;

    /// <summary>What somebody forecasts of a basket.</summary>
    /// <param name="Names">Five tokens at most.</param>
    /// <param name="Value">Probability of the token that the model's value is about.</param>
    private readonly record struct BasketForecast(IReadOnlyList<string> Names, double Value);

    /// <summary>Grades a model on what it was not fitted on.</summary>
    public static Grade Of(AffinityModel model, SequenceReading reading)
    {
        var cases = reading.Baskets;
        string[] asked = [.. cases.Select(one => model.Token ?? model.TopNames(one.Before, 1)[0])];
        double[] came =
            [.. cases.Select((one, i) => one.Tokens.Contains(asked[i], StringComparer.Ordinal) ? 1.0 : 0.0)];
        var examples = new Examples(reading.Trail.Task.InputNames);
        for (var i = 0; i < cases.Count; i++)
            examples.Add(i, cases[i].Before, came[i], double.NaN, model.Score(cases[i].Before));
        string[] popular =
        [
            .. reading.Counts.OrderByDescending(t => t.Value).ThenBy(t => t.Key, StringComparer.Ordinal)
                .Take(Named).Select(t => t.Key),
        ];
        return new Grade(
            cases.Count,
            new Forecaster("model", Measured(
                (one, i) => new BasketForecast(model.TopNames(one.Before, Named), examples.Scores[i]))),
            [
                new Forecaster("everybody alike", Measured(
                    (_, i) => new BasketForecast(popular, ShareOf(asked[i])))),
                new Forecaster("the same again", Measured(
                    (one, i) => new BasketForecast(OwnNames(one), OwnShareOf(one, asked[i])))),
            ],
            Grade.TenthsOf(row => model.IntervalOf(examples.Row(row), Level), examples));

        double ShareOf(string token) => reading.Counts.GetValueOrDefault(token) / (reading.BasketsKnown + 1.0);

        IReadOnlyList<string> OwnNames(NextBasketCase one) =>
            [.. one.Own.Select(t => t.Token).Union(popular, StringComparer.Ordinal).Take(Named)];

        // The population counts as one basket: nothing is certain of a single one.
        double OwnShareOf(NextBasketCase one, string token) =>
            (one.Own.FirstOrDefault(t => t.Token == token).Baskets + ShareOf(token)) / (one.Baskets + 1);

        static double Found(IReadOnlyList<string> names, IReadOnlyList<string> held) =>
            names.Count(name => held.Contains(name, StringComparer.Ordinal));

        Dictionary<string, double> Measured(Func<NextBasketCase, int, BasketForecast> forecast)
        {
            var measures = new Dictionary<string, double>(StringComparer.Ordinal);
            if (cases.Count == 0) return measures;
            BasketForecast[] said = [.. cases.Select(forecast)];
            double[] found = [.. cases.Select((one, i) => Found(said[i].Names, one.Tokens))];
            measures["recallAt5"] = found.Select((n, i) => n / cases[i].Tokens.Count).Average();
            measures["hitRateAt5"] = found.Average(n => n > 0 ? 1.0 : 0.0);
            Grade.AddProbabilities(measures, [.. said.Select(s => s.Value)], came);
            return measures;
        }
    }
}
