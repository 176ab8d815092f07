using DToC.Twin.Features;
using DToC.Twin.Models.Satisfaction;
using DToC.Twin.Plan;
using DToC.Twin.Simulation;
using DToC.Twin.State;
using DToC.Twin.Tests.State;

namespace DToC.Twin.Tests.Simulation;

/// <summary>What happens to a fork is folded as it would be into a twin.</summary>
public class SimulatedEventTests
{
    private static readonly TwinPlan Plan = SimulatedShop.Compile(
        SimulatedShop.Section + """, "events": { "answered": "Answered.csat", "returned": "Returned.total" } """);

    [Fact]
    public void A_purchase_moves_features_and_the_journey()
    {
        var fork = Fork(SimulatedShop.Customer(Plan, 4, 27, 30));
        var purchase = new SimulatedEvent(Plan, Assert.IsType<SimulatedEventPlan>(Plan.Simulation?.Purchase));
        var later = SimulatedShop.Now.PlusMs(14 * Instant.DayMs);
        purchase.Happen(fork, later, 30);
        Assert.Equal(6, Read(fork, later, "orders"));
        Assert.Equal(5, Read(fork, later, "purchase.x"));
        Assert.Equal(32, Read(fork, later, "purchase.t_x"));
        Assert.Equal((4 * 40 + 30) / 5.0, Read(fork, later, "purchase.mean_spend"));
        Assert.Equal("customer", Plan.Fold.Journey.Stages[FeatureReader.Stage(fork, later).Stage]);
    }

    [Fact]
    public void A_fork_is_not_the_state_it_was_taken_from()
    {
        var state = SimulatedShop.Customer(Plan, 4, 27, 30);
        state.AddContact(new Contact(SimulatedShop.Now, 1, 2, Outbound: true));
        var before = SimulatedShop.Stored(state);
        var fork = Fork(state);
        Assert.Equal(state.Contacts, fork.Contacts);
        new SimulatedEvent(Plan, Assert.IsType<SimulatedEventPlan>(Plan.Simulation?.Returned))
            .Happen(fork, SimulatedShop.Now, 12.5);
        fork.AddContact(new Contact(SimulatedShop.Now, 3, 4, Outbound: true));
        Assert.Equal(12.5, Read(fork, SimulatedShop.Now, "returns"));
        Assert.Equal(before, SimulatedShop.Stored(state));
        fork.TakeFrom(state);
        Assert.Equal(0, Read(fork, SimulatedShop.Now, "returns"));
        Assert.Throws<ArgumentException>(() => fork.TakeFrom(new CustomerState(SmallTwin.Plan)));
    }

    [Fact]
    public void Nothing_happens_before_what_has_happened()
    {
        var fork = Fork(SimulatedShop.Customer(Plan, 4, 27, 30));
        var purchase = new SimulatedEvent(Plan, Assert.IsType<SimulatedEventPlan>(Plan.Simulation?.Purchase));
        purchase.Happen(fork, SimulatedShop.Now.PlusMs(10), 1);
        purchase.Happen(fork, SimulatedShop.Now, 1);
        Assert.Equal(SimulatedShop.Now.PlusMs(10), fork.LastAt);
    }

    [Fact]
    public void An_answer_follows_from_satisfaction_and_is_believed()
    {
        var answer = Assert.IsType<SurveyAnswer>(SurveyAnswer.Of(Premises.Of(Plan)));
        Assert.Equal(SatisfactionKind.Csat, answer.Kind);
        Assert.Equal(5, answer.Of(level: 9, noise: 0));
        Assert.Equal(1, answer.Of(level: -9, noise: 0));
        var (offset, slope, _) = answer.Answers;
        Assert.Equal(Math.Round(offset + slope * 0.2), answer.Of(level: 0.2, noise: 0));
        Assert.True(answer.Of(level: 0, noise: 1.5) > answer.Of(level: 0, noise: -1.5));

        var fork = Fork(SimulatedShop.Customer(Plan, 4, 27, 30));
        answer.Event.Happen(fork, SimulatedShop.Now, 5);
        Assert.True(Read(fork, SimulatedShop.Now, "mood.mean") > 0.2);
        Assert.Null(SurveyAnswer.Of(Premises.Of(SimulatedShop.Plan)));
    }

    [Fact]
    public void Simulated_time_is_by_day_and_rises()
    {
        var clock = new SimulatedClock(Plan.Fold.LocalTime) { Now = SimulatedShop.Now };
        var last = SimulatedShop.Now;
        for (var i = 0; i < 700; i++)
        {
            var at = clock.At(i / 100.0);
            var hour = Plan.Fold.LocalTime.MinuteOfDay(at) / 60.0;
            Assert.InRange(hour, 9, 20);
            Assert.True(at >= last);
            Assert.Equal(SimulatedShop.Now.PlusMs((long)(i / 100.0 * 7 * Instant.DayMs)).Day, at.Day);
            last = at;
        }
        clock.Now = SimulatedShop.Now.PlusMs(22 * Instant.HourMs);
        Assert.Equal(clock.Now, clock.At(0));
    }

    private static CustomerState Fork(CustomerState state)
    {
        var fork = new CustomerState(state.Plan);
        fork.TakeFrom(state);
        return fork;
    }

    private static double Read(CustomerState state, Instant now, string feature)
    {
        var vectors = new Vectors(state.Plan);
        FeatureReader.Fill(vectors, state, now);
        return vectors.Numbers[Array.IndexOf(state.Plan.Vector.NumberNames, feature)];
    }
}
