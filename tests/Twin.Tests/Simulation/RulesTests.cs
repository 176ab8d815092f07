using System.Text;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Plan;
using DToC.Twin.Simulation;
using DToC.Twin.State;
using Xunit.Sdk;

namespace DToC.Twin.Tests.Simulation;

/// <summary>Decision rules on simulated moments: "thanks" follows every order, "shown" every request.</summary>
public class RulesTests
{
    private const int Weeks = 52;

    private const string Effects = """
        , "offers": {
          "shown": { "orders": { "value": 0.5, "source": "stated" }, "discount": 0.2, "cost": 1 },
          "come_back": { "orders": { "value": 1, "source": "stated" } }
        },
        "events": { "returned": "Returned.total", "contact": "Asked", "answered": "Answered.csat" }
        """;

    private static readonly TwinPlan Plan = SimulatedShop.Compile(SimulatedShop.Section + Effects, Steady());

    [Fact]
    public void Every_order_and_every_request_is_decided_on()
    {
        var scenarios = SimulatedShop.Scenarios(
            Plan, Weeks, Scenario("""{ "lever": "offers", "weight": 0 }"""), withRules: true);
        var only = SimulatedShop.Scenarios(
            Plan, Weeks, Scenario(Off("thanks", "come_back", "refill")), withRules: true);
        var customers = SimulatedShop.Customers(Plan, 200).ToList();
        var tally = SimulatedShop.Run(Plan, scenarios, customers);
        Assert.Equal(0, tally.Total(1, Measure.Offers));
        Assert.Equal(0, tally.Total(1, Measure.Accepted));
        // A request every four weeks, 13 of them in 52, each shown something.
        Assert.Equal(13 * 200, SimulatedShop.Run(Plan, only, customers).Total(1, Measure.Offers));
        Assert.True(tally.Total(0, Measure.Offers) >= 13 * 200 + tally.Total(0, Measure.Orders));
    }

    [Fact]
    public void Offers_are_taken_by_their_propensity_and_win_their_share_of_orders()
    {
        var scenarios = SimulatedShop.Scenarios(
            Plan, Weeks,
            $$"""
            [{ "name": "none", "levers": [{ "lever": "offers", "weight": 0 }] },
             { "name": "shown", "levers": [{{Off("thanks", "come_back", "refill")}}] }]
            """, withRules: true);
        var state = SimulatedShop.Customer(Plan, 4, 27, 30);
        SimulatedShop.IsNear(
            13 * 0.3, SimulatedShop.Outcome(Plan, scenarios, state, run => run.Outcome(2, Measure.Accepted), 2_000));
        SimulatedShop.IsNear(13 * 0.3 * 0.5, SimulatedShop.Outcome(
            Plan, scenarios, state,
            run => run.Outcome(2, Measure.Orders) - run.Outcome(1, Measure.Orders), 2_000));
    }

    [Fact]
    public void Discounts_and_costs_are_paid()
    {
        var plan = SimulatedShop.Compile(SimulatedShop.SectionWith("orders / 100", "0") + """
            , "offers": { "shown": { "discount": 0.5, "cost": 2 } }
            """, Steady());
        var scenarios = SimulatedShop.Scenarios(
            plan, Weeks,
            $$"""
            [{ "name": "none", "levers": [{ "lever": "offers", "weight": 0 }] },
             { "name": "shown", "levers": [{{Off("thanks", "come_back", "refill")}}] }]
            """, withRules: true);
        var tally = SimulatedShop.Run(plan, scenarios, SimulatedShop.Customers(plan, 200));
        // No order more, some at half the amount; what is lost of it and the costs come off the margin.
        Assert.Equal(tally.Total(1, Measure.Orders), tally.Total(2, Measure.Orders));
        var lost = tally.Total(1, Measure.RevenueMinor) - tally.Total(2, Measure.RevenueMinor);
        Assert.InRange(lost / (double)tally.Total(1, Measure.RevenueMinor), 0.02, 0.5);
        Assert.Equal(
            lost + 200 * tally.Total(2, Measure.Accepted),
            tally.Total(1, Measure.MarginMinor) - tally.Total(2, Measure.MarginMinor));
    }

    [Fact]
    public void Thresholds_and_wake_ups_fire_by_simulated_time()
    {
        // One who never buys again lapses once; an order of one who does is followed up after two days.
        var silent = SimulatedShop.Compile(SimulatedShop.Section, SimulatedShop.Forecast(new Nbd(0.001, 10_000)));
        Assert.Equal(1, Offers(silent, Off("shown", "thanks", "refill")));
        Assert.Equal(0, Offers(silent, Off("shown", "thanks", "refill", "come_back")));
        var often = SimulatedShop.Compile(SimulatedShop.Section, SimulatedShop.Forecast(new Nbd(9_000, 90_000)));
        Assert.True(Offers(often, Off("shown", "thanks", "come_back")) > 0);

        static long Offers(TwinPlan plan, string levers) => SimulatedShop.Run(
            plan, SimulatedShop.Scenarios(plan, Weeks, Scenario(levers), withRules: true),
            [("c", SimulatedShop.Customer(plan, 1, 1, 3))]).Total(1, Measure.Offers);
    }

    [Fact]
    public void The_contact_policy_holds_and_can_be_capped()
    {
        // An order a week, each followed up unless the next one comes within two days: four in 60 days at most.
        var often = SimulatedShop.Compile(SimulatedShop.Section, SimulatedShop.Forecast(new Nbd(9_000, 9_000)));
        var scenarios = SimulatedShop.Scenarios(often, Weeks, $$"""
            [{ "name": "mails", "levers": [{{Off("shown", "thanks", "come_back")}}] },
             { "name": "none", "levers": [{{Off("shown", "thanks", "come_back")}},
               { "lever": "contactPolicy", "count": 0, "days": 7 }] },
             { "name": "few", "levers": [{{Off("shown", "thanks", "come_back")}},
               { "lever": "contactPolicy", "count": 1, "days": 60 }] }]
            """, withRules: true);
        var tally = SimulatedShop.Run(often, scenarios, [("c", SimulatedShop.Customer(often, 4, 27, 30))]);
        Assert.InRange(tally.Total(1, Measure.Offers), 15, 28);
        Assert.Equal(0, tally.Total(2, Measure.Offers));
        Assert.InRange(tally.Total(3, Measure.Offers), 4, 7);
    }

    [Fact]
    public void Who_is_held_out_gets_no_offer()
    {
        var plan = SimulatedShop.Load(
            SimulatedShop.Section + Effects,
            text => text.Replace("\"percent\": 0", "\"percent\": 50", StringComparison.Ordinal));
        var tally = SimulatedShop.Run(
            plan, ScenarioSet.Baseline(Weeks, withRules: true), SimulatedShop.Customers(plan, 400));
        Assert.InRange(tally.Members(MemberRemark.HeldOut), 150, 250);
        foreach (var (key, state) in SimulatedShop.Customers(plan, 20))
        {
            var own = SimulatedShop.Run(plan, ScenarioSet.Baseline(Weeks, withRules: true), [(key, state)]);
            if (own.Members(MemberRemark.HeldOut) == 1) Assert.Equal(0, own.Total(0, Measure.Offers));
        }
    }

    [Fact]
    public void An_offer_without_a_legal_basis_is_not_made()
    {
        // "personal" outranks "shown" and needs consent.
        var plan = SimulatedShop.Compile(SimulatedShop.Section + """
            , "offers": { "personal": { "cost": 5 } }
            """, Steady());
        var scenarios = SimulatedShop.Scenarios(
            plan, Weeks, Scenario(Off("thanks", "come_back", "refill")), withRules: true);
        var (without, with) = (
            SimulatedShop.Customer(plan, 4, 27, 30), SimulatedShop.Customer(plan, 4, 27, 30));
        with.Consents[2] = new ConsentRecord(ConsentStatus.Granted, SimulatedShop.Now, "web");
        SimulatedShop.IsNear(13 * 0.3, SimulatedShop.Outcome(
            plan, scenarios, without, run => run.Outcome(1, Measure.Accepted), 2_000));
        SimulatedShop.IsNear(13 * 0.9, SimulatedShop.Outcome(
            plan, scenarios, with, run => run.Outcome(1, Measure.Accepted), 2_000));
    }

    [Fact]
    public void Rules_that_are_not_changed_differ_by_nothing_and_hang_on_no_order()
    {
        var scenarios = SimulatedShop.Scenarios(
            Plan, Weeks, Scenario("""{ "lever": "offers", "weight": 1 }"""), withRules: true);
        var customers = SimulatedShop.Customers(Plan, 150).ToList();
        var whole = SimulatedShop.Run(Plan, scenarios, customers);
        foreach (var measure in Enum.GetValues<Measure>())
        {
            for (var week = 0; week < Weeks; week++)
                Assert.Equal(whole.Of(0, week, measure), whole.Of(1, week, measure));
        }
        var parts = new Tally(Plan, scenarios);
        foreach (var part in customers.AsEnumerable().Reverse().Chunk(17))
            parts.Add(SimulatedShop.Run(Plan, scenarios, part));
        Assert.True(whole.Numbers.SequenceEqual(parts.Numbers));
        Assert.True(whole.Total(0, Measure.Answers) + whole.Total(0, Measure.Returns) > 0);
    }

    [Fact]
    public void Rules_leave_the_state_as_it_is_and_allocate_nothing()
    {
        var scenarios = ScenarioSet.Baseline(Weeks, withRules: true);
        var premises = Premises.Of(Plan);
        var states = SimulatedShop.Customers(Plan, 40).ToList();
        var before = states.ConvertAll(s => SimulatedShop.Stored(s.State));
        var (run, tally) = (new MemberRun(premises, scenarios), new Tally(Plan, scenarios));
        var world = World.Draw(premises, scenarios, 1, 0);
        var next = 0;
        Allocation.IsNone(() =>
        {
            var (key, state) = states[next++ % states.Count];
            run.Load(state, key, SimulatedShop.Now);
            run.Run(world, tally);
        });
        Assert.True(tally.Total(0, Measure.Accepted) > 0);
        Assert.Equal(before, states.ConvertAll(s => SimulatedShop.Stored(s.State)));
    }

    [Fact]
    public void Who_has_left_unseen_is_written_to_and_takes_nothing()
    {
        var plan = SimulatedShop.Compile(
            SimulatedShop.Section + Effects, SimulatedShop.Forecast(new ParetoNbd(5_000, 10_000, 5_000, 1)));
        var tally = SimulatedShop.Run(
            plan, ScenarioSet.Baseline(Weeks, withRules: true), [("c", SimulatedShop.Customer(plan, 3, 20, 30))]);
        Assert.Equal(1, tally.Members(MemberRemark.GoneBefore));
        Assert.Equal(1, tally.Total(0, Measure.Offers)); // to come back; a request there is none
        Assert.Equal(0, tally.Total(0, Measure.Accepted) + tally.Total(0, Measure.Orders));
    }

    [Fact]
    public void What_offers_rest_on_is_among_the_assumptions()
    {
        var names = Premises.Of(Plan).Assumptions.Select(assumption => assumption.Name).ToList();
        Assert.Contains("offers.shown.orders", names);
        Assert.Contains("requestWeeks", names);
    }

    [Theory]
    [InlineData("\"shown\"", "\"shwn\"", "There is no offer 'shwn'", "'shown'")]
    [InlineData("\"Returned.total\"", "\"Returned\"", "'Returned' is no signal", "Name a signal")]
    [InlineData("\"Asked\"", "\"Bought.total\"", "'Bought.total' is a signal", "Name the event alone")]
    [InlineData("\"Returned.total\"", "\"Returnd.total\"", "There is no event 'Returnd'", "'Returned'")]
    [InlineData("\"Answered.csat\"", "\"Answered.csta\"", "There is no signal 'csta'", "'csat'")]
    public void What_is_wrong_with_offers_and_events_is_said(
        string right, string wrong, string message, string remedy)
    {
        var section = SimulatedShop.Section + Effects.Replace(right, wrong, StringComparison.Ordinal);
        var text = SimulatedShop.Definition.Replace("SIMULATION", section, StringComparison.Ordinal);
        var error = TwinPlan.Load(Encoding.UTF8.GetBytes(text), "x.jsonc") switch
        {
            PlanCompilation.Invalid invalid => Assert.Single(invalid.Errors),
            var other => throw new XunitException($"{other}"),
        };
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
    }

    private static PurchaseForecast<Nbd> Steady() => SimulatedShop.Forecast(new Nbd(3, 20));

    private static string Scenario(string levers) => $$"""[{ "name": "other", "levers": [{{levers}}] }]""";

    private static string Off(params IEnumerable<string> offers) => string.Join(
        ", ", offers.Select(offer => $$"""{ "lever": "offers", "offer": "{{offer}}", "weight": 0 }"""));
}
