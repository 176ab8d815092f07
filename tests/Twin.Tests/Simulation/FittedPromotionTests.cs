using System.Text;
using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Models.Pricing;
using DToC.Twin.Plan;
using DToC.Twin.Simulation;

namespace DToC.Twin.Tests.Simulation;

public class FittedPromotionTests
{
    private const int Weeks = 30;
    private const string Promotion = """{ "lever": "promotion", "depth": 0.2, "from": 1, "until": 10 }""";

    private static readonly PromotionResponse Response = new(
        ["orders"], lift: 1.6, pullForward: 0.25, pullWeeks: 4, [0.04, -0.012, -0.012, 0.01], deepest: 0.25,
        usualFactor: 1.25);

    private static TwinPlan Plan(PredictiveModel? response, string priceOnOrders = "0")
    {
        var section = SimulatedShop.SectionWith(
            "\"priceOnOrders\": { \"value\": 0", $"\"priceOnOrders\": {{ \"value\": {priceOnOrders}");
        var text = SimulatedShop.Definition
            .Replace("SIMULATION", "\"promotions\": \"promotions\", " + section, StringComparison.Ordinal)
            .Replace(
                "\"content\": {",
                """ "promotions": { "kind": "fitted", "purpose": "analytics" }, "content": {""",
                StringComparison.Ordinal);
        var source = PlanSource.Read(Encoding.UTF8.GetBytes(text))
            .With("buys", ModelFile.Of(SimulatedShop.Forecast(new Nbd(3, 10))).ToBytes());
        if (response is not null) source = source.With("promotions", ModelFile.Of(response).ToBytes());
        return Assert.IsType<PlanCompilation.Compiled>(TwinPlan.Load(source, "promotions")).Plan;
    }

    [Fact]
    public void Response_still_to_be_fitted_leaves_what_is_assumed()
    {
        var lift = Premises.Of(Plan(null)).Assumptions.Single(a => a.Name == "promotionLift");
        Assert.Equal((2, AssumptionSource.Stated), (lift.Value, lift.Source));
    }

    [Fact]
    public void Fitted_response_stands_in_the_place_of_what_is_assumed()
    {
        var plan = Plan(Response);
        var all = Premises.Of(plan).Assumptions.ToDictionary(a => a.Name);
        // Against purchases that have the promotions of the past in them.
        Assert.Equal((1.28, 0.16), (all["promotionLift"].Value, all["promotionLift"].StandardError));
        Assert.Equal((0.25, 0.1), (all["promotionPullForward"].Value, all["promotionPullForward"].StandardError));
        Assert.Equal(4, all["promotionPullWeeks"].Value);
        Assert.Equal(AssumptionSource.Fitted, all["promotionLift"].Source);
        Assert.Contains("0.25", all["promotionLift"].Note);
        var deeper = Assert.Single(SimulatedShop.Levers(
            plan, Weeks, """{ "lever": "promotion", "depth": 0.3 }""").Remarks, remark => remark.IsOutside);
        Assert.Contains("0.25", deeper.Text);
        Assert.DoesNotContain(SimulatedShop.Levers(plan, Weeks, Promotion).Remarks, remark => remark.IsOutside);
    }

    [Fact]
    public void Unknown_pull_forward_leaves_what_is_assumed_of_it()
    {
        var all = Premises.Of(Plan(new PromotionResponse(["orders"], 1.6, null, 4, [0.04], 0.25, 1)))
            .Assumptions.ToDictionary(a => a.Name);
        Assert.Equal((1.6, 0.2), (all["promotionLift"].Value, all["promotionLift"].StandardError));
        Assert.Equal((0.5, AssumptionSource.Stated), (
            all["promotionPullForward"].Value, all["promotionPullForward"].Source));
        Assert.Equal(5, all["promotionPullWeeks"].Value);
    }

    [Fact]
    public void Lift_and_pull_forward_are_drawn_as_they_were_estimated_together()
    {
        var (premises, scenarios) = (Premises.Of(Plan(Response)), ScenarioSet.Baseline(1));
        var drawn = Enumerable.Range(0, 4_000).Select(i => World.Draw(premises, scenarios, 1, i)).Select(world => (
            Lift: (world.ValueOf(AssumptionKind.PromotionLift) - 1.28) / 0.16,
            Pull: (world.ValueOf(AssumptionKind.PromotionPullForward) - 0.25) / 0.1)).ToList();
        Assert.InRange(drawn.Average(d => d.Lift * d.Lift), 0.9, 1.1);
        // Below 0 there is no share: 0.6% of the draws are put there.
        Assert.InRange(drawn.Average(d => d.Pull * d.Pull), 0.9, 1.1);
        Assert.InRange(drawn.Average(d => d.Lift * d.Pull), -0.65, -0.55);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-2")]
    public void Fitted_lift_is_all_a_promotion_does_to_the_number_of_orders(string priceOnOrders)
    {
        var sure = new PromotionResponse(["orders"], 1.6, 0, 4, [0, 0, 0, 0], 0.25, 1);
        var plan = Plan(sure, priceOnOrders);
        var (orders, pieces) = Factors(plan, Promotion);
        Assert.Equal((Weeks + 10 * (Math.Exp(0.32) - 1)) / Weeks, orders, 0.02);
        // What is bought at the lower price is not the lift's.
        Assert.Equal((Weeks - 10 + 10 * Math.Exp(0.32) * Math.Pow(0.8, -1.5)) / Weeks, pieces, 0.03);
        // Other prices move the number of orders as before.
        var (dearer, _) = Factors(plan, """{ "lever": "price", "factor": 1.1 }""");
        Assert.Equal(Math.Pow(1.1, priceOnOrders == "0" ? 0 : -2), dearer, 0.02);
    }

    [Fact]
    public void Model_of_something_else_in_its_place_keeps_from_simulating()
    {
        var why = SimulationPlan.WhyNot(Plan(new Logistic(0.5, [new("orders", 2)])));
        Assert.Contains("promotion-response", why);
    }

    private static (double Orders, double Pieces) Factors(TwinPlan plan, string lever)
    {
        var scenarios = SimulatedShop.Levers(plan, Weeks, lever);
        var tally = SimulatedShop.Run(plan, scenarios, SimulatedShop.Customers(plan, 4_000));
        return (Of(Measure.Orders), Of(Measure.UnitsMilli));

        double Of(Measure measure) => tally.Total(1, measure) / (double)tally.Total(0, measure);
    }
}
