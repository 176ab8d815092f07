using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Plan;
using DToC.Twin.Simulation;

namespace DToC.Twin.Tests.Simulation;

/// <summary>With parameters fixed, the mean of many paths is what the papers' formulas say.</summary>
public class ClosedFormTests
{
    private const int Weeks = 39;

    [Theory]
    [InlineData(0, 0, 30)]
    [InlineData(1, 5, 30)]
    [InlineData(4, 27, 30)]
    [InlineData(20, 29, 30)]
    public void Mean_orders_and_amounts_are_those_of_each_process(int x, int tx, int T)
    {
        AssertIs(new ParetoNbd(0.9, 5, 0.7, 12), x, tx, T);
        AssertIs(new BgNbd(0.9, 5, 0.8, 2.5), x, tx, T);
        AssertIs(new MbgNbd(0.9, 5, 0.8, 2.5), x, tx, T);
        AssertIs(new Nbd(0.9, 5), x, tx, T);
        AssertIs(new BgBb(1.2, 4, 0.6, 9), x, tx, T);
    }

    [Fact]
    public void Share_of_customers_who_left_is_that_of_the_process()
    {
        // Of one alive: gone within h by Pareto's second kind, beta + T over beta + T + h to the power of s.
        var process = new ParetoNbd(0.9, 5, 0.7, 12);
        var plan = SimulatedShop.Compile(SimulatedShop.Section, SimulatedShop.Forecast(process));
        var alive = process.ProbabilityAlive(4, 27, 30);
        SimulatedShop.IsNear(
            alive * (1 - Math.Pow((12.0 + 30) / (12 + 30 + Weeks), 0.7)),
            Outcome(plan, 4, 27, 30, run => run.Outcome(0, Measure.Churned)));
    }

    [Fact]
    public void Where_nobody_leaves_they_leave_at_the_hazard_that_is_assumed()
    {
        var plan = SimulatedShop.Compile(
            SimulatedShop.SectionWith("\"leavingPerWeek\": { \"value\": 0", "\"leavingPerWeek\": { \"value\": 0.02"),
            SimulatedShop.Forecast(new Nbd(0.9, 5)));
        SimulatedShop.IsNear(
            1 - Math.Exp(-0.02 * Weeks), Outcome(plan, 4, 27, 30, run => run.Outcome(0, Measure.Churned)));
    }

    [Fact]
    public void Returns_and_contacts_come_at_their_rates()
    {
        var nbd = new Nbd(0.9, 5);
        var plan = SimulatedShop.Compile(SimulatedShop.Section, SimulatedShop.Forecast(nbd));
        var orders = nbd.ExpectedPurchases(4, 27, 30, Weeks);
        // The customer's own rate: 5 orders / 100.
        SimulatedShop.IsNear(0.05 * orders, Outcome(plan, 4, 27, 30, run => run.Outcome(0, Measure.Returns)));
        SimulatedShop.IsNear(0.05 * Weeks, Outcome(plan, 4, 27, 30, run => run.Outcome(0, Measure.Contacts)));
    }

    [Fact]
    public void Parameters_that_are_not_sure_are_drawn_once_a_world()
    {
        LogCovariance covariance = new(2, [0.04, 0, 0, 0]);
        var certain = SimulatedShop.Compile(SimulatedShop.Section, SimulatedShop.Forecast(new Nbd(50, 500)));
        var unsure = SimulatedShop.Compile(
            SimulatedShop.Section, SimulatedShop.Forecast(new Nbd(50, 500), covariance));
        // 300 customers of one rate: chance alone has a relative deviation of 1 / sqrt(300 * 3.9) = 3%; r adds 20%.
        Assert.InRange(Spread(certain), 0.02, 0.04);
        Assert.InRange(Spread(unsure), 0.15, 0.26);
    }

    private static double Spread(TwinPlan plan)
    {
        var scenarios = ScenarioSet.Baseline(Weeks);
        var customers = Enumerable.Range(0, 300).Select(i => ($"c-{i}", SimulatedShop.Customer(plan, 0, 0, 1)))
            .ToList();
        var totals = Enumerable.Range(0, 200)
            .Select(world => (double)SimulatedShop.Run(plan, scenarios, customers, world: world)
                .Total(0, Measure.Orders))
            .ToList();
        var mean = totals.Average();
        return Math.Sqrt(totals.Average(total => (total - mean) * (total - mean))) / mean;
    }

    private static void AssertIs<TProcess>(TProcess process, int x, int tx, int T)
        where TProcess : struct, IPurchaseProcess<TProcess>
    {
        var plan = SimulatedShop.Compile(SimulatedShop.Section, SimulatedShop.Forecast(process));
        var orders = process.ExpectedPurchases(x, tx, T, Weeks);
        SimulatedShop.IsNear(orders, Outcome(plan, x, tx, T, run => run.Outcome(0, Measure.Orders)));
        var spend = new GammaGamma(6.25, 3.74, 15.44).ExpectedSpend(x, x == 0 ? 0 : 40);
        SimulatedShop.IsNear(
            orders * spend, Outcome(plan, x, tx, T, run => run.Outcome(0, Measure.RevenueMinor) / 100.0));
    }

    private static (double Mean, double Error) Outcome(
        TwinPlan plan, int x, int tx, int T, Func<MemberRun, double> outcome) => SimulatedShop.Outcome(
        plan, ScenarioSet.Baseline(Weeks), SimulatedShop.Customer(plan, x, tx, T), outcome);
}
