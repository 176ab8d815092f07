using System.Text;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.State;
using Xunit.Sdk;

namespace DToC.Twin.Tests.State;

/// <summary>
/// A small definition with something of everything a state keeps. Stored forms are pinned by it, so it never changes.
/// </summary>
internal static class SmallTwin
{
    public const string Definition = """
        {
          "name": "small", "version": "1", "currency": "EUR", "currencyRates": { "USD": 0.5, "XXL": 1000000000 },
          "customer": { "kinds": ["person", "firm"] },
          "identifiers": { "email": { "priority": 2 }, "cookie": { "priority": 1 } },
          "purposes": ["service", "marketing"],
          "categories": {
            "orders": { "retentionDays": 3650, "bases": { "service": "contract", "marketing": "consent" } },
            "behaviour": { "retentionDays": 365, "bases": { "service": "legitimateInterest", "marketing": "consent" } }
          },
          "sources": { "web": {}, "shop": {}, "old": { "enabled": false } },
          "acceptUnknownSources": false,
          "attributes": {
            "country": { "type": "text", "category": "orders", "maxLength": 4 },
            "size": { "type": "number", "category": "orders" },
            "vip": { "type": "boolean", "category": "orders" }
          },
          "events": {
            "Bought": {
              "category": "orders",
              "signals": {
                "total": {
                  "path": "total", "type": "money", "currencyPath": "currency", "required": true,
                  "min": 0, "max": 1000, "flagOutliers": true
                },
                "items": { "path": "lines[].quantity", "type": "number", "aggregate": "sum" },
                "cheapest": { "path": "lines[].price", "type": "number", "aggregate": "min" },
                "dearest": { "path": "lines[].price", "type": "number", "aggregate": "max" },
                "lines": { "path": "lines[].price", "type": "number", "aggregate": "count" },
                "first": { "path": "lines[].price", "type": "number", "aggregate": "first" },
                "product": { "path": "lines[].product", "type": "token" },
                "deep": { "path": "a.b.c", "type": "number", "decimals": 0 },
                "gift": { "path": "gift", "type": "boolean" }
              },
              "attributes": { "country": "address.country", "size": "size", "vip": "vip" }
            },
            "Seen": { "category": "behaviour", "signals": { "product": { "path": "product", "type": "token" } } }
          },
          "features": {
            "orders": { "kind": "count", "of": "Bought" },
            "spend": { "kind": "sum", "of": "Bought.total" },
            "recent": { "kind": "decayedCount", "of": "Seen", "halfLifeDays": 7 },
            "spend_90d": { "kind": "decayedSum", "of": "Bought.total", "halfLifeDays": 90 },
            "largest": { "kind": "max", "of": "Bought.total" },
            "gap": { "kind": "interEventMean", "of": "Bought" },
            "typical": { "kind": "mean", "of": "Bought.total" },
            "unusual": { "kind": "outliers", "of": "Bought.total" },
            "products": { "kind": "distinct", "of": "Bought.product", "precision": 4 },
            "favourite": { "kind": "heavyHitters", "of": ["Bought.product", "Seen.product"], "capacity": 2 },
            "hour": { "kind": "hourOfWeek", "of": "Seen", "bucketHours": 24 },
            "sessions": { "kind": "sessions" },
            "purchase": { "kind": "purchaseHistory", "of": "Bought.total", "unitDays": 7 }
          },
          "journey": {
            "initial": "unknown", "stages": { "unknown": {}, "customer": { "idleDays": 90, "idleTo": "unknown" } },
            "transitions": [{ "on": "Bought", "to": "customer" }]
          },
          "triggers": {
            "bought": { "kind": "event", "on": "Bought" },
            "big": { "kind": "threshold", "when": "spend > 100" }
          },
          "channels": {
            "email": {
              "outbound": true, "coolDownHours": 24, "caps": [{ "count": 2, "days": 7 }],
              "quietHours": { "from": "21:00", "to": "08:00" }
            },
            "letter": { "outbound": true },
            "web": { "outbound": false }
          },
          "contactPolicy": {
            "coolDownHours": 2, "caps": [{ "count": 3, "days": 14 }], "quietHours": { "from": "12:00", "to": "13:00" }
          },
          "holdout": { "percent": 10, "salt": "small" },
          "offers": {
            "thanks": {
              "channel": "email", "purpose": "service", "triggers": ["bought", "request"], "eligibility": "orders >= 1",
              "propensity": "0.5", "value": "2", "coolDownDays": 30
            },
            "catalogue": {
              "channel": "letter", "purpose": "marketing", "triggers": ["request"],
              "propensity": "0.1", "value": "spend"
            },
            "banner": {
              "channel": "web", "purpose": "service", "triggers": ["request"],
              "propensity": "0.1", "value": "1"
            },
            "nothing": {
              "channel": "web", "purpose": "service", "triggers": ["request"],
              "propensity": "0.1", "value": "0"
            }
          }
        }
        """;

    /// <summary>A Monday, 10:00 UTC.</summary>
    public static readonly Instant Monday = Instant.From(new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero));

    public static readonly TwinPlan Plan = Compile(Definition);

    public static TwinPlan Compile(string jsonc) => TwinPlan.Load(Encoding.UTF8.GetBytes(jsonc), "small.jsonc") switch
    {
        PlanCompilation.Compiled compiled => compiled.Plan,
        PlanCompilation.Invalid invalid => throw new XunitException(string.Join('\n', invalid.Errors)),
        var other => throw new XunitException($"{other}"),
    };

    /// <summary>An event of ten minutes after another: by turns a view and an order of growing worth.</summary>
    public static TouchpointEvent Event(int i)
    {
        var at = Monday.PlusMs(i * 7 * Instant.HourMs);
        var json = i % 2 == 0
            ? $$"""
              {"id":"e{{i}}","source":"web","type":"Seen","time":"{{at}}","customer":"c",
              "context":{"channel":"web","place":"Wien Mitte"}, "properties":{"product":"p{{i % 3}}"} }
              """
            : $$"""
              {"id":"e{{i}}","source":"shop","type":"Bought","time":"{{at}}","customer":"c","properties":{
              "total":{{10 + i}}.25,"lines":[{"product":"p{{i % 5}}","quantity":{{i % 4}},"price":3.5}]} }
              """;
        var reading = new EventReader(Plan.Events, EventLimits.Default).Read(Encoding.UTF8.GetBytes(json), at);
        return reading is EventReading.Read read ? read.Event : throw new XunitException($"{reading}");
    }

    /// <summary>A state with something in every field.</summary>
    public static CustomerState Filled(int events = 40)
    {
        var state = new CustomerState(Plan) { IsStale = true, Kind = 1, DecisionCount = 7, MovedTo = "c-9" };
        for (var i = 0; i < events; i++)
        {
            var e = Event(i);
            CommutativeFold.Apply(state, e);
            OrderedFold.Apply(state, e);
            state.Recent.Add(e.KeyHash, e.OccurredAt);
        }
        state.Checkpoint = new OrderKey(Monday.PlusMs(-Instant.DayMs), "web\0e-old"u8.ToArray());
        state.TakeAttribute(0, new AttributeRecord
        {
            Origin = AttributeOrigin.Observed, At = Monday, Source = "shop", Text = "AT",
        });
        state.TakeAttribute(1, new AttributeRecord
        {
            Origin = AttributeOrigin.Declared, At = Monday, Source = "import", Number = 1.75,
        });
        state.Consents[0] = new ConsentRecord(ConsentStatus.Granted, Monday, "web");
        state.Consents[1] = new ConsentRecord(ConsentStatus.Withdrawn, Monday.PlusMs(5), "letter of March");
        state.AddContact(new Contact(Monday, 1, 2, Outbound: true));
        state.AddContact(new Contact(Monday.PlusMs(Instant.HourMs), ulong.MaxValue, 0, Outbound: false));
        state.Held.Add(StableHash.Of("big"));
        state.Refused[1] = 3;
        state.WithoutWinner[8] = 2;
        state.Merged.AddRange(["c-2", "c-3"]);
        state.AddLink(new LinkedIdentifier(99, 1));
        state.NotLinked = 5;
        return state;
    }
}
