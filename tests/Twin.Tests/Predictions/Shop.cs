using System.Text;
using DToC.Twin.Features;
using DToC.Twin.Models;
using DToC.Twin.Plan;
using DToC.Twin.Predictions;

namespace DToC.Twin.Tests.Predictions;

/// <summary>A definition with a model of each way to come by a score, and vectors that are set by hand.</summary>
internal static class Shop
{
    public const string Definition = """
        {
          "name": "shop", "version": "1",
          "customer": { "kinds": ["person"] },
          "purposes": ["analytics"],
          "categories": { "orders": { "retentionDays": 365, "bases": { "analytics": "contract" } } },
          "attributes": { "tier": { "type": "text", "category": "orders" } },
          "events": {
            "Bought": { "category": "orders", "signals": { "total": { "path": "total", "type": "number" } } },
            "Seen": { "category": "orders" }
          },
          "features": {
            "orders": { "kind": "count", "of": "Bought" },
            "seen": { "kind": "count", "of": "Seen" },
            "last": { "kind": "recency", "of": "Bought" }
          },
          "models": {
            "churn": {
              "kind": "fitted", "purpose": "analytics",
              "target": { "feature": "orders", "outcome": "none", "days": 30, "among": "orders > 0" }
            },
            "value": { "kind": "formula", "purpose": "analytics", "expression": "10 * orders * (1 - churn)" },
            "loyal": {
              "kind": "logistic", "purpose": "analytics", "intercept": 1,
              "inputs": [{ "feature": "seen", "weight": 0.5 }],
              "prior": {
                "value": 0.2, "weight": 4, "evidence": "orders",
                "groups": [{ "when": "attribute.tier == 'gold'", "value": 0.9 }]
              }
            },
            "later": {
              "kind": "fitted", "purpose": "analytics", "prior": { "value": 30, "weight": 2, "evidence": "orders" }
            }
          },
          "segments": { "leaving": { "purpose": "analytics", "rule": "churn > 0.5" } }
        }
        """;

    /// <summary>A model for "churn" whose weights are uncertain.</summary>
    public static ModelFile Churn { get; } = new(
        new Logistic(
            -1, [new("orders", -0.5), new("last", 0.1, 10)], [0.04, 0, 0, 0, 0.01, 0, 0, 0, 0.0001]),
        [new("orders", 1, 20), new("last", 0, 90)], ModelCard.Empty);

    public static PlanSource Source => PlanSource.Read(Encoding.UTF8.GetBytes(Definition));

    public static TwinPlan WithoutFitted { get; } = Compile(Source);

    public static TwinPlan Plan { get; } = Compile(Source.With("churn", Churn.ToBytes()));

    public static TwinPlan Compile(PlanSource source) => TwinPlan.Load(source, "shop.jsonc") switch
    {
        PlanCompilation.Compiled compiled => compiled.Plan,
        PlanCompilation.Invalid invalid => throw new InvalidOperationException(string.Join('\n', invalid.Errors)),
        var other => throw new InvalidOperationException(other.ToString()),
    };

    /// <summary>Vectors of a customer, scored.</summary>
    public static Vectors Of(TwinPlan plan, double orders, double seen, double last, string? tier = null)
    {
        var vectors = new Vectors(plan);
        vectors.Numbers.AsSpan().Fill(double.NaN);
        (vectors.Numbers[0], vectors.Numbers[1], vectors.Numbers[2]) = (orders, seen, last);
        if (tier is not null)
            vectors.Texts[Array.IndexOf(plan.Vector.TextNames, "attribute.tier")] = StableHash.Of(tier);
        vectors.Lawful[0] = ulong.MaxValue;
        Scorer.ScoreAll(vectors);
        return vectors;
    }

    /// <summary>What is said of a model of <see cref="Plan"/>.</summary>
    public static Prediction Explained(Vectors vectors, string model) =>
        new Predictor(vectors).Explain(Array.FindIndex(vectors.Plan.Models, m => m.Name == model), 0.9);
}
