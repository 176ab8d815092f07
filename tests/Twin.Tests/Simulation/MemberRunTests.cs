using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Models.Transitions;
using DToC.Twin.Plan;
using DToC.Twin.Simulation;
using DToC.Twin.State;

namespace DToC.Twin.Tests.Simulation;

public class MemberRunTests
{
    private const string AllLevers = """
        { "lever": "price", "factor": 1.1 }, { "lever": "promotion", "depth": 0.2, "from": 3, "until": 6 },
        { "lever": "product", "from": 2 }, { "lever": "service", "level": 0.1, "waitingFactor": 0.8 },
        { "lever": "journey", "steps": -1 }, { "lever": "demand", "index": 0.9 },
        { "lever": "inflation", "rate": 0.1, "passThrough": 0.5 }, { "lever": "competitor", "factor": 1.2 },
        { "lever": "scarcity", "served": 0.8, "from": 5, "until": 8 }
        """;

    private static readonly TwinPlan Plan = SimulatedShop.Plan;

    private static readonly ScenarioSet Scenarios = SimulatedShop.Levers(Plan, 26, AllLevers);

    [Fact]
    public void Sums_do_not_hang_on_order_parts_or_what_ran_before()
    {
        var customers = SimulatedShop.Customers(Plan, 300).ToList();
        var whole = SimulatedShop.Run(Plan, Scenarios, customers);
        var parts = new Tally(Plan, Scenarios);
        foreach (var part in customers.AsEnumerable().Reverse().Chunk(37))
            parts.Add(SimulatedShop.Run(Plan, Scenarios, part));
        Assert.True(whole.Numbers.SequenceEqual(parts.Numbers));
        Assert.Equal(300, whole.Members(MemberStanding.Simulated));
        Assert.False(whole.Numbers.SequenceEqual(SimulatedShop.Run(Plan, Scenarios, customers, seed: 2).Numbers));
        Assert.False(whole.Numbers.SequenceEqual(SimulatedShop.Run(Plan, Scenarios, customers, world: 1).Numbers));
    }

    [Fact]
    public void A_member_draws_the_same_whatever_scenarios_there_are()
    {
        var customers = SimulatedShop.Customers(Plan, 100).ToList();
        var alone = SimulatedShop.Run(Plan, ScenarioSet.Baseline(26), customers);
        var among = SimulatedShop.Run(Plan, Scenarios, customers);
        foreach (var measure in Enum.GetValues<Measure>())
        {
            for (var week = 0; week < 26; week++)
                Assert.Equal(alone.Of(0, week, measure), among.Of(0, week, measure));
        }
    }

    [Fact]
    public void A_state_is_read_and_not_changed()
    {
        var state = SimulatedShop.Customer(Plan, 4, 27, 30);
        var before = SimulatedShop.Stored(state);
        SimulatedShop.Run(Plan, Scenarios, [("c", state)]);
        Assert.Equal(before, SimulatedShop.Stored(state));
    }

    [Fact]
    public void Running_members_allocates_nothing()
    {
        var (premises, states) = (Premises.Of(Plan), SimulatedShop.Customers(Plan, 50).ToList());
        var (run, tally) = (new MemberRun(premises, Scenarios), new Tally(Plan, Scenarios));
        var world = World.Draw(premises, Scenarios, 1, 0);
        var next = 0;
        Allocation.IsNone(() =>
        {
            var (key, state) = states[next++ % states.Count];
            run.Load(state, key, SimulatedShop.Now);
            run.Run(world, tally);
        });
        Assert.True(tally.Total(1, Measure.Orders) > 0);
    }

    [Fact]
    public void Outcomes_of_members_sum_to_the_tally()
    {
        var premises = Premises.Of(Plan);
        var (run, tally) = (new MemberRun(premises, Scenarios), new Tally(Plan, Scenarios));
        var world = World.Draw(premises, Scenarios, 1, 0);
        var sums = new long[2, Measures.Count];
        foreach (var (key, state) in SimulatedShop.Customers(Plan, 100))
        {
            run.Load(state, key, SimulatedShop.Now);
            run.Run(world, tally);
            for (var scenario = 0; scenario < 2; scenario++)
            {
                foreach (var measure in Enum.GetValues<Measure>())
                    sums[scenario, (int)measure] += run.Outcome(scenario, measure);
            }
        }
        for (var scenario = 0; scenario < 2; scenario++)
        {
            foreach (var measure in Enum.GetValues<Measure>())
                Assert.Equal(tally.Total(scenario, measure), sums[scenario, (int)measure]);
        }
    }

    [Fact]
    public void Without_a_legal_basis_nobody_is_simulated()
    {
        var (restricted, objected) = (
            SimulatedShop.Customer(Plan, 4, 27, 30), SimulatedShop.Customer(Plan, 4, 27, 30));
        restricted.Consents[0] = ConsentRecord.None with { IsRestricted = true };
        objected.Consents[0] = new ConsentRecord(ConsentStatus.Objected, SimulatedShop.Now, "web");
        var tally = SimulatedShop.Run(Plan, Scenarios, [("a", restricted), ("b", objected)]);
        Assert.Equal(2, tally.Members(MemberStanding.NoLegalBasis));
        Assert.Equal(2, tally.Numbers.ToArray().Sum());
    }

    [Fact]
    public void Who_has_not_bought_or_is_another_by_now_takes_no_part()
    {
        var merged = SimulatedShop.Customer(Plan, 4, 27, 30);
        merged.MovedTo = "c-2";
        var tally = SimulatedShop.Run(Plan, Scenarios, [("a", new CustomerState(Plan)), ("b", merged)]);
        Assert.Equal(1, tally.Members(MemberStanding.NoPurchases));
        Assert.Equal(1, tally.Members(MemberStanding.Merged));
        Assert.Equal(2, tally.Numbers.ToArray().Sum());
    }

    [Fact]
    public void A_rule_over_what_may_not_be_used_leaves_the_populations_number()
    {
        // Support serves the service alone, and simulations are analytics.
        var plan = SimulatedShop.Compile(SimulatedShop.SectionWith("orders / 100", "asked / 100"));
        var tally = SimulatedShop.Run(
            plan, ScenarioSet.Baseline(26), [("a", SimulatedShop.Customer(plan, 4, 27, 30))]);
        Assert.Equal(1, tally.Members(MemberRemark.OwnWithheld));
    }

    [Fact]
    public void Orders_and_silence_move_customers_through_the_journey()
    {
        // An order every second week on average, and four weeks of silence lapse.
        var plan = SimulatedShop.Compile(
            SimulatedShop.Section, SimulatedShop.Forecast(new Nbd(5_000, 10_000)));
        var customers = SimulatedShop.Customers(plan, 500).ToList();
        var tally = SimulatedShop.Run(plan, ScenarioSet.Baseline(40), customers);
        for (var week = 0; week < 40; week++)
            Assert.Equal(500, Enumerable.Range(0, tally.Stages).Sum(stage => tally.InStage(0, week, stage)));
        // In the long run somebody has not bought for four weeks with probability e^-2.
        Assert.InRange(tally.InStage(0, 39, 2) / 500.0, 0.08, 0.19);
        Assert.InRange(tally.InStage(0, 39, 0), 0, 2);
    }

    [Fact]
    public void Who_left_lapses_without_any_order()
    {
        var plan = SimulatedShop.Compile(
            SimulatedShop.Section, SimulatedShop.Forecast(new ParetoNbd(5_000, 10_000, 5_000, 1)));
        var state = SimulatedShop.Customer(plan, 3, 20, 30);
        var slots = state.Longs.AsSpan(plan.Fold.Journey.At, 3);
        var touched = SimulatedShop.Now.PlusMs(-21 * Instant.DayMs).UnixMs;
        (slots[0], slots[1], slots[2]) = (1, touched, touched);
        var tally = SimulatedShop.Run(plan, ScenarioSet.Baseline(4), [("c", state)]);
        Assert.Equal(1, tally.Members(MemberRemark.GoneBefore));
        Assert.Equal([1, 0, 0, 0], Enumerable.Range(0, 4).Select(week => tally.InStage(0, week, 1)));
        Assert.Equal([0, 1, 1, 1], Enumerable.Range(0, 4).Select(week => tally.InStage(0, week, 2)));
        Assert.Equal(0, tally.Total(0, Measure.Active));
    }

    [Fact]
    public void Moves_that_no_order_brings_come_of_the_model_of_stages()
    {
        // From customer to fan after 28 days on average, unless 28 days of silence lapse before; others move by orders.
        WaitingTime Days(double mean) => new(WaitingFamily.Weibull, 1, mean, new LogCovariance(2, [0, 0, 0, 0]));
        var moves = new TransitionForecast(
            TransitionSubject.Stages, ["stage_now", "days_in_stage"], ["customer", "lapsed", "fan"],
            [
                new TransitionRow("customer", [0, 0, 1e6], [Days(28)]),
                new TransitionRow("lapsed", [1e6, 0, 0], [Days(1)]),
            ],
            horizonDays: 30);
        var plan = SimulatedShop.Load(
            SimulatedShop.Section + """, "nextStage": "moves" """, text => text,
            ("buys", ModelFile.Of(SimulatedShop.Forecast(new Nbd(0.001, 10_000)))), ("moves", ModelFile.Of(moves)));
        var customers = Enumerable.Range(0, 3_000).Select(i =>
        {
            var state = SimulatedShop.Customer(plan, 0, 0, 1);
            var slots = state.Longs.AsSpan(plan.Fold.Journey.At, 3);
            (slots[0], slots[1], slots[2]) = (1, SimulatedShop.Now.UnixMs, SimulatedShop.Now.UnixMs);
            return ($"c-{i}", state);
        }).ToList();
        var tally = SimulatedShop.Run(plan, ScenarioSet.Baseline(8), customers);
        var error = Math.Sqrt(Math.Exp(-1) * (1 - Math.Exp(-1)) / 3_000);
        SimulatedShop.IsNear(1 - Math.Exp(-1), (tally.InStage(0, 7, 3) / 3_000.0, error));
        Assert.Equal(3_000, tally.InStage(0, 7, 2) + tally.InStage(0, 7, 3));
        // Lapsed customers come back by orders alone: the model's word for it is not taken beside them.
        Assert.Equal(0, tally.InStage(0, 7, 1));
    }

    [Fact]
    public void A_history_outside_of_what_was_fitted_on_is_counted()
    {
        var plan = SimulatedShop.Load(SimulatedShop.Section, text => text, ("buys", new ModelFile(
            SimulatedShop.Forecast(new Nbd(1, 10)),
            [new("purchase.x", 0, 3), new("purchase.t_x", 0, 52), new("purchase.T", 0, 52)], ModelCard.Empty)));
        var tally = SimulatedShop.Run(
            plan, ScenarioSet.Baseline(4),
            [("a", SimulatedShop.Customer(plan, 3, 20, 30)), ("b", SimulatedShop.Customer(plan, 4, 20, 30))]);
        Assert.Equal(1, tally.Members(MemberRemark.OutsideFitted));
    }

    [Fact]
    public void Who_buys_without_end_is_stopped_and_counted()
    {
        var plan = SimulatedShop.Compile(
            SimulatedShop.Section, SimulatedShop.Forecast(new Nbd(9_000, 1)));
        var tally = SimulatedShop.Run(
            plan, ScenarioSet.Baseline(26), [("c", SimulatedShop.Customer(plan, 0, 0, 0))]);
        Assert.Equal(1, tally.Members(MemberRemark.TooManyOrders));
        Assert.Equal(SimulationLimits.OrdersPerMember, tally.Total(0, Measure.Orders));
    }
}
