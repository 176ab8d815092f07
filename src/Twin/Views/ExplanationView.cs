using System.Text.Json.Serialization;
using DToC.Twin.Consent;
using DToC.Twin.Decisions;
using DToC.Twin.Features;
using DToC.Twin.Models;
using DToC.Twin.Plan;
using DToC.Twin.Predictions;
using DToC.Twin.State;

namespace DToC.Twin.Views;

/// <summary>Why a twin's scores are what they are, as of a moment.</summary>
/// <param name="Definition">Content hash of definition and models.</param>
/// <param name="Scores">By model name.</param>
public sealed record ExplanationView(
    string Customer, Instant AsOf, string Definition, IReadOnlyDictionary<string, ScoreExplanationView> Scores)
{
    /// <summary>The persona it is of; null for the customer as such.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Persona { get; init; }

    /// <summary>The decision whose scores they are; null for those of the twin.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Decision { get; init; }

    /// <summary>Explains scores of a state, or of a facet of it.</summary>
    /// <param name="customer">Its id.</param>
    /// <param name="state">The state.</param>
    /// <param name="asOf">The moment.</param>
    /// <param name="model">Name of the only model to explain; null for all.</param>
    /// <param name="level">Probability of the intervals, in (0, 1).</param>
    public static ExplanationView Of(string customer, CustomerState state, Instant asOf, string? model, double level)
    {
        var vectors = new Vectors(state.Plan);
        FeatureReader.Fill(vectors, state, asOf);
        Scorer.ScoreAll(vectors);
        var persona = state.Persona < 0 ? null : state.Plan.Events.Personas.Names[state.Persona];
        return new ExplanationView(
            customer, asOf, state.Plan.Hash.ToString("x16"),
            ScoresOf(vectors, model, level, of => ConsentGate.Missing(state, of.Purpose, of.Categories, asOf)))
        {
            Persona = persona,
        };
    }

    /// <summary>Explains the scores that a recorded decision rested on, from the vector it has kept.</summary>
    /// <param name="record">The decision.</param>
    /// <param name="plan">The plan it was made under.</param>
    /// <param name="today">The customer's state, or the facet the decision was for: what it says of consents.</param>
    /// <param name="now">The moment of reading.</param>
    /// <param name="model">Name of the only model to explain; null for all.</param>
    /// <param name="level">Probability of the intervals, in (0, 1).</param>
    public static ExplanationView Of(
        DecisionRecord record, TwinPlan plan, CustomerState today, Instant now, string? model, double level)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(plan);
        var vectors = new Vectors(plan);
        record.Inputs.Numbers.Span.CopyTo(vectors.Numbers);
        record.Inputs.Texts.Span.CopyTo(vectors.Texts);
        record.Inputs.Lawful.Span.CopyTo(vectors.Lawful);
        for (var slot = 0; slot < plan.Models.Length; slot++)
        {
            if (!IsLawful(plan.Models[slot])) vectors.Scores[slot] = double.NaN;
        }
        return new ExplanationView(
            record.Customer, record.Inputs.Now, plan.Hash.ToString("x16"),
            ScoresOf(vectors, model, level, of => IsLawful(of)
                ? null
                : $"{plan.Consent.Purposes[of.Purpose]}: what it rested on has no legal basis any more"))
        {
            Persona = record.Persona,
            Decision = record.Id,
        };

        bool IsLawful(ModelPlan of) => DeliveryGate.MayUse(today, plan, of.Purpose, of.Categories, now);
    }

    private static Dictionary<string, ScoreExplanationView> ScoresOf(
        Vectors vectors, string? only, double level, Func<ModelPlan, string?> withheld)
    {
        var plan = vectors.Plan;
        var predictor = new Predictor(vectors);
        var scores = new Dictionary<string, ScoreExplanationView>(StringComparer.Ordinal);
        for (var slot = 0; slot < plan.Models.Length; slot++)
        {
            var model = plan.Models[slot];
            if (only is not null && model.Name != only) continue;
            scores[model.Name] = ScoreExplanationView.Of(plan, predictor.Explain(slot, level), withheld(model));
        }
        return scores;
    }
}

/// <summary>A score and why it is what it is.</summary>
/// <param name="Value">The value, or null when it cannot be said.</param>
/// <param name="Version">Content hash of the model.</param>
/// <param name="RestsOn">Data categories its inputs are of.</param>
/// <param name="Withheld">Which legal basis is missing, or null.</param>
/// <param name="Scale">
/// What the reasons add up to: the value itself, the logarithm of its odds, or its logarithm.
/// </param>
/// <param name="Baseline">Where the reasons begin; null without reasons.</param>
/// <param name="Reasons">What each input adds, the strongest first.</param>
/// <param name="Missing">Inputs that are not known of this customer.</param>
/// <param name="Outside">Inputs whose values lie outside of what the model was fitted on.</param>
/// <param name="Thin">Whether most of it is belief and little evidence.</param>
public sealed record ScoreExplanationView(
    double? Value, IntervalView? Interval, string? Unit, string Kind, string Purpose, string Version,
    IReadOnlyList<string> RestsOn, string? Withheld, ReasonScale Scale, double? Baseline,
    IReadOnlyList<ReasonView> Reasons, IReadOnlyList<string> Missing, IReadOnlyList<string> Outside, bool Thin)
{
    /// <summary>What is believed of such customers, and what share of the score it is; null without a prior.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PriorView? Prior { get; init; }

    /// <summary>A prediction as it is shown.</summary>
    public static ScoreExplanationView Of(TwinPlan plan, Prediction prediction, string? withheld)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(prediction);
        var model = plan.Models[prediction.Model];
        return new ScoreExplanationView(
            Finite(prediction.Value), IntervalView.Of(prediction.Interval), model.Unit, model.Kind,
            plan.Consent.Purposes[model.Purpose], ScoreView.VersionOf(model), CategoriesOf(plan, model), withheld,
            prediction.Scale, Finite(prediction.Baseline),
            [.. prediction.Reasons.Select(r => new ReasonView(r.Name, Finite(r.Value), r.Contribution))],
            prediction.Missing, prediction.Outside, prediction.IsThin)
        {
            Prior = prediction is { OwnShare: { } own, Believed: { } value } ? new PriorView(value, 1 - own) : null,
        };
    }

    private static List<string> CategoriesOf(TwinPlan plan, ModelPlan model) =>
        [.. plan.Consent.Categories.Where((_, slot) => (model.Categories >> slot & 1) != 0)];

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}

/// <summary>What one input adds to a score.</summary>
/// <param name="Value">Its value; null when it is missing or a text.</param>
/// <param name="Contribution">On the scale of the explanation.</param>
public sealed record ReasonView(string Name, double? Value, double Contribution);

/// <summary>What is believed of a customer before there is evidence of its own.</summary>
/// <param name="Share">The share of the score that it is, in [0, 1].</param>
public sealed record PriorView(double Value, double Share);
