using DToC.Twin.Models;
using DToC.Twin.Models.Text;
using MathNet.Numerics;
using MathNet.Numerics.LinearRegression;
using MathNet.Numerics.Statistics;

namespace DToC.Learn.Text;

/// <summary>
/// Trains a <see cref="LinearSentiment"/> on rated texts: penalised logistic regression whose targets are the ratings
/// made probabilities, so that a text rated near 0 asks for no side. Deterministic.
/// </summary>
public sealed record SentimentTraining
{
    private const int Folds = 5;

    /// <summary>What a squared weight costs, for each text; above 0.</summary>
    public double Penalty { get; init; } = 3e-6;

    /// <summary>Target log-odds of a rating of 1.</summary>
    public double Sharpness { get; init; } = 8;

    /// <summary>A feature in fewer texts than this is not known to the model.</summary>
    public int MinTexts { get; init; } = 1;

    /// <summary>Most features; those of the largest weights stay and are fitted anew.</summary>
    public int MaxFeatures { get; init; } = 50_000;

    /// <summary>Trains a model.</summary>
    /// <exception cref="ArgumentException">The texts are too few, or share no features.</exception>
    public LinearSentiment Of(IReadOnlyList<RatedSample> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Count < 100)
            throw new ArgumentException($"{samples.Count} texts; at least 100 train a model.", nameof(samples));
        var texts = samples.Select(sample => new FeaturedText(sample, Sharpness)).ToList();
        var (features, weights) = Weigh(texts);
        if (features.Length == 0)
            throw new ArgumentException($"No feature is in {MinTexts} texts or more.", nameof(samples));
        var unit = Math.Max(1e-12, weights.Weights.Max(Math.Abs) / short.MaxValue);
        var stored = weights.Weights.Select(weight => (short)Math.Round(weight / unit)).ToArray();
        return new LinearSentiment(features, stored, Scale(texts) with { Bias = weights.Bias, Unit = unit });
    }

    private (uint[] Features, LinearWeights Weights) Weigh(List<FeaturedText> texts)
    {
        var seen = new Dictionary<uint, int>();
        foreach (var feature in texts.SelectMany(text => text.Features.Distinct()))
            seen[feature] = seen.GetValueOrDefault(feature) + 1;
        var features = seen.Where(pair => pair.Value >= MinTexts).Select(pair => pair.Key).Order().ToArray();
        var weights = LinearWeights.Fit(texts, features, Penalty);
        if (features.Length <= MaxFeatures) return (features, weights);
        features =
        [
            .. features.Zip(weights.Weights).OrderByDescending(pair => Math.Abs(pair.Second)).ThenBy(pair => pair.First)
                .Take(MaxFeatures).Select(pair => pair.First).Order(),
        ];
        return (features, LinearWeights.Fit(texts, features, Penalty));
    }

    // Evidence of each text by weights that never saw it, against its rating.
    private SentimentScales Scale(List<FeaturedText> texts)
    {
        var (evidence, ratings) = (new List<double>(), new List<double>());
        for (var fold = 0; fold < Folds; fold++)
        {
            var (features, weights) = Weigh([.. texts.Where((_, i) => i % Folds != fold)]);
            foreach (var text in texts.Where((_, i) => i % Folds == fold))
            {
                if (!weights.TryEvidence(text.Known(features), out var found)) continue;
                evidence.Add(found);
                ratings.Add(text.Rating);
            }
        }
        var (x, y) = (evidence.ToArray(), ratings.ToArray());
        var slope = SimpleRegression.FitThroughOrigin(x, y);
        var deviation = Math.Sqrt(x.Zip(y, (found, rating) => Math.Pow(rating - slope * found, 2)).Mean());
        var (from, per) = Sureness(x, y);
        return new SentimentScales(0, 1, slope, deviation, from, per);
    }

    // Logistic regression of "the sign was right" on the size of the evidence, by Newton's method (J. Platt,
    // "Probabilistic Outputs for Support Vector Machines", 1999; his targets, so that always right is not for sure).
    private static (double From, double Per) Sureness(double[] evidence, double[] ratings)
    {
        var sides = evidence.Zip(ratings, (found, rating) => Math.Sign(found) * Math.Sign(rating)).ToArray();
        var whenRight = (sides.Count(side => side > 0) + 1.0) / (sides.Count(side => side > 0) + 2.0);
        var whenWrong = 1 / (sides.Count(side => side < 0) + 2.0);
        var (from, per) = (0.0, 0.0);
        for (var round = 0; round < 50; round++)
        {
            var (g0, g1, h00, h01, h11) = (0.0, 0.0, 1e-9, 0.0, 1e-9);
            for (var i = 0; i < evidence.Length; i++)
            {
                if (sides[i] == 0) continue;
                var size = Math.Abs(evidence[i]);
                var right = Logistic.Sigmoid(from + per * size);
                var error = (sides[i] > 0 ? whenRight : whenWrong) - right;
                var spread = right * (1 - right);
                (g0, g1) = (g0 + error, g1 + error * size);
                (h00, h01, h11) = (h00 + spread, h01 + spread * size, h11 + spread * size * size);
            }
            var determinant = h00 * h11 - h01 * h01;
            var (step0, step1) = ((h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant);
            (from, per) = (from + step0, per + step1);
            if (Math.Abs(step0) + Math.Abs(step1) < 1e-10) break;
        }
        if (per > 0) return (from, per);
        // More evidence cannot make less sure: where it seems to, all texts are as sure as they are together.
        var (yes, no) = (sides.Count(side => side > 0) + 1.0, sides.Count(side => side < 0) + 1.0);
        return (Math.Log(yes / no), 0);
    }
}
