using System.Text;
using DToC.Twin.Consent;
using DToC.Twin.Plan;

namespace DToC.Twin.Tests.Consent;

/// <summary>What a definition keeps without need, where personas rest on it.</summary>
public class MinimisationTests
{
    [Fact]
    public void Signal_that_chooses_a_persona_is_needed_and_what_is_said_of_personas_too()
    {
        const string Office = """
            {
              "name": "office", "version": "1",
              "customer": { "kinds": ["person"], "personaCategory": "orders",
                "personas": { "work": { "when": "signal.seats > 5 && signal.page == 'b2b'" } } },
              "purposes": ["service"],
              "categories": { "orders": { "retentionDays": 30, "bases": { "service": "contract" } } },
              "events": { "Order": { "category": "orders", "signals": {
                "seats": { "path": "seats", "type": "number" }, "page": { "path": "page", "type": "token" },
                "total": { "path": "total", "type": "number" } } } },
              "features": { "orders": { "kind": "count", "of": "Order" } },
              "segments": { "buyers": { "purpose": "service", "rule": "orders > 0" } }
            }
            """;
        var loaded = TwinPlan.Load(Encoding.UTF8.GetBytes(Office), "office");
        var plan = Assert.IsType<PlanCompilation.Compiled>(loaded).Plan;
        Assert.Equal("Order.total", Assert.Single(Minimisation.Of(plan)).Name);
    }
}
