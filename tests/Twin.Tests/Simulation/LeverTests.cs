using DToC.Twin.Models;
using DToC.Twin.Models.Affinity;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Plan;
using DToC.Twin.Simulation;
using DToC.Twin.State;

namespace DToC.Twin.Tests.Simulation;

public class LeverTests
{
    private const int Weeks = 30;

    // Nobody leaves, so that what a lever does to orders is what it does to their rate.
    private static readonly PurchaseForecast Steady = SimulatedShop.Forecast(new Nbd(3, 10));

    private static readonly TwinPlan Plan = SimulatedShop.Compile(SimulatedShop.Section, Steady);

    [Theory]
    [InlineData("""{ "lever": "price", "factor": 1 }, { "lever": "demand", "index": 1 }""")]
    [InlineData("""{ "lever": "journey", "steps": 0 }, { "lever": "inflation", "rate": 0 }""")]
    [InlineData("""{ "lever": "scarcity", "served": 1 }, { "lever": "competitor", "factor": 1 }""")]
    [InlineData("""{ "lever": "service", "level": 0, "waitingFactor": 1 }""")]
    public void A_scenario_that_changes_nothing_differs_by_nothing(string levers)
    {
        var scenarios = SimulatedShop.Levers(SimulatedShop.Plan, Weeks, levers);
        var tally = SimulatedShop.Run(
            SimulatedShop.Plan, scenarios, SimulatedShop.Customers(SimulatedShop.Plan, 200));
        Assert.True(tally.Total(0, Measure.Orders) > 100);
        for (var week = 0; week < Weeks; week++)
        {
            foreach (var measure in Enum.GetValues<Measure>())
                Assert.Equal(tally.Of(0, week, measure), tally.Of(1, week, measure));
            for (var stage = 0; stage < tally.Stages; stage++)
                Assert.Equal(tally.InStage(0, week, stage), tally.InStage(1, week, stage));
        }
    }

    [Theory]
    [InlineData("""{ "lever": "price", "factor": 1.2, "from": 11, "until": 20 }""")]
    [InlineData("""{ "lever": "demand", "index": 1.3, "from": 11, "until": 20 }""")]
    [InlineData("""{ "lever": "promotion", "depth": 0.3, "from": 11, "until": 20 }""")]
    [InlineData("""{ "lever": "scarcity", "served": 0.5, "from": 11, "until": 20 }""")]
    [InlineData("""{ "lever": "journey", "steps": -2, "from": 11, "until": 20 }""")]
    [InlineData("""{ "lever": "competitor", "factor": 1.5, "from": 11, "until": 20 }""")]
    [InlineData("""{ "lever": "inflation", "rate": 0.2, "from": 11, "until": 20 }""")]
    [InlineData("""{ "lever": "product", "from": 11, "until": 20 }""")]
    [InlineData("""{ "lever": "service", "level": 0.5, "from": 11, "until": 20 }""")]
    public void Nothing_happens_before_a_lever_acts(string lever)
    {
        var tally = Run(lever);
        var changed = false;
        for (var week = 0; week < 20; week++)
        {
            foreach (var measure in Enum.GetValues<Measure>())
            {
                var isSame = tally.Of(0, week, measure) == tally.Of(1, week, measure);
                Assert.True(isSame || week >= 10, $"{measure} differs in week {week}");
                changed |= !isSame;
            }
        }
        Assert.True(changed);
    }

    [Fact]
    public void A_price_acts_only_in_its_weeks()
    {
        var tally = Run("""{ "lever": "price", "factor": 1.2, "from": 11, "until": 20 }""");
        for (var week = 0; week < Weeks; week++)
        {
            Assert.Equal(tally.Of(0, week, Measure.Orders), tally.Of(1, week, Measure.Orders));
            var ratio = tally.Of(1, week, Measure.UnitsMilli) / (double)tally.Of(0, week, Measure.UnitsMilli);
            Assert.Equal(week is >= 10 and < 20 ? Math.Pow(1.2, -1.5) : 1, ratio, 1e-3);
        }
    }

    [Fact]
    public void Price_moves_units_and_amounts_by_the_elasticity()
    {
        var tally = Run("""{ "lever": "price", "factor": 1.1 }""");
        Assert.Equal(Math.Pow(1.1, -1.5), Ratio(tally, Measure.UnitsMilli), 1e-3);
        Assert.Equal(Math.Pow(1.1, -0.5), Ratio(tally, Measure.RevenueMinor), 1e-3);
        // 60% of an amount is cost: 1.1^-1.5 as much of it.
        Assert.Equal(
            (Math.Pow(1.1, -0.5) - 0.6 * Math.Pow(1.1, -1.5)) / 0.4, Ratio(tally, Measure.MarginMinor), 1e-3);
    }

    [Fact]
    public void Price_moves_the_number_of_orders_by_its_own_elasticity()
    {
        var plan = SimulatedShop.Compile(
            SimulatedShop.SectionWith("\"priceOnOrders\": { \"value\": 0", "\"priceOnOrders\": { \"value\": -2"),
            Steady);
        IsDifference(plan, """{ "lever": "price", "factor": 1.1 }""", Math.Pow(1.1, -2));
    }

    [Fact]
    public void Sensitivity_that_differs_is_drawn_for_each_customer()
    {
        // Without consent for the model's purpose the population's distribution stands in: normal, -1.5 and 0.25.
        var plan = SimulatedShop.Compile(
            SimulatedShop.SectionWith("\"spend\"", "\"prices\": \"sensitivity\", \"spend\""), Steady);
        var scenarios = SimulatedShop.Levers(plan, Weeks, """{ "lever": "price", "factor": 2 }""");
        var log = Math.Log(2);
        var state = SimulatedShop.Customer(plan, 4, 27, 30);
        var orders = new Nbd(3, 10).ExpectedPurchases(4, 27, 30, Weeks);
        SimulatedShop.IsNear(
            2 * orders * Math.Exp(-1.5 * log + 0.25 * log * log / 2),
            SimulatedShop.Outcome(plan, scenarios, state, run => run.Outcome(1, Measure.UnitsMilli) / 1e3));
        var tally = SimulatedShop.Run(plan, scenarios, [("c", state)]);
        Assert.Equal(1, tally.Members(MemberRemark.OwnWithheld));
    }

    [Theory]
    [InlineData("""{ "lever": "demand", "index": 1.2 }""", 1.2)]
    [InlineData("""{ "lever": "competitor", "factor": 1.44 }""", 1.2)]
    [InlineData("""{ "lever": "journey", "steps": -1 }""", 1.10517091807565)]
    public void Orders_move_by_the_closed_form(string lever, double factor) => IsDifference(Plan, lever, factor);

    [Fact]
    public void Orders_won_by_a_promotion_are_partly_missing_afterwards()
    {
        // e^(2 * 0.2) in ten weeks; half of what they win over them is missing over the five weeks behind.
        var won = 10 * (Math.Exp(0.4) - 1);
        var lever = """{ "lever": "promotion", "depth": 0.2, "from": 1, "until": 10 }""";
        IsDifference(Plan, lever, (Weeks + won / 2) / Weeks);
        var none = """{ "lever": "promotion", "depth": 0.2, "from": 1, "until": 10, "pullForward": 0 }""";
        IsDifference(Plan, none, (Weeks + won) / Weeks);
    }

    [Fact]
    public void What_cannot_be_served_is_lost_or_comes_later()
    {
        var lever = """{ "lever": "scarcity", "served": 0.5, "from": 1, "until": 10 }""";
        var lost = Run(lever);
        Assert.Equal(
            lost.Total(0, Measure.Orders), lost.Total(1, Measure.Orders) + lost.Total(1, Measure.Lost));
        Assert.InRange(
            lost.Total(1, Measure.Lost) / (double)Enumerable.Range(0, 10).Sum(w => lost.Of(0, w, Measure.Orders)),
            0.4, 0.6);

        var plan = SimulatedShop.Compile(
            SimulatedShop.SectionWith("\"scarcityLoss\": { \"value\": 1", "\"scarcityLoss\": { \"value\": 0"), Steady);
        var later = Run(lever, plan);
        Assert.Equal(0, later.Total(1, Measure.Lost));
        Assert.Equal(later.Total(0, Measure.Orders), later.Total(1, Measure.Orders));
        Assert.True(later.Of(1, 10, Measure.Orders) > 3 * later.Of(0, 10, Measure.Orders));
    }

    [Fact]
    public void What_is_new_is_adopted_by_a_share_in_its_time()
    {
        var scenarios = SimulatedShop.Levers(Plan, Weeks, """{ "lever": "product" }""");
        var state = SimulatedShop.Customer(Plan, 4, 27, 30);
        SimulatedShop.IsNear(
            0.5 * (1 - Math.Exp(-Weeks / 10.0)),
            SimulatedShop.Outcome(Plan, scenarios, state, run => run.Outcome(1, Measure.Adopted)));
        var tally = Run("""{ "lever": "product" }""");
        Assert.InRange(Ratio(tally, Measure.Orders), 1.08, 1.25);
    }

    [Fact]
    public void Who_is_keener_on_what_it_is_like_adopts_more_likely()
    {
        var likes = new AffinityModel(
            ["basket.baskets", "basket.token1", "basket.count1", "basket.token2", "basket.count2"],
            [new("tea", 0.1), new("rum", 0.4)], strength: 5);
        var plan = SimulatedShop.Load(
            SimulatedShop.SectionWith("\"adoptionShare\": { \"value\": 0.5", "\"adoptionShare\": { \"value\": 0.1")
                + """, "affinity": "likes" """,
            text => text, ("buys", ModelFile.Of(Steady)), ("likes", ModelFile.Of(likes)));
        var scenarios = SimulatedShop.Levers(plan, Weeks, """{ "lever": "product", "token": "tea" }""");
        var (mean, keen) = (SimulatedShop.Customer(plan, 4, 27, 30), SimulatedShop.Customer(plan, 4, 27, 30));
        SimulatedShop.Buy(keen, "tea", times: 2);
        var inTime = 1 - Math.Exp(-Weeks / 10.0);
        SimulatedShop.IsNear(0.1 * inTime, Adopts(mean));
        // Two baskets of two held it: (2 + 5 * 0.1) / (2 + 5), over the population's 0.1.
        SimulatedShop.IsNear(2.5 / 7 / 0.1 * 0.1 * inTime, Adopts(keen));
        var error = Assert.Throws<Xunit.Sdk.XunitException>(() => SimulatedShop.Levers(
            plan, Weeks, """{ "lever": "product", "token": "gin" }"""));
        Assert.Contains("there is no token 'gin'", error.Message, StringComparison.Ordinal);

        (double, double) Adopts(CustomerState state) =>
            SimulatedShop.Outcome(plan, scenarios, state, run => run.Outcome(1, Measure.Adopted), 5_000);
    }

    [Fact]
    public void Better_service_makes_content_and_keeps_customers()
    {
        var plan = SimulatedShop.Compile(
            SimulatedShop.Section, SimulatedShop.Forecast(new ParetoNbd(0.9, 5, 0.7, 12)));
        var tally = Run("""{ "lever": "service", "level": 0.5, "waitingFactor": 0.5 }""", plan);
        // 0.5 * 0.4 + ln(0.5) * -0.2 = 0.339 of satisfaction: e^(-2 * 0.339) of the hazard of leaving.
        Assert.InRange(Mean(tally, 1) - Mean(tally, 0), 0.28, 0.40);
        Assert.InRange(Ratio(tally, Measure.Churned), 0.4, 0.7);
        Assert.True(tally.Of(1, Weeks - 1, Measure.Active) > tally.Of(0, Weeks - 1, Measure.Active));

        static double Mean(Tally tally, int scenario) =>
            tally.Of(scenario, 20, Measure.SatisfactionMicro) / 1e6 / tally.Of(scenario, 20, Measure.Active);
    }

    [Fact]
    public void Inflation_that_is_passed_on_raises_amounts_and_nothing_else()
    {
        var tally = Run("""{ "lever": "inflation", "rate": 0.5 }""");
        Assert.Equal(tally.Total(0, Measure.UnitsMilli), tally.Total(1, Measure.UnitsMilli));
        // Of weeks of about the same amount each, the mean of 1.5^t over t in 0 to 30/52.
        Assert.InRange(Ratio(tally, Measure.RevenueMinor), 1.11, 1.14);
        var kept = Run("""{ "lever": "inflation", "rate": 0.5, "passThrough": 0 }""");
        Assert.True(kept.Total(1, Measure.UnitsMilli) > kept.Total(0, Measure.UnitsMilli));
        Assert.True(kept.Total(1, Measure.MarginMinor) < kept.Total(0, Measure.MarginMinor));
    }

    [Fact]
    public void Categories_have_prices_and_elasticities_of_their_own()
    {
        var plan = SimulatedShop.Compile(SimulatedShop.Section + """
            , "categories": {
              "shoes": { "share": 0.3, "elasticity": { "value": -3, "source": "stated" } }, "hats": { "share": 0.2 }
            }
            """, Steady);
        var shoes = Run("""{ "lever": "price", "factor": 1.1, "category": "shoes" }""", plan);
        Assert.Equal(0.7 + 0.3 * Math.Pow(1.1, -3), Ratio(shoes, Measure.UnitsMilli), 1e-3);
        var hats = Run("""{ "lever": "price", "factor": 1.1, "category": "hats" }""", plan);
        Assert.Equal(0.8 + 0.2 * Math.Pow(1.1, -1.5), Ratio(hats, Measure.UnitsMilli), 1e-3);
        var all = Run("""{ "lever": "price", "factor": 1.1 }""", plan);
        Assert.Equal(0.7 * Math.Pow(1.1, -1.5) + 0.3 * Math.Pow(1.1, -3), Ratio(all, Measure.UnitsMilli), 1e-3);
    }

    private static Tally Run(string levers, TwinPlan? plan = null) => SimulatedShop.Run(
        plan ?? Plan, SimulatedShop.Levers(plan ?? Plan, Weeks, levers), SimulatedShop.Customers(plan ?? Plan, 400));

    private static double Ratio(Tally tally, Measure measure) =>
        tally.Total(1, measure) / (double)tally.Total(0, measure);

    // Of one customer whose orders the baseline expects to be known: their difference by the factor, within errors.
    private static void IsDifference(TwinPlan plan, string lever, double factor)
    {
        var state = SimulatedShop.Customer(plan, 4, 27, 30);
        var orders = new Nbd(3, 10).ExpectedPurchases(4, 27, 30, Weeks);
        SimulatedShop.IsNear((factor - 1) * orders, SimulatedShop.Outcome(
            plan, SimulatedShop.Levers(plan, Weeks, lever), state,
            run => run.Outcome(1, Measure.Orders) - run.Outcome(0, Measure.Orders)));
    }
}
