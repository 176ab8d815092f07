using System.Text;
using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Models.Pricing;
using DToC.Twin.Plan;
using DToC.Twin.Simulation;
using DToC.Twin.Tests.Definitions;

namespace DToC.Twin.Tests.Simulation;

public class PremisesTests
{
    [Fact]
    public void Every_number_a_simulation_rests_on_is_listed_with_how_sure_it_is()
    {
        LogCovariance covariance = new(2, [0.04, 0, 0, 0.01]);
        var plan = SimulatedShop.Compile(
            SimulatedShop.SectionWith(
                "\"marginShare\": { \"value\": 0.4, \"source\": \"stated\" }",
                "\"marginShare\": { \"value\": 0.4, \"standardError\": 0.1, \"source\": \"stated\", \"note\": \"n\" }"),
            SimulatedShop.Forecast(new Nbd(5, 100), covariance));
        var all = Premises.Of(plan).Assumptions;
        var margin = all.Single(a => a.Name == "marginShare");
        Assert.Equal((0.4, 0.1, AssumptionSource.Stated, "n"), (
            margin.Value, margin.StandardError, margin.Source, margin.Note));
        var alpha = all.Single(a => a.Name == "purchases.alpha");
        Assert.Equal((100, 10, AssumptionSource.Fitted), (alpha.Value, alpha.StandardError, alpha.Source));
        Assert.Equal(1, all.Single(a => a.Name == "purchases.r").StandardError, 1e-12);
        Assert.Equal(AssumptionSource.Stated, all.Single(a => a.Name == "spend.p").Source);
        // A model says it: there is nothing to assume.
        Assert.DoesNotContain(all, a => a.Name == "orderValue");
        Assert.Contains(all, a => a.Name == "leavingPerWeek");
        Assert.Equal(all.Count, all.Select(a => a.Name).Distinct().Count());
    }

    [Fact]
    public void Each_assumption_can_be_moved_and_the_rest_stays()
    {
        var plan = SimulatedShop.Compile(SimulatedShop.Section + """
            , "prices": "sensitivity",
            "categories": { "shoes": { "share": 0.3, "elasticity": { "value": -3, "source": "stated" } } }
            """);
        var premises = Premises.Of(plan);
        for (var i = 0; i < premises.Assumptions.Count; i++)
        {
            var value = premises.Assumptions[i].Value + (premises.Assumptions[i].Value == 1 ? -0.01 : 0.01);
            var moved = premises.WithAssumption(i, value).Assumptions;
            Assert.Equal(value, moved[i].Value);
            Assert.Equal(
                premises.Assumptions.Where((_, j) => j != i), moved.Where((_, j) => j != i));
        }
    }

    [Fact]
    public void A_value_beyond_its_bounds_counts_as_the_bound()
    {
        var premises = Premises.Of(SimulatedShop.Plan);
        var at = premises.Assumptions.ToList().FindIndex(a => a.Name == "returnRate");
        Assert.Equal(1, premises.WithAssumption(at, 7).Assumptions[at].Value);
    }

    [Fact]
    public void A_moved_assumption_moves_only_what_rests_on_it()
    {
        var (plan, scenarios) = (SimulatedShop.Plan, ScenarioSet.Baseline(26));
        var premises = Premises.Of(plan);
        var at = premises.Assumptions.ToList().FindIndex(a => a.Name == "marginShare");
        var customers = SimulatedShop.Customers(plan, 100).ToList();
        var before = SimulatedShop.Run(plan, scenarios, customers);
        var after = SimulatedShop.Run(
            plan, scenarios, customers, premises: premises.WithAssumption(at, 0.5));
        foreach (var measure in Enum.GetValues<Measure>().Where(measure => measure != Measure.MarginMinor))
            Assert.Equal(before.Total(0, measure), after.Total(0, measure));
        Assert.Equal(
            0.5 / 0.4, after.Total(0, Measure.MarginMinor) / (double)before.Total(0, Measure.MarginMinor), 1e-3);
    }

    [Fact]
    public void Assumptions_that_are_not_sure_differ_between_worlds_around_their_value()
    {
        var plan = SimulatedShop.Compile(SimulatedShop.SectionWith(
            "\"demandOnOrders\": { \"value\": 1,", "\"demandOnOrders\": { \"value\": 1, \"standardError\": 0.5,"));
        var (premises, scenarios) = (
            Premises.Of(plan), SimulatedShop.Levers(plan, 4, """{ "lever": "demand", "index": 2 }"""));
        var drawn = Enumerable.Range(0, 2_000)
            .Select(i => World.Draw(premises, scenarios, 1, i).ValueOf(AssumptionKind.DemandOnOrders)).ToList();
        Assert.InRange(drawn.Average(), 0.95, 1.05);
        Assert.InRange(Math.Sqrt(drawn.Average(d => (d - 1) * (d - 1))), 0.47, 0.53);
        // Moved, the same worlds move by as much.
        var at = premises.Assumptions.ToList().FindIndex(a => a.Name == "demandOnOrders");
        var moved = World.Draw(premises.WithAssumption(at, 3), scenarios, 1, 5);
        Assert.Equal(drawn[5] + 2, moved.ValueOf(AssumptionKind.DemandOnOrders), 1e-12);
    }

    [Fact]
    public void How_sure_the_mean_elasticity_is_is_drawn_once_a_world()
    {
        var prices = new PriceSensitivity(
            ["demand.n", "demand.x", "demand.xx", "demand.y", "demand.xy"], [1, -2], [1, 0, 0, 0.25], 0.5,
            [0.01, 0, 0, 0.09]);
        var plan = SimulatedShop.Load(
            SimulatedShop.Section + """, "prices": "sensitivity" """, text => text,
            ("sensitivity", ModelFile.Of(prices)));
        var premises = Premises.Of(plan);
        var elasticity = premises.Assumptions.Single(a => a.Name == "prices.elasticity");
        Assert.Equal((-2, 0.3, AssumptionSource.Fitted), (
            elasticity.Value, Math.Round(elasticity.StandardError, 12), elasticity.Source));
        var drawn = Enumerable.Range(0, 1_000)
            .Select(i => World.Draw(premises, ScenarioSet.Baseline(2), 1, i).Prices?.Mean[1] ?? double.NaN).ToList();
        Assert.InRange(drawn.Average(), -2.04, -1.96);
        Assert.InRange(Math.Sqrt(drawn.Average(d => (d + 2) * (d + 2))), 0.28, 0.32);
    }

    [Theory]
    [InlineData("\"purchases\": \"buys\"", "\"purchases\": \"bys\"", "There is no model 'bys'", "'buys'")]
    [InlineData("\"purpose\": \"analytics\"", "\"purpose\": \"ads\"", "There is no purpose 'ads'", "Known")]
    [InlineData("\"spend\": \"amount\",", "", "Nothing says what an order is worth", "orderValue")]
    [InlineData("orders / 100", "order / 100", "name 'order'", "'orders'")]
    [InlineData("\"marginShare\": { \"value\": 0.4", "\"marginShare\": { \"value\": 4", "4 is out of range", "-1 to 1")]
    [InlineData("\"marginShare\"", "\"marginShares\"", "'marginShare' is missing", "marginShare")]
    [InlineData("\"returnRate\"", "\"returnsRate\"", "unknown key 'returnsRate'", "'returnRate'")]
    [InlineData("\"priceFactor\": { \"from\": 0.9", "\"priceFactor\": { \"from\": 9", "'from' 9 is above", "at most")]
    [InlineData("\"observed\"",
        "\"categories\": { \"a\": { \"share\": 0.7 }, \"b\": { \"share\": 0.7 } }, \"observed\"",
        "The shares of all categories are more than 1", "sum to 1")]
    public void What_is_wrong_with_the_section_is_said(string right, string wrong, string message, string remedy)
    {
        var text = SimulatedShop.Definition.Replace(
            "SIMULATION", SimulatedShop.SectionWith(right, wrong), StringComparison.Ordinal);
        var invalid = Assert.IsType<PlanCompilation.Invalid>(TwinPlan.Load(Encoding.UTF8.GetBytes(text), "x.jsonc"));
        var error = invalid.Errors.First(e => e.Path.StartsWith("simulation", StringComparison.Ordinal));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message + error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("retail")]
    [InlineData("purchase-log")]
    [InlineData("consumer-goods")]
    public void Shipped_definitions_can_be_simulated(string name)
    {
        var plan = Assert.IsType<PlanCompilation.Compiled>(
            TwinPlan.Load(DefinitionFiles.Bytes(name), name)).Plan;
        var scenarios = SimulatedShop.Levers(plan, 8, """{ "lever": "demand", "index": 0.5 }""");
        var tally = SimulatedShop.Run(
            plan, scenarios, Enumerable.Range(0, 50).Select(i => ($"c-{i}", Customer(plan))));
        Assert.Equal(50, tally.Members(MemberStanding.Simulated));
        Assert.True(tally.Total(0, Measure.Orders) > tally.Total(1, Measure.Orders));

        static Twin.State.CustomerState Customer(TwinPlan plan)
        {
            var state = new Twin.State.CustomerState(plan);
            var at = plan.Vector.Features.Single(f => f.Name == "purchase.x").At.Longs;
            var today = SimulatedShop.Now.Day;
            (state.Longs[at], state.Longs[at + 1], state.Longs[at + 2]) = (today - 200, today - 10, 20);
            (state.Longs[at + 3], state.Longs[at + 4]) = (2_000, 40_000);
            return state;
        }
    }
}
