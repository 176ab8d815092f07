using DToC.Twin.Plan;
using DToC.Twin.Segments;
using DToC.Twin.State;

namespace DToC.Twin.Tests.Segments;

public class RuleTimingTests
{
    private const long DayMs = Instant.DayMs;

    [Theory]
    [InlineData("orders >= 2", TimingKind.Still)]
    [InlineData("spend > 10 && attribute.tier == 'gold'", TimingKind.Still)]
    [InlineData("last < 30", TimingKind.Computed)]
    [InlineData("30 >= last && orders > 1", TimingKind.Computed)]
    [InlineData("seen > 1.5", TimingKind.Computed)]
    [InlineData("stage == 'active'", TimingKind.Computed)]
    [InlineData("in_stage > 2", TimingKind.Computed)]
    [InlineData("seen > orders", TimingKind.Ticked)]
    [InlineData("seen + 1 > 2", TimingKind.Ticked)]
    [InlineData("last == 3", TimingKind.Ticked)]
    [InlineData("share > 0.5", TimingKind.Ticked)]
    [InlineData("loyal > 0.7", TimingKind.Ticked)]
    [InlineData("now.hour < 12", TimingKind.Ticked)]
    [InlineData("isMissing(last)", TimingKind.Ticked)]
    [InlineData("if(orders > 1, last, 3) < 5", TimingKind.Ticked)]
    [InlineData("if(orders > 1, 3, 5) < last", TimingKind.Ticked)]
    public void Timing_of_a_rule_is_what_time_does_to_it(string rule, TimingKind kind) =>
        Assert.Equal(kind, Lab.OfRule(rule).Segments[0].Timing.Kind);

    [Theory]
    [InlineData("last < 2.5", 2.5)]
    [InlineData("last > 1", 1)]
    [InlineData("2 >= last", 2)]
    [InlineData("in_stage >= 1.25", 1.25)]
    [InlineData("stage == 'active'", 3)]
    [InlineData("seen > 0.5", 2)] // one view, halved every two days
    [InlineData("seen >= 0.25", 4)]
    public void Outcome_changes_at_the_moment_computed(string rule, double days)
    {
        var (plan, state) = Customer(rule);

        var next = SegmentEvaluation.NextChange(plan.Segmentation, state, Lab.Start);

        Assert.InRange(next.UnixMs - Lab.Start.UnixMs, (long)(days * DayMs), (long)(days * DayMs) + 2);
        Assert.Equal(IsIn(plan, state, Lab.Start), IsIn(plan, state, next.PlusMs(-3)));
        Assert.NotEqual(IsIn(plan, state, Lab.Start), IsIn(plan, state, next));
        // Where it reads the stage, that gives way later.
        if (!rule.StartsWith("in_stage", StringComparison.Ordinal))
            Assert.True(SegmentEvaluation.NextChange(plan.Segmentation, state, next).IsNever);
    }

    [Theory]
    [InlineData("seen > 1.5")] // it is less already, and only fades
    [InlineData("seen > 0")] // it never gets there
    [InlineData("last < -1")]
    [InlineData("orders > 1")]
    public void Rule_that_time_cannot_change_any_more_asks_for_nothing(string rule)
    {
        var (plan, state) = Customer(rule);

        Assert.True(SegmentEvaluation.NextChange(plan.Segmentation, state, Lab.Start).IsNever);
    }

    [Fact]
    public void Rule_of_a_tick_is_looked_at_after_it()
    {
        var (plan, state) = Customer("loyal > 0.7");

        Assert.Equal(
            Lab.Start.PlusMs(Instant.HourMs), SegmentEvaluation.NextChange(plan.Segmentation, state, Lab.Start));
    }

    [Fact]
    public void Earliest_of_several_comparisons_is_computed()
    {
        var (plan, state) = Customer("last < 5 && (seen > 0.5 || last > 1)");

        Assert.Equal(Lab.Start.PlusMs(DayMs + 1), SegmentEvaluation.NextChange(plan.Segmentation, state, Lab.Start));
    }

    private static (TwinPlan Plan, CustomerState State) Customer(string rule)
    {
        var plan = Lab.OfRule(rule);
        var state = new CustomerState(plan);
        Lab.Fold(state, "Seen", Lab.Start);
        Lab.Fold(state, "Bought", Lab.Start);
        return (plan, state);
    }

    private static bool IsIn(TwinPlan plan, CustomerState state, Instant at)
    {
        var standing = new SegmentStanding(plan.Segmentation);
        Lab.Look(standing, state, at);
        return standing.Members.Has(0);
    }
}
