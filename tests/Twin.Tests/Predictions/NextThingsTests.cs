using System.Text;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Models;
using DToC.Twin.Models.Affinity;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Models.Transitions;
using DToC.Twin.Plan;
using DToC.Twin.State;
using DToC.Twin.Views;

namespace DToC.Twin.Tests.Predictions;

/// <summary>From events by features and fitted models to what a twin shows of what comes next.</summary>
public class NextThingsTests
{
    private const string Definition = """
        {
          "name": "shop", "version": "1",
          "customer": { "kinds": ["person"] },
          "purposes": ["service"],
          "categories": { "orders": { "retentionDays": 365, "bases": { "service": "consent" } } },
          "events": {
            "Bought": {
              "category": "orders", "signals": { "product": { "path": "lines[].product", "type": "token" } }
            },
            "Seen": { "category": "orders" },
            "Left": { "category": "orders" }
          },
          "features": {
            "last": { "kind": "lastEvent", "of": ["Bought", "Seen"] },
            "basket": { "kind": "basket", "of": "Bought.product", "halfLifeDays": 10, "capacity": 2 },
            "stage_now": { "kind": "stage" },
            "stage_days": { "kind": "timeInStage" }
          },
          "journey": {
            "initial": "new", "stages": { "new": {}, "buyer": {} }, "transitions": [{ "on": "Bought", "to": "buyer" }]
          },
          "models": {
            "next_basket": { "kind": "fitted", "purpose": "service" },
            "next_event": { "kind": "fitted", "purpose": "service" },
            "next_stage": { "kind": "fitted", "purpose": "service" }
          }
        }
        """;

    private static readonly Instant Start = Instant.From(new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero));

    private static readonly LogCovariance Little = new(2, [0.01, 0, 0, 0.01]);

    private static readonly TwinPlan Plan = Shop.Compile(PlanSource.Read(Encoding.UTF8.GetBytes(Definition))
        .With("next_basket", ModelFile.Of(new AffinityModel(
            ["basket.baskets", "basket.token1", "basket.count1", "basket.token2", "basket.count2"],
            [new("milk", 0.4), new("tea", 0.01)], strength: 2)).ToBytes())
        .With("next_event", ModelFile.Of(SampleEvents()).ToBytes())
        .With("next_stage", ModelFile.Of(new TransitionForecast(
            TransitionSubject.Stages, ["stage_now", "stage_days"], ["new", "buyer"],
            [new TransitionRow("buyer", [1, 0], [new WaitingTime(WaitingFamily.Weibull, 1, 50, Little)])],
            horizonDays: 30)).ToBytes()));

    [Fact]
    public void Twin_shows_what_comes_next()
    {
        var state = Customer(ConsentStatus.Granted);
        var view = TwinView.Of("c", state, Start.PlusMs(30 * Instant.DayMs));
        var affinity = Assert.Single(view.Prediction.Affinity ?? []);
        // Two baskets, 20 and 10 days ago with a half-life of 10; both have tea, though one of them in two lines.
        Assert.Equal(0.25 + 0.5, affinity.Baskets, 1e-5);
        Assert.Equal(["milk", "tea"], affinity.Top.Select(t => t.Token));
        Assert.Equal((0.25 + 2 * 0.4) / 2.75, affinity.Top[0].Probability, 1e-5);
        Assert.Equal((0.75 + 2 * 0.01) / 2.75, affinity.Top[1].Probability, 1e-5);
        var next = Assert.Single(view.Prediction.NextEvents ?? []);
        Assert.Equal(("Seen", 5.0), (next.Now, next.Days));
        Assert.Equal(["Bought", "Seen"], next.Chances.Select(c => c.Name));
        var stage = Assert.Single(view.Prediction.NextStages ?? []);
        Assert.Equal(("buyer", 20.0), (stage.Now, stage.Days));
        Assert.Equal(1 - Math.Exp(-30 / 50.0), Assert.Single(stage.Chances).Within, 1e-12);
        Assert.Equal(stage.Chances[0].Within, view.Prediction.Scores["next_stage"].Value!.Value, 1e-12);
    }

    [Fact]
    public void Codes_are_no_features_to_be_shown() => Assert.Equal(
        ["last.days", "basket.baskets", "stage_days"],
        TwinView.Of("c", Customer(ConsentStatus.Granted), Start).Description.Features.Keys);

    [Fact]
    public void Without_a_basis_nothing_of_it_is_shown()
    {
        var prediction = TwinView.Of("c", Customer(ConsentStatus.Withdrawn), Start.PlusMs(Instant.DayMs)).Prediction;
        Assert.Null(prediction.Affinity);
        Assert.Null(prediction.NextEvents);
        Assert.Null(prediction.NextStages);
    }

    private static TransitionForecast SampleEvents() => new(
        TransitionSubject.Events, ["last.event", "last.days"], ["Bought", "Seen"],
        [new TransitionRow("Seen", [3, 1], [new WaitingTime(WaitingFamily.LogLogistic, 1, 9, Little)])], 7);

    private static CustomerState Customer(ConsentStatus consent)
    {
        var state = new CustomerState(Plan);
        state.Consents[0] = new ConsentRecord(consent, Start, "test");
        var reader = new EventReader(Plan.Events, EventLimits.Default);
        Add(10, "Bought", "tea", "milk", "tea");
        Add(20, "Bought", "tea");
        Add(25, "Seen");
        Add(26, "Left"); // not one that next_event is about
        return state;

        void Add(int day, string type, params string[] products)
        {
            var at = Start.PlusMs(day * Instant.DayMs);
            var lines = string.Join(',', products.Select(product => $"{{\"product\":\"{product}\"}}"));
            var json = $$"""
                {"id":"e{{day}}","source":"web","type":"{{type}}","time":"{{at}}","customer":"c",
                "properties":{"lines":[{{lines}}]} }
                """;
            var e = Assert.IsType<EventReading.Read>(reader.Read(Encoding.UTF8.GetBytes(json), at)).Event;
            CommutativeFold.Apply(state, e);
            OrderedFold.Apply(state, e);
        }
    }
}
