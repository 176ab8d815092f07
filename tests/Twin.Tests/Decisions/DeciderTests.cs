using DToC.Twin.Decisions;
using DToC.Twin.State;
using DToC.Twin.Tests.State;

namespace DToC.Twin.Tests.Decisions;

public class DeciderTests
{
    private static readonly Instant Now = SmallTwin.Monday.PlusMs(60 * Instant.DayMs);
    private static readonly int Request = SmallTwin.Plan.Decisions.RequestSlot;

    [Fact]
    public void Highest_rank_wins_and_the_others_say_why_not()
    {
        var (candidates, winner) = Decide(Customer(events: 10, isGranted: true), Request);
        Assert.Equal("catalogue", Name(candidates[winner]));
        Rejection[] reasons = [Rejection.Outranked, Rejection.None, Rejection.Outranked, Rejection.NoRank];
        Assert.Equal(reasons, candidates.Select(c => c.Rejection));
        Assert.Equal(0.5 * 2, candidates[0].Rank); // propensity x context (none: 1) x value x lever (1)
        Assert.All(candidates, c => Assert.Equal(c.Propensity * c.Context * c.Value, c.Rank));
        Assert.Equal(0, candidates[3].Value);
    }

    [Fact]
    public void Offer_without_a_legal_basis_is_never_weighed()
    {
        var (candidates, winner) = Decide(Customer(events: 10, isGranted: false), Request);
        Assert.Equal("thanks", Name(candidates[winner]));
        Assert.Equal(Rejection.NoLegalBasis, candidates[1].Rejection);
        Assert.True(double.IsNaN(candidates[1].Rank));
    }

    [Fact]
    public void Offer_whose_rule_does_not_hold_is_not_eligible()
    {
        var (candidates, winner) = Decide(Customer(events: 1, isGranted: true), Request);
        Assert.Equal("banner", Name(candidates[winner]));
        // Without an order the catalogue is worth its spend of 0.
        Assert.Equal((Rejection.NotEligible, Rejection.NoRank), (candidates[0].Rejection, candidates[1].Rejection));
    }

    [Fact]
    public void Contact_rules_reject()
    {
        var state = Customer(events: 10, isGranted: true);
        state.AddContact(new Contact(Now.PlusMs(-1), 5, StableHash.Of("email"), Outbound: true));
        var (candidates, winner) = Decide(state, Request);
        Assert.Equal("banner", Name(candidates[winner]));
        Assert.All(candidates[..2], c => Assert.Equal(Rejection.PolicyCoolDown, c.Rejection));
    }

    [Fact]
    public void Trigger_weighs_its_own_offers_alone()
    {
        var (candidates, winner) = Decide(Customer(events: 10, isGranted: true), trigger: 0);
        Assert.Equal(("thanks", 0), (Name(Assert.Single(candidates)), winner));
        var (none, noWinner) = Decide(Customer(events: 10, isGranted: true), trigger: 1);
        Assert.Empty(none);
        Assert.Equal((Decider.NoWinner, Rejection.NoCandidate), (noWinner, DecisionRecord.OutcomeOf(none, noWinner)));
    }

    [Fact]
    public void Held_out_customer_has_a_would_be_winner_and_none()
    {
        var (candidates, winner) = Decide(Customer(events: 10, isGranted: true), Request, isHeldOut: true);
        Assert.Equal(Decider.NoWinner, winner);
        Assert.Equal(Rejection.Holdout, candidates[1].Rejection);
        Assert.Equal(Rejection.Holdout, DecisionRecord.OutcomeOf(candidates, winner));
    }

    [Fact]
    public void Outcome_is_the_reason_nearest_to_a_choice()
    {
        Assert.Equal(Rejection.QuietHours, Outcome(Rejection.NotEligible, Rejection.QuietHours, Rejection.ChannelCap));
        Assert.Equal(Rejection.NotEligible, Outcome(Rejection.NotEligible));

        static Rejection Outcome(params Rejection[] reasons) => DecisionRecord.OutcomeOf(
            [.. reasons.Select((reason, i) => new Candidate(i, reason, 0, 0, 0, 0))], Decider.NoWinner);
    }

    [Fact]
    public void Control_group_is_stable_and_as_large_as_the_definition_says()
    {
        var heldOut = Enumerable.Range(0, 20_000).Count(i => Decider.IsHeldOut(SmallTwin.Plan, $"customer-{i}"));
        Assert.InRange(heldOut, 1_850, 2_150); // 10%, within 3.5 standard deviations of 42
        Assert.Equal(Decider.IsHeldOut(SmallTwin.Plan, "c"), Decider.IsHeldOut(SmallTwin.Plan, "c"));
    }

    [Fact]
    public void Recorded_decision_rebuilds_bit_for_bit_while_scratch_moves_on()
    {
        var state = Customer(events: 10, isGranted: true);
        var decider = new TurnDecider(SmallTwin.Plan);
        decider.ReadAll(state, Now, Request, []);
        var (count, winner) = decider.Decide(state, isHeldOut: false);
        var record = new DecisionRecord
        {
            Id = "id", Customer = "c", PlanHash = SmallTwin.Plan.Hash, Seed = 1, Inputs = decider.Inputs.Copy(),
            Candidates = decider.Candidates[..count].ToArray(), Winner = winner,
        };
        decider.ReadAll(Customer(events: 1, isGranted: false), Now.PlusMs(5), trigger: 0, ["web"]);
        var rebuilt = record.Rebuild(SmallTwin.Plan);
        Assert.Equal((record.Winner, Request, Now), (rebuilt.Winner, rebuilt.Inputs.Trigger, rebuilt.Inputs.Now));
        Assert.Equal(record.Candidates, rebuilt.Candidates);
    }

    [Fact]
    public void Reading_and_deciding_allocate_nothing()
    {
        var state = Customer(events: 10, isGranted: true);
        var decider = new TurnDecider(SmallTwin.Plan);
        Allocation.IsNone(() =>
        {
            decider.Read(state, Now);
            decider.Fired(state, firedByEvents: 1, mayFireThresholds: true);
            decider.ReadAll(state, Now, Request, []);
            decider.Decide(state, isHeldOut: false);
        });
    }

    [Fact]
    public void Threshold_fires_when_crossed_and_not_while_it_holds()
    {
        var state = Customer(events: 20, isGranted: true); // spend is above 100
        var decider = new TurnDecider(SmallTwin.Plan);
        decider.Read(state, Now);
        Assert.Equal(0b10UL, decider.Fired(state, firedByEvents: 0, mayFireThresholds: true));
        Assert.Equal(0b01UL, decider.Fired(state, firedByEvents: 0b01, mayFireThresholds: true));
        state.Held.Clear();
        Assert.Equal(0UL, decider.Fired(state, firedByEvents: 0, mayFireThresholds: false));
        Assert.Equal([StableHash.Of("big")], state.Held);
    }

    private static CustomerState Customer(int events, bool isGranted)
    {
        var state = new CustomerState(SmallTwin.Plan);
        if (isGranted) state.Consents[1] = new ConsentRecord(ConsentStatus.Granted, SmallTwin.Monday, "web");
        for (var i = 0; i < events; i++)
        {
            Fold.CommutativeFold.Apply(state, SmallTwin.Event(i));
            Fold.OrderedFold.Apply(state, SmallTwin.Event(i));
        }
        return state;
    }

    private static (Candidate[] Candidates, int Winner) Decide(CustomerState state, int trigger, bool isHeldOut = false)
    {
        var decider = new TurnDecider(SmallTwin.Plan);
        decider.ReadAll(state, Now, trigger, []);
        var (count, winner) = decider.Decide(state, isHeldOut);
        return (decider.Candidates[..count].ToArray(), winner);
    }

    private static string Name(Candidate candidate) => SmallTwin.Plan.Decisions.Offers[candidate.Offer].Name;
}
