using System.Globalization;
using System.Text.Json.Serialization;
using DToC.Twin.Consent;
using DToC.Twin.Features;
using DToC.Twin.Models;
using DToC.Twin.Plan;
using DToC.Twin.Predictions;
using DToC.Twin.State;

namespace DToC.Twin.Views;

/// <summary>What is expected of the customer.</summary>
/// <param name="Scores">By model name.</param>
/// <param name="Segments">Segments whose rule holds.</param>
public sealed record PredictionView(IReadOnlyDictionary<string, ScoreView> Scores, IReadOnlyList<string> Segments)
{
    /// <summary>What happens next, and when; null where no fitted model says so.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<NextView>? NextEvents { get; init; }

    /// <summary>Which journey stage comes next, and when; null where no fitted model says so.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<NextView>? NextStages { get; init; }

    /// <summary>What the next basket holds; null where no fitted model says so.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AffinityView>? Affinity { get; init; }

    internal static PredictionView Of(CustomerState state, Vectors vectors, Instant now)
    {
        var plan = state.Plan;
        var predictor = new Predictor(vectors, Predictor.FewDraws);
        var scores = new Dictionary<string, ScoreView>(StringComparer.Ordinal);
        for (var i = 0; i < plan.Models.Length; i++)
        {
            var model = plan.Models[i];
            scores[model.Name] = ScoreView.Of(
                plan, predictor.Predict(i, ScoreView.Level),
                ConsentGate.Missing(state, model.Purpose, model.Categories, now));
        }
        var segments = plan.Segments
            .Where(s => (s.Categories & ~vectors.Lawful[s.Purpose]) == 0
                && s.Rule.IsTrue(vectors.Numbers, vectors.Texts))
            .Select(s => s.Name).ToList();
        var forecasts = Forecasts.Of(vectors);
        return new PredictionView(scores, segments)
        {
            NextEvents = forecasts.NextEvents,
            NextStages = forecasts.NextStages,
            Affinity = forecasts.Affinity,
        };
    }
}

/// <summary>A score, and how sure it is.</summary>
/// <param name="Value">The value, or null when it cannot be said.</param>
/// <param name="Version">Content hash of the model.</param>
/// <param name="Withheld">Which legal basis is missing, or null.</param>
public sealed record ScoreView(
    double? Value, string? Unit, string Kind, string Purpose, string Version, string? Withheld)
{
    /// <summary>Probability of the intervals that are shown.</summary>
    public const double Level = 0.9;

    /// <summary>Where the expected value lies with a probability; null when the model does not know.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IntervalView? Interval { get; init; }

    /// <summary>Whether most of it is belief and little evidence.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Thin { get; init; }

    /// <summary>Inputs whose values lie outside of what the model was fitted on; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Outside { get; init; }

    internal static ScoreView Of(TwinPlan plan, Prediction prediction, string? withheld)
    {
        var model = plan.Models[prediction.Model];
        return new ScoreView(
            double.IsFinite(prediction.Value) ? prediction.Value : null, model.Unit, model.Kind,
            plan.Consent.Purposes[model.Purpose], VersionOf(model), withheld)
        {
            Interval = IntervalView.Of(prediction.Interval),
            Thin = prediction.IsThin,
            Outside = prediction.Outside.Count == 0 ? null : prediction.Outside,
        };
    }

    /// <summary>A model's version as it is written: 16 hexadecimal digits.</summary>
    public static string VersionOf(ModelPlan model) => model.Version.ToString("x16", CultureInfo.InvariantCulture);
}

/// <summary>A credible interval.</summary>
public sealed record IntervalView(double Low, double High, double Level)
{
    /// <summary>As it is shown; null for none.</summary>
    public static IntervalView? Of(Interval? interval) =>
        interval is { } known ? new IntervalView(known.Low, known.High, known.Level) : null;
}
