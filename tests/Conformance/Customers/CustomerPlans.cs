using System.Text;
using DToC.Twin.Plan;

namespace DToC.Conformance;

/// <summary>
/// A small shop's definition with every part a turn can use, its delays and limits so short that they are
/// reached within a schedule; and one that changes the slots of its events, signals and features.
/// </summary>
internal static class CustomerPlans
{
    /// <summary>After an item was added: the delay of the wake-up in milliseconds.</summary>
    public const long CartDelayMs = 14_400;

    /// <summary>Name of the wake-up trigger. Its offer can always win, so each firing leaves a decision.</summary>
    public const string CartLeft = "cart_left";

    /// <summary>The event that starts the delay.</summary>
    public const string Added = "Added";

    /// <summary>Milliseconds after which an event of behaviour may be removed.</summary>
    public const long BehaviourMs = 86_400_000;

    // A type and a signal before the others: every slot behind them moves.
    private const string SecondEvents = """
        "Asked": { "category": "orders" },
        """;

    private const string SecondSignal = """
        "shipping": { "path": "shipping", "type": "money", "min": 0, "max": 1000 },
        """;

    private const string SecondFeatures = """
        "shipping_sum": { "kind": "sum", "of": "Ordered.shipping" },
        "orders_1d": { "kind": "decayedCount", "of": "Ordered", "halfLifeDays": 1 },
        "largest_basket": { "kind": "max", "of": "Ordered.items" },
        "last_items": { "kind": "last", "of": "Ordered.items" },
        """;

    /// <summary>The definition a schedule starts with.</summary>
    public static TwinPlan First { get; } = ProbePlans.Known(Source("1", "", "", ""));

    /// <summary>The one that replaces it.</summary>
    public static TwinPlan Second { get; } =
        ProbePlans.Known(Source("2", SecondEvents, SecondSignal, SecondFeatures));

    private const string Shop = """
        {
          "name": "shop", "version": "@version", "timeZone": "UTC", "currency": "EUR",
          "customer": {
            "kinds": ["person"], "personas": { "app": { "when": "event.source == 'app'" }, "never": {} }
          },
          "identifiers": {
            "card": { "priority": 100 }, "email": { "priority": 60 }, "phone": { "priority": 40 },
            "device": { "priority": 10 }
          },
          "purposes": ["service", "analytics", "marketing"],
          "categories": {
            "orders": { "retentionDays": 30,
              "bases": { "service": "contract", "analytics": "legitimateInterest", "marketing": "consent" } },
            "behaviour": { "retentionDays": 1,
              "bases": { "analytics": "legitimateInterest", "marketing": "consent" } },
            "profile": { "retentionDays": 30, "bases": { "service": "contract", "marketing": "consent" } }
          },
          "attributes": {
            "tier": { "type": "text", "category": "profile", "maxLength": 16 },
            "household": { "type": "number", "category": "profile", "min": 1, "max": 20 },
            "country": { "type": "text", "category": "profile", "maxLength": 2 }
          },
          "events": {
            @events
            "Viewed": { "category": "behaviour", "signals": { "product": { "path": "product", "type": "token" } } },
            "Added": { "category": "behaviour", "signals": { "product": { "path": "product", "type": "token" } } },
            "Ordered": { "category": "orders",
              "signals": {
                @signal
                "total": { "path": "total", "type": "money", "required": true, "min": 0, "max": 100000,
                  "flagOutliers": true },
                "items": { "path": "items", "type": "number", "decimals": 0 },
                "product": { "path": "product", "type": "token" }
              },
              "attributes": { "country": "country" } }
          },
          "sessionGapMinutes": 1,
          "features": {
            @features
            "orders": { "kind": "count", "of": "Ordered" },
            "spend": { "kind": "sum", "of": "Ordered.total" },
            "items": { "kind": "sum", "of": "Ordered.items" },
            "views": { "kind": "decayedCount", "of": "Viewed", "halfLifeDays": 0.001 },
            "spend_fading": { "kind": "decayedSum", "of": "Ordered.total", "halfLifeDays": 0.5 },
            "largest": { "kind": "max", "of": "Ordered.total" },
            "smallest": { "kind": "min", "of": "Ordered.total" },
            "products": { "kind": "distinct", "of": ["Viewed.product", "Ordered.product"], "precision": 4 },
            "hour": { "kind": "hourOfWeek", "of": ["Viewed", "Ordered"], "bucketHours": 6 },
            "since": { "kind": "recency" },
            "age": { "kind": "age" },
            "last": { "kind": "last", "of": "Ordered.total" },
            "typical": { "kind": "mean", "of": "Ordered.total" },
            "unusual": { "kind": "outliers", "of": "Ordered.total" },
            "gap": { "kind": "interEventMean", "of": "Ordered" },
            "favourite": { "kind": "heavyHitters", "of": "Viewed.product", "capacity": 3 },
            "sessions": { "kind": "sessions" },
            "purchase": { "kind": "purchaseHistory", "of": "Ordered.total", "unitDays": 1 },
            "household_size": { "kind": "attribute", "attribute": "household" },
            "in_stage": { "kind": "timeInStage" }
          },
          "journey": {
            "initial": "unknown",
            "stages": {
              "unknown": {}, "browsing": { "idleDays": 0.0005, "idleTo": "gone" },
              "cart": {}, "customer": {}, "gone": {}
            },
            "transitions": [
              { "on": "Viewed", "from": ["unknown", "browsing", "gone"], "to": "browsing" },
              { "on": "Added", "from": ["unknown", "browsing", "gone", "cart"], "to": "cart" },
              { "on": "Ordered", "to": "customer" }
            ]
          },
          "models": {
            "response": { "kind": "logistic", "purpose": "marketing", "unit": "probability", "intercept": -1,
              "inputs": [
                { "feature": "views", "weight": 0.4, "mean": 0, "scale": 1 },
                { "feature": "orders", "weight": 0.2, "mean": 1, "scale": 2 }
              ] }
          },
          "triggers": {
            "ordered": { "kind": "event", "on": "Ordered" },
            "eager": { "kind": "threshold", "when": "views > 1.5" },
            "cart_left": { "kind": "wakeUp", "after": "Added", "delayHours": 0.004 }
          },
          "channels": {
            "email": { "outbound": true, "coolDownHours": 0.005, "caps": [{ "count": 2, "days": 0.001 }] },
            "push": { "outbound": true, "coolDownHours": 0.001, "caps": [{ "count": 3, "days": 0.002 }] },
            "web": { "outbound": false }
          },
          "contactPolicy": { "coolDownHours": 0.0006, "caps": [{ "count": 4, "days": 0.002 }] },
          "holdout": { "percent": 10, "salt": "shop" },
          "offers": {
            "thank_you": { "channel": "email", "purpose": "service", "triggers": ["ordered"],
              "propensity": "0.3", "value": "1 + spend / 100", "coolDownDays": 0.0002 },
            "upsell": { "channel": "push", "purpose": "marketing", "triggers": ["ordered", "eager", "request"],
              "propensity": "response", "value": "coalesce(typical, 20)" },
            "come_back": { "channel": "email", "purpose": "marketing", "triggers": ["eager", "request"],
              "eligibility": "orders >= 1", "propensity": "response", "value": "15" },
            "bestsellers": { "channel": "web", "purpose": "analytics", "triggers": ["request"],
              "propensity": "0.03", "value": "10" },
            "reminder": { "channel": "web", "purpose": "service", "triggers": ["cart_left"],
              "propensity": "0.5", "value": "1" }
          }
        }
        """;

    private static byte[] Source(string version, string events, string signal, string features) =>
        Encoding.UTF8.GetBytes(Shop.Replace("@version", version, StringComparison.Ordinal)
            .Replace("@events", events, StringComparison.Ordinal)
            .Replace("@signal", signal, StringComparison.Ordinal)
            .Replace("@features", features, StringComparison.Ordinal));
}
