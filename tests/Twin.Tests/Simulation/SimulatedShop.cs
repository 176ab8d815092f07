using System.Buffers;
using System.Text;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Plan;
using DToC.Twin.Simulation;
using DToC.Twin.State;
using Xunit.Sdk;

namespace DToC.Twin.Tests.Simulation;

/// <summary>A definition that simulations can be run under, states of its customers, and runs of them.</summary>
internal static class SimulatedShop
{
    public const string Definition = """
        {
          "name": "simulated", "version": "1", "currency": "EUR", "customer": { "kinds": ["person"] },
          "purposes": ["analytics", "service", "personalization"],
          "categories": {
            "orders": { "retentionDays": 3650, "bases": {
              "analytics": "legitimateInterest", "service": "contract", "personalization": "consent" } },
            "support": { "retentionDays": 3650, "bases": { "service": "contract" } }
          },
          "events": {
            "Bought": {
              "category": "orders",
              "signals": {
                "total": { "path": "total", "type": "money" },
                "price": { "path": "price", "type": "money" },
                "items": { "path": "items", "type": "number" },
                "product": { "path": "product", "type": "token" }
              }
            },
            "Answered": {
              "category": "orders", "signals": { "csat": { "path": "csat", "type": "number" } }
            },
            "Asked": { "category": "support" },
            "Returned": {
              "category": "orders", "signals": { "total": { "path": "total", "type": "money" } }
            }
          },
          "features": {
            "purchase": { "kind": "purchaseHistory", "of": "Bought.total", "unitDays": 7 },
            "orders": { "kind": "count", "of": "Bought" },
            "asked": { "kind": "count", "of": "Asked" },
            "returns": { "kind": "sum", "of": "Returned.total" },
            "stage_now": { "kind": "stage" },
            "days_in_stage": { "kind": "timeInStage" },
            "last_bought": { "kind": "recency", "of": "Bought" },
            "weeks_silent": { "kind": "expression", "expression": "last_bought / 7" },
            "basket": { "kind": "basket", "of": "Bought.product", "halfLifeDays": 180, "capacity": 2 },
            "demand": { "kind": "demandSums", "price": "Bought.price", "quantity": "Bought.items" },
            "mood": {
              "kind": "latentLevel", "mean": 0.2, "variance": 0.3, "driftPerDay": 0.004, "reversionPerDay": 0.01,
              "answers": [{ "of": "Answered.csat", "scale": "csat", "noiseVariance": 0.5 }]
            }
          },
          "journey": {
            "initial": "unknown",
            "stages": { "unknown": {}, "customer": { "idleDays": 28, "idleTo": "lapsed" }, "lapsed": {}, "fan": {} },
            "transitions": [
              { "on": "Answered", "from": "customer", "to": "fan" },
              { "on": "Bought", "from": ["unknown", "lapsed", "customer"], "to": "customer" }
            ]
          },
          "models": {
            "buys": {
              "kind": "bgnbd", "output": "expectedPurchases", "purpose": "analytics", "history": "purchase",
              "horizon": 39, "parameters": { "r": 0.9, "alpha": 5.0, "a": 0.8, "b": 2.5 }
            },
            "amount": {
              "kind": "gammaGamma", "purpose": "analytics", "history": "purchase",
              "parameters": { "p": 6.25, "q": 3.74, "v": 15.44 }
            },
            "sensitivity": {
              "kind": "priceSensitivity", "purpose": "personalization", "demand": "demand",
              "parameters": {
                "intercept": 1, "elasticity": -1.5, "interceptVariance": 1, "elasticityVariance": 0.25,
                "covariance": 0, "noiseVariance": 0.5
              }
            },
            "moves": { "kind": "fitted", "purpose": "analytics" },
            "likes": { "kind": "fitted", "purpose": "analytics" },
            "content": { "kind": "satisfaction", "purpose": "analytics", "level": "mood" }
          },
          "triggers": {
            "bought": { "kind": "event", "on": "Bought" },
            "lapsing": { "kind": "threshold", "when": "weeks_silent > 6" },
            "later": { "kind": "wakeUp", "after": "Bought", "delayHours": 48, "when": "orders > 1" }
          },
          "channels": {
            "email": { "outbound": true, "caps": [{ "count": 4, "days": 60 }] }, "web": { "outbound": false }
          },
          "holdout": { "percent": 0, "salt": "x" },
          "offers": {
            "thanks": {
              "channel": "web", "purpose": "service", "triggers": ["bought"], "propensity": "0.5", "value": "1"
            },
            "come_back": {
              "channel": "email", "purpose": "analytics", "triggers": ["lapsing"], "eligibility": "orders > 1",
              "propensity": "0.6", "value": "10"
            },
            "refill": {
              "channel": "email", "purpose": "analytics", "triggers": ["later"], "propensity": "0.2", "value": "3"
            },
            "shown": {
              "channel": "web", "purpose": "analytics", "triggers": ["request"], "propensity": "0.3", "value": "1"
            },
            "personal": {
              "channel": "web", "purpose": "personalization", "triggers": ["request"], "eligibility": "orders > 0",
              "propensity": "0.9", "value": "9"
            }
          },
          "simulation": { SIMULATION }
        }
        """;

    /// <summary>Members of the section but its braces; every lever has what it rests on.</summary>
    public const string Section = """
        "purpose": "analytics", "purchases": "buys", "spend": "amount", "satisfaction": "content",
        "assumptions": {
          "marginShare": { "value": 0.4, "source": "stated" },
          "unitsPerOrder": { "value": 2, "source": "stated" },
          "returnRate": { "value": 0.1, "source": "stated", "own": "orders / 100" },
          "contactsPerWeek": { "value": 0.05, "source": "stated" },
          "leavingPerWeek": { "value": 0, "source": "stated" },
          "priceOnUnits": { "value": -1.5, "source": "stated" },
          "priceOnOrders": { "value": 0, "source": "stated" },
          "competitorOnOrders": { "value": 0.5, "source": "stated" },
          "promotionLift": { "value": 2, "source": "stated" },
          "promotionPullForward": { "value": 0.5, "source": "stated" },
          "promotionPullWeeks": { "value": 5, "source": "stated" },
          "serviceOnSatisfaction": { "value": 0.4, "source": "stated" },
          "waitingOnSatisfaction": { "value": -0.2, "source": "stated" },
          "satisfactionOnOrders": { "value": 0.1, "source": "stated" },
          "satisfactionOnLeaving": { "value": -2, "source": "stated" },
          "stepOnOrders": { "value": -0.1, "source": "stated" },
          "adoptionShare": { "value": 0.5, "source": "stated" },
          "adoptionWeeks": { "value": 10, "source": "stated" },
          "adoptionLift": { "value": 0.5, "source": "stated" },
          "demandOnOrders": { "value": 1, "source": "stated" },
          "scarcityLoss": { "value": 1, "source": "stated" },
          "sharedShock": { "value": 0, "source": "stated" }
        },
        "observed": { "priceFactor": { "from": 0.9, "until": 1.1 }, "demandIndex": { "from": 0.5, "until": 1.5 } }
        """;

    /// <summary>A Monday, midnight UTC.</summary>
    public static readonly Instant Now = Instant.From(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero));

    public static readonly TwinPlan Plan = Compile(Section);

    public static TwinPlan Compile(string section, PredictiveModel? buys = null) => Load(section, text => text, buys);

    /// <summary>Compiles the definition with this section and something else of it changed.</summary>
    public static TwinPlan Load(string section, Func<string, string> change, PredictiveModel? buys = null) =>
        Load(section, change, buys is null ? [] : [("buys", ModelFile.Of(buys))]);

    /// <summary>The same with fitted models.</summary>
    public static TwinPlan Load(
        string section, Func<string, string> change, params IEnumerable<(string Name, ModelFile File)> models)
    {
        var text = change(Definition.Replace("SIMULATION", section, StringComparison.Ordinal));
        var source = PlanSource.Read(Encoding.UTF8.GetBytes(text));
        foreach (var (name, file) in models) source = source.With(name, file.ToBytes());
        return TwinPlan.Load(source, "simulated.jsonc") switch
        {
            PlanCompilation.Compiled compiled => compiled.Plan,
            PlanCompilation.Invalid invalid => throw new XunitException(string.Join('\n', invalid.Errors)),
            var other => throw new XunitException($"{other}"),
        };
    }

    /// <summary>The section with one text of it replaced.</summary>
    public static string SectionWith(string right, string other)
    {
        Assert.Contains(right, Section, StringComparison.Ordinal);
        return Section.Replace(right, other, StringComparison.Ordinal);
    }

    /// <summary>A purchase process in the place of the definition's.</summary>
    public static PurchaseForecast<TProcess> Forecast<TProcess>(TProcess process, LogCovariance? covariance = null)
        where TProcess : struct, IPurchaseProcess<TProcess> => new(
        process, new PurchaseQuestion { Output = PurchaseOutput.ExpectedPurchases, Horizon = 39 },
        ["purchase.x", "purchase.t_x", "purchase.T"], covariance);

    /// <summary>A customer with x repeat purchases, the last at t_x weeks, T weeks old, of a mean amount.</summary>
    public static CustomerState Customer(TwinPlan plan, int x, int tx, int T, double mean = 40)
    {
        var state = new CustomerState(plan);
        var feature = plan.Vector.Features.Single(f => f.Name == "purchase.x");
        var history = state.Longs.AsSpan(feature.At.Longs, 5);
        var first = Now.Day - 7 * T;
        (history[0], history[1], history[2]) = (first, first + 7 * tx, x + 1);
        (history[3], history[4]) = (4_000, 4_000 + (long)(x * mean * 100));
        state.Longs[plan.Vector.Features.Single(f => f.Name == "orders").At.Longs] = x + 1;
        state.Longs[plan.Vector.Features.Single(f => f.Name == "last_bought").At.Longs] = history[1] * Instant.DayMs;
        return state;
    }

    /// <summary>Folds purchases of a product that happen now.</summary>
    public static void Buy(CustomerState state, string product, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var json = $$"""
                {"id":"e{{i}}","source":"web","type":"Bought","time":"{{Now}}","customer":"c",
                 "properties":{"total":40,"product":"{{product}}"} }
                """;
            var reading = new EventReader(state.Plan.Events, EventLimits.Default)
                .Read(Encoding.UTF8.GetBytes(json), Now);
            var e = Assert.IsType<EventReading.Read>(reading).Event;
            CommutativeFold.Apply(state, e);
            OrderedFold.Apply(state, e);
        }
    }

    /// <summary>A base of customers who differ.</summary>
    public static IEnumerable<(string Key, CustomerState State)> Customers(TwinPlan plan, int count) =>
        Enumerable.Range(0, count).Select(i =>
            ($"c-{i}", Customer(plan, i % 7, i % 7 == 0 ? 0 : 10 + i % 23, 35 + i % 11, 20 + i % 50)));

    public static ScenarioSet Scenarios(TwinPlan plan, int weeks, string json, bool withRules = false) =>
        ScenarioReader.Read(Encoding.UTF8.GetBytes(json), "scenarios", plan, weeks, withRules) switch
        {
            ScenarioReading.Read read => read.Scenarios,
            ScenarioReading.Invalid invalid => throw new XunitException(string.Join('\n', invalid.Errors)),
            var other => throw new XunitException($"{other}"),
        };

    /// <summary>One scenario of these levers beside the baseline.</summary>
    public static ScenarioSet Levers(TwinPlan plan, int weeks, string levers) =>
        Scenarios(plan, weeks, $$"""[{ "name": "other", "levers": [{{levers}}] }]""");

    /// <summary>Runs customers through one world.</summary>
    public static Tally Run(
        TwinPlan plan, ScenarioSet scenarios, IEnumerable<(string Key, CustomerState State)> customers,
        ulong seed = 1, int world = 0, Premises? premises = null)
    {
        premises ??= Premises.Of(plan);
        var (run, tally) = (new MemberRun(premises, scenarios), new Tally(plan, scenarios));
        var drawn = World.Draw(premises, scenarios, seed, world);
        foreach (var (key, state) in customers)
        {
            run.Load(state, key, Now);
            run.Run(drawn, tally);
        }
        return tally;
    }

    /// <summary>What comes of one customer in many worlds, of a scenario.</summary>
    public static (double Mean, double Error) Outcome(
        TwinPlan plan, ScenarioSet scenarios, CustomerState state, Func<MemberRun, double> outcome,
        int worlds = 10_000, ulong seed = 7)
    {
        var premises = Premises.Of(plan);
        var (run, tally) = (new MemberRun(premises, scenarios), new Tally(plan, scenarios));
        run.Load(state, "c-1", Now);
        var (sum, squares) = (0.0, 0.0);
        for (var world = 0; world < worlds; world++)
        {
            run.Run(World.Draw(premises, scenarios, seed, world), tally);
            var value = outcome(run);
            (sum, squares) = (sum + value, squares + value * value);
        }
        var mean = sum / worlds;
        return (mean, Math.Sqrt((squares / worlds - mean * mean) / worlds));
    }

    /// <summary>Fails when a mean is further than four standard errors from what it must be.</summary>
    public static void IsNear(double expected, (double Mean, double Error) drawn) =>
        Assert.True(
            Math.Abs(drawn.Mean - expected) <= 4 * drawn.Error,
            $"{drawn.Mean} is {Math.Abs(drawn.Mean - expected) / drawn.Error:F1} standard errors from {expected}");

    public static byte[] Stored(CustomerState state)
    {
        var output = new ArrayBufferWriter<byte>();
        StateCodec.Write(state, output);
        return output.WrittenSpan.ToArray();
    }
}
