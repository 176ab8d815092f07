using System.Runtime.CompilerServices;
using System.Text;
using DToC.Twin.Decisions;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Models.Frustration;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Twin.Tests.State;

public class FeelingFoldTests
{
    private static readonly TwinPlan Retail = ((PlanCompilation.Compiled)TwinPlan.Load(
        ShippedDefinitions.Find("retail")!.Value, "retail.jsonc")).Plan;

    [Fact]
    public void A_burst_has_the_longs_a_state_gives_it() =>
        Assert.Equal(ClickBurst.Longs * sizeof(long), Unsafe.SizeOf<ClickBurst>());

    [Fact]
    public void Folding_and_scoring_what_customers_feel_allocates_nothing()
    {
        var state = new CustomerState(Retail);
        TouchpointEvent[] events =
        [
            Event("Order Completed", """{"total":12,"products":[{"price":4,"quantity":3}]}"""),
            Event("Survey Answered", """{"nps":3}"""),
            Event("Survey Answered", """{"csat":3}"""),
            Event("Element Clicked", """{"element":"pay"}"""),
            Event("Support Ticket Opened", """{"topic":"bill","waited_minutes":12}"""),
        ];
        var decider = new TurnDecider(Retail);
        var (i, bursts) = (0, Array.IndexOf(Retail.Vector.NumberNames, "rage_clicks_7d"));

        Allocation.IsNone(() =>
        {
            var e = events[i++ % events.Length];
            CommutativeFold.Apply(state, e);
            OrderedFold.Apply(state, e);
            decider.Read(state, e.OccurredAt);
            decider.ReadAll(state, e.OccurredAt, Retail.Decisions.RequestSlot, []);
        });

        Assert.True(decider.Vectors.Numbers[bursts] > 50);
    }

    private static TouchpointEvent Event(string type, string properties)
    {
        var json = $$"""
            {"id":"{{type}}","type":"{{type}}","time":"2026-03-02T10:00:00Z","customer":"c","properties":{{properties}}}
            """;
        var reading = new EventReader(Retail.Events, EventLimits.Default)
            .Read(Encoding.UTF8.GetBytes(json), Instant.From(new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero)));
        return Assert.IsType<EventReading.Read>(reading).Event;
    }
}
