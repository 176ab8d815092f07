using System.Text;
using DToC.Learn.CustomerBase;
using DToC.Learn.Pricing;
using DToC.Learn.Synthetic;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Features;
using DToC.Twin.Fold;
using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Models.Pricing;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Planted;

/// <summary>
/// Customers of the generated grocer as far as can be seen on a day: their events until then, models fitted to these,
/// and states folded from them under a definition with the models in force.
/// </summary>
internal sealed class PlantedShop
{
    /// <summary>Days of the span that can be seen: a year and a half; of the rest only the generator knows.</summary>
    public const int SeenDays = 546;

    private static readonly byte[] Definition = Encoding.UTF8.GetBytes("""
        {
          "name": "planted", "version": "1.0.0", "description": "A buyer at a grocer's with promotions.",
          "timeZone": "UTC", "currency": "EUR",
          "customer": { "kinds": ["person"] },
          "identifiers": { "customerId": { "priority": 100 } },
          "purposes": ["analytics"],
          "categories": {
            "orders": { "retentionDays": 36500, "bases": { "analytics": "legitimateInterest" } }
          },
          "sources": { "shop": {} },
          "events": {
            "Order Completed": {
              "category": "orders",
              "signals": {
                "total": { "path": "total", "type": "money", "currencyPath": "currency", "required": true },
                "discount": { "path": "discount", "type": "money", "currencyPath": "currency" },
                "price": { "path": "products[].price", "type": "money", "aggregate": "first" },
                "quantity": { "path": "products[].quantity", "type": "number", "aggregate": "first" }
              }
            }
          },
          "features": {
            "spend": { "kind": "sum", "of": "Order Completed.total" },
            "discounts": { "kind": "sum", "of": "Order Completed.discount" },
            "discount_share": { "kind": "ratio", "numerator": "discounts", "denominator": "spend" },
            "demand": {
              "kind": "demandSums", "price": "Order Completed.price", "quantity": "Order Completed.quantity"
            },
            "purchase": { "kind": "purchaseHistory", "of": "Order Completed.total", "unitDays": 7 }
          },
          "models": {
            "expected_orders": {
              "kind": "bgnbd", "output": "expectedPurchases", "purpose": "analytics", "history": "purchase",
              "horizon": 26, "parameters": { "r": 1, "alpha": 4, "a": 1, "b": 10 }
            },
            "order_value": {
              "kind": "gammaGamma", "purpose": "analytics", "history": "purchase",
              "parameters": { "p": 6, "q": 4, "v": 15 }
            },
            "price_sensitivity": {
              "kind": "priceSensitivity", "purpose": "analytics", "demand": "demand",
              "parameters": {
                "intercept": 2, "elasticity": -0.5, "interceptVariance": 1, "elasticityVariance": 0.3,
                "noiseVariance": 0.5
              }
            },
            "promotion_response": { "kind": "fitted", "purpose": "analytics" }
          },
          "simulation": {
            "purpose": "analytics", "purchases": "expected_orders", "spend": "order_value",
            "prices": "price_sensitivity", "promotions": "promotion_response",
            "assumptions": { "marginShare": { "value": 0.3, "source": "stated" } }
          }
        }
        """);

    private readonly TwinPlan _bare = Load(PlanSource.Read(Definition));
    private readonly List<List<TouchpointEvent>> _events = [];
    private readonly List<Truth> _truths = [];

    /// <summary>A shop of a seed.</summary>
    public PlantedShop(ulong seed, int customers)
    {
        var grocery = ProfileReader.Read("grocery").Profile
            ?? throw new InvalidOperationException("There is no grocer.");
        // A simulation knows of no season: what a promotion brings in a poor month would be taken for that of any.
        Profile = grocery with { Rhythm = grocery.Rhythm with { Months = Rhythm.Flat.Months } };
        var population = new Population(Profile, seed);
        Now = Instant.From(Profile.Start).PlusMs(SeenDays * Instant.DayMs);
        for (var i = 0; i < customers; i++) Add(population.Customer(i));
        Plan = Load(Fitted());
        States = [.. _events.Select(events => Folded(Plan, events))];
    }

    /// <summary>What the shop is made of.</summary>
    public PopulationProfile Profile { get; }

    /// <summary>Where what can be seen ends.</summary>
    public Instant Now { get; }

    /// <summary>The definition with the fitted models.</summary>
    public TwinPlan Plan { get; }

    /// <summary>What only the generator knows of each customer seen.</summary>
    public IReadOnlyList<Truth> Truths => _truths;

    /// <summary>Their states now.</summary>
    public IReadOnlyList<CustomerState> States { get; }

    private void Add(CustomerHistory customer)
    {
        var reader = new EventReader(_bare.Events, EventLimits.Default);
        var seen = new List<TouchpointEvent>();
        foreach (var generated in customer.Events.TakeWhile(e => e.Time < Now))
        {
            seen.Add(reader.Read(generated.ToUtf8(), generated.Time.PlusMs(1)) is EventReading.Read read
                ? read.Event
                : throw new InvalidOperationException($"The event {generated.Id} is refused."));
        }
        if (seen.Count == 0) return;
        _events.Add(seen);
        _truths.Add(customer.Truth);
    }

    private PlanSource Fitted()
    {
        var source = PlanSource.Read(Definition);
        foreach (var (name, model) in Models()) source = source.With(name, ModelFile.Of(model).ToBytes());
        return source;
    }

    private IEnumerable<(string Name, PredictiveModel Model)> Models()
    {
        var vectors = new Vectors(_bare);
        var (buyers, spend) = (new List<PurchaseHistory>(), new List<MeanSpend>());
        var first = Array.IndexOf(_bare.Vector.NumberNames, "purchase.x");
        foreach (var events in _events)
        {
            FeatureReader.Fill(vectors, Folded(_bare, events), Now);
            var history = vectors.Numbers.AsSpan(first, 4);
            if (history[2] > 0) buyers.Add(new PurchaseHistory(history[0], history[1], history[2]));
            if (history[0] > 0) spend.Add(new MeanSpend(history[0], history[3]));
        }
        var question = new PurchaseQuestion { Output = PurchaseOutput.ExpectedPurchases, Horizon = 26 };
        yield return ("expected_orders", PurchaseTraining.Of<BgNbd>(
            PurchaseHistories.Of(buyers), question, InputsOf("expected_orders")).Expect().Model.Model);
        var amounts = SpendFit.Of(spend).Expect();
        yield return ("order_value", new SpendForecast(
            new SpendParameters(amounts.Model, new LogCovariance(3, [.. amounts.Covariance])),
            InputsOf("order_value")));
        yield return ("price_sensitivity", Prices());
        yield return ("promotion_response", Promotions());
    }

    private PriceSensitivity Prices()
    {
        var histories = new List<DemandHistory>();
        foreach (var events in _events)
        {
            var history = new DemandHistory(2);
            foreach (var e in events) history.Add([1, Math.Log(Of(e, "price"))], Math.Log(Of(e, "quantity")));
            histories.Add(history);
        }
        return PriceSensitivityFit.Of(InputsOf("price_sensitivity"), histories) is PriceFit.Fitted { Model: var model }
            ? model
            : throw new InvalidOperationException("The elasticities are not identified.");
    }

    private PromotionResponse Promotions()
    {
        var history = new PromotionHistory();
        foreach (var events in _events)
        {
            history.AddCustomer([.. events.Select(e => (int)e.OccurredAt.Day)]);
            foreach (var e in events)
                history.AddValue((int)e.OccurredAt.Day, Of(e, "total"), Math.Max(0, Of(e, "discount")));
        }
        return PromotionFit.Of("discount_share", history).Expect().Model;
    }

    private double Of(TouchpointEvent e, string signal)
    {
        var type = _bare.Events.Types[e.Type];
        var slot = type.Signals.ToList().FindIndex(s => s.Name == signal);
        return e.Numbers[slot] / type.Scales[slot];
    }

    private IReadOnlyList<string> InputsOf(string model)
    {
        var slot = _bare.FindModel(model);
        return [.. _bare.Models[slot].Reads.Select(read => _bare.Vector.NumberNames[read])];
    }

    private static CustomerState Folded(TwinPlan plan, List<TouchpointEvent> events)
    {
        var state = new CustomerState(plan);
        foreach (var e in events)
        {
            CommutativeFold.Apply(state, e);
            OrderedFold.Apply(state, e);
        }
        return state;
    }

    private static TwinPlan Load(PlanSource source) => TwinPlan.Load(source, "planted") switch
    {
        PlanCompilation.Compiled compiled => compiled.Plan,
        PlanCompilation.Invalid invalid => throw new InvalidOperationException(string.Join('\n', invalid.Errors)),
        var other => throw new InvalidOperationException(other.ToString()),
    };
}
