using System.Globalization;
using System.Text;
using DToC.Twin;
using DToC.Twin.Decisions;
using DToC.Twin.Events;
using DToC.Twin.Models;
using DToC.Twin.Models.Frustration;
using DToC.Twin.Models.Pricing;
using DToC.Twin.Models.Satisfaction;
using DToC.Twin.Models.Text;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains.Tests.Customers;

/// <summary>Satisfaction, frustration and price sensitivity, from the events that tell of them to the score.</summary>
public class FeelingsTests
{
    private static readonly TwinPlan Retail = OneCustomer.Shipped("retail");
    private static readonly Instant Start = Instant.From(new DateTimeOffset(2026, 2, 1, 9, 0, 0, TimeSpan.Zero));

    private int _events;

    [Fact]
    public void Answers_move_satisfaction_as_the_filter_says()
    {
        var customer = new OneCustomer(Retail);
        var filter = ((SatisfactionModel)Model("satisfaction")).Filter;
        Assert.Equal(filter.Mean, customer.Number("satisfaction"));
        Assert.Equal(double.NaN, customer.Number("mood.days"));

        customer.Observe(Answer(0, "nps", "2"), Answer(10, "csat", "5"), Answer(12, "nps", null));

        var told = filter.Observe(default, At(0).UnixMs, SatisfactionKind.Nps, 2);
        told = filter.Observe(told, At(10).UnixMs, SatisfactionKind.Csat, 5);
        Assert.Equal((told.Mean, told.Variance), (customer.Number("mood.mean"), customer.Number("mood.variance")));
        var days = (customer.Now.UnixMs - At(10).UnixMs) / (double)Instant.DayMs;
        Assert.Equal(days, customer.Number("mood.days"));
        Assert.Equal(filter.After(told.Mean, told.Variance, days).Mean, customer.Number("satisfaction"));
        Assert.True(filter.Observe(default, 0, SatisfactionKind.Nps, 2).Mean < filter.Mean);
    }

    [Fact]
    public void A_late_answer_gives_what_the_sorted_ones_give()
    {
        TouchpointEvent[] answers = [Answer(0, "nps", "9"), Answer(3, "csat", "1"), Answer(5, "nps", "4")];
        var (sorted, late) = (new OneCustomer(Retail), new OneCustomer(Retail));
        sorted.Observe(answers);

        foreach (var answer in answers.Reverse()) late.Observe(answer);

        Assert.Equal(sorted.State.Reals, late.State.Reals);
        Assert.True(late.Refolds > 0);
        Assert.NotEqual(sorted.Number("mood.mean"), Only(answers[2]).Number("mood.mean"));
    }

    [Fact]
    public void A_comment_moves_satisfaction_and_is_not_stored()
    {
        const string text = "This is terrible, I hate it and want my money back.";
        var filter = ((SatisfactionModel)Model("satisfaction")).Filter;

        var customer = Only(Answer(0, "comment", $"\"{text}\""));

        var score = TextScoring.ScoreOf(LinearSentiment.Shipped, text);
        var told = filter.Observe(default, At(0).UnixMs, SatisfactionKind.Sentiment, score);
        Assert.Equal(told.Mean, customer.Number("mood.mean"));
        Assert.True(told.Mean < filter.Mean);
        var stored = JournalPayload.ReadEvent(Assert.Single(customer.Journal).Payload);
        Assert.DoesNotContain("terrible", Encoding.UTF8.GetString(stored.Span), StringComparison.Ordinal);

        customer.Observe(Answer(-1, "nps", "3"));

        Assert.Equal(1, customer.Refolds);
        told = filter.Observe(default, At(-1).UnixMs, SatisfactionKind.Nps, 3);
        told = filter.Observe(told, At(0).UnixMs, SatisfactionKind.Sentiment, score);
        Assert.Equal(told.Mean, customer.Number("mood.mean"));
    }

    [Fact]
    public void Clicks_on_one_thing_make_a_burst_that_fades()
    {
        var customer = new OneCustomer(Retail);
        customer.Observe([.. Enumerable.Range(0, 4).Select(i => Click(i * 400, "pay"))]);
        customer.Now = At(0).PlusMs(1_200);
        Assert.Equal(1, customer.Number("rage_clicks_7d"));

        customer.Observe([.. Enumerable.Range(0, 4).Select(i => Click(60_000 + i * 400, i % 2 == 0 ? "a" : "b"))]);
        customer.Observe([.. Enumerable.Range(0, 4).Select(i => Click(120_000 + i * 900, "pay"))]);
        customer.Now = At(7).PlusMs(1_200);

        Assert.Equal(0.5, customer.Number("rage_clicks_7d"), 12);
        Assert.True(customer.Number("frustration") > 0.1);
    }

    [Fact]
    public void Purchases_move_the_elasticity_as_the_model_says()
    {
        var customer = Consenting(Retail);
        var model = (PriceSensitivity)Model("price_sensitivity");
        Assert.Equal(-0.5, customer.Number("price_sensitivity"));

        customer.Observe(Order(0, 2, 9), Order(1, 4, 4), Order(2, 8, 1), Order(3, 0, 1));

        var sums = new double[DemandSums.CountFor(2)];
        foreach (var (price, quantity) in new[] { (2.0, 9.0), (4, 4), (8, 1) })
            DemandSums.Add(sums, [1, Math.Log(price)], Math.Log(quantity));
        string[] parts = ["n", "x", "xx", "y", "xy"];
        Assert.Equal(sums, parts.Select(part => customer.Number($"demand.{part}")));
        Assert.Equal(model.Score(sums), customer.Number("price_sensitivity"));
        Assert.True(customer.Number("price_sensitivity") < -0.5);
    }

    [Fact]
    public void An_alert_for_a_valuable_customer_goes_out_once_for_each_crossing()
    {
        var (valuable, other) = (Buyer(price: 400), Buyer(price: 3));
        Assert.True(valuable.Number("lifetime_value") > 100);
        Assert.True(other.Number("lifetime_value") < 100);

        foreach (var customer in new[] { valuable, other })
        {
            for (var i = 0; i < 4; i++) Fail(customer, 25 + i / 10.0);
            Assert.True(customer.Number("frustration") > 0.6);
        }

        Assert.Single(Alerts(valuable));
        Assert.Empty(Alerts(other));
        Happen(valuable, 120, Order(120, 400, 1));
        Assert.True(valuable.Number("frustration") < 0.6);
        for (var i = 0; i < 4; i++) Fail(valuable, 121 + i / 10.0);
        Assert.Equal(2, Alerts(valuable).Count);
    }

    [Theory]
    [InlineData("satisfaction", "mood.mean mood.variance mood.days")]
    [InlineData("price_sensitivity", "demand.n demand.x demand.xx demand.y demand.xy")]
    [InlineData("frustration", "failed_payments_30d rage_clicks_7d")]
    public void A_fitted_model_stands_in_the_place_of_the_definitions(string name, string inputs)
    {
        var names = inputs.Split(' ');
        PredictiveModel fitted = name switch
        {
            "satisfaction" => new SatisfactionModel(names, new SatisfactionFilter(
                -0.25, 0.5, 0.01, 0, Enumerable.Repeat(new SatisfactionAnswer(0, 1, 1), 4).ToArray())),
            "frustration" => new FrustrationModel(
                FrustrationCause.Of("background", 0.5, 1), [.. names.Select(i => FrustrationCause.Of(i, 1, 1))]),
            _ => new PriceSensitivity(names, [1, -3], [1, 0, 0, 1], 1),
        };
        var source = Retail.Source.With(name, ModelFile.Of(fitted).ToBytes());
        var plan = Assert.IsType<PlanCompilation.Compiled>(TwinPlan.Load(source, "retail.jsonc")).Plan;

        var customer = Consenting(plan);

        var unknown = new double[names.Length];
        Array.Fill(unknown, double.NaN);
        Assert.Equal(fitted.Score(unknown), customer.Number(name));
        Assert.NotEqual(Consenting(Retail).Number(name), customer.Number(name));
    }

    private static PredictiveModel Model(string name) =>
        ((ModelPlan.OfModel)Retail.Models.Single(model => model.Name == name)).Model;

    private static Instant At(double day) => Start.PlusMs((long)(day * Instant.DayMs));

    private static OneCustomer Only(TouchpointEvent e)
    {
        var customer = new OneCustomer(Retail);
        customer.Observe(e);
        return customer;
    }

    private static OneCustomer Consenting(TwinPlan plan)
    {
        var customer = new OneCustomer(plan);
        customer.Tell(new CustomerMessage.SetConsents([new("personalization", ConsentStatus.Granted)], "test"));
        return customer;
    }

    private static void Happen(OneCustomer customer, double day, TouchpointEvent e)
    {
        customer.Now = At(day);
        customer.Observe(e);
    }

    /// <summary>One of the treated who has bought every five days.</summary>
    private OneCustomer Buyer(double price)
    {
        var id = Enumerable.Range(0, 100).Select(i => $"c-{i}").First(id => !Decider.IsHeldOut(Retail, id));
        var customer = new OneCustomer(Retail, id);
        for (var day = 0; day < 25; day += 5) Happen(customer, day, Order(day, price, 1));
        return customer;
    }

    private void Fail(OneCustomer customer, double day) => Happen(customer, day, Event(day, "Payment Failed", "{}"));

    private static List<string> Alerts(OneCustomer customer) =>
    [
        .. customer.Effects.Select(e => e.Effect).OfType<Effect.Publish>()
            .Select(published => DecisionRecord.Read(Envelope.Open(published.Payload.Span)))
            .Select(record => Retail.Decisions.Offers[record.Candidates[record.Winner].Offer].Name)
            .Where(offer => offer == "care_alert"),
    ];

    private TouchpointEvent Answer(double day, string asked, string? value) =>
        Event(day, "Survey Answered", value is null ? "{}" : $$"""{"{{asked}}":{{value}}}""");

    private TouchpointEvent Click(long ms, string element) =>
        Event(ms / (double)Instant.DayMs, "Element Clicked", $$"""{"element":"{{element}}"}""");

    private TouchpointEvent Order(double day, double price, int quantity) => Event(
        day, "Order Completed", string.Create(CultureInfo.InvariantCulture,
        $$"""{"total":{{price * quantity}},"products":[{"price":{{price}},"quantity":{{quantity}}}]}"""));

    private TouchpointEvent Event(double day, string type, string properties) => OneCustomer.Event(Retail, $$"""
        {"id":"e{{_events++}}","type":"{{type}}","time":"{{At(day)}}","customer":"c","properties":{{properties}}}
        """, At(day));
}
