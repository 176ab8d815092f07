using DToC.Twin.Plan;

namespace DToC.Twin.Decisions;

/// <summary>Chooses the next best action: may we, how often, then who ranks highest.</summary>
public static class Decider
{
    /// <summary>Index in the candidates when none won.</summary>
    public const int NoWinner = -1;

    /// <summary>
    /// Whether a customer is in the control group: a stable draw from the id and the definition's salt.
    /// </summary>
    public static bool IsHeldOut(TwinPlan plan, string customerId) =>
        plan.Decisions.HoldoutShare > 0
        && StableHash.ToUnit(StableHash.Of(customerId, plan.Decisions.HoldoutSalt)) < plan.Decisions.HoldoutShare;

    /// <summary>
    /// Weighs the candidates of the inputs' trigger in the order of the definition. Allocates nothing.
    /// </summary>
    /// <param name="plan">The plan the inputs' slots belong to.</param>
    /// <param name="inputs">All the decision rests on.</param>
    /// <param name="candidates">Filled; at least as long as the trigger has offers.</param>
    /// <returns>How many candidates there are, and the winner's index or <see cref="NoWinner"/>.</returns>
    public static (int Count, int Winner) Decide(TwinPlan plan, DecisionInputs inputs, Span<Candidate> candidates) =>
        Decide(plan.Decisions, plan.Fold.LocalTime, inputs, candidates);

    /// <summary>The same with other weights and contact rules than the plan's: what would be chosen.</summary>
    internal static (int Count, int Winner) Decide(
        DecisionPlan decisions, LocalTime localTime, DecisionInputs inputs, Span<Candidate> candidates)
    {
        var offers = decisions.Candidates[inputs.Trigger];
        var winner = NoWinner;
        for (var i = 0; i < offers.Length; i++)
        {
            candidates[i] = Weigh(decisions, localTime, inputs, offers[i]);
            if (candidates[i].Rejection != Rejection.None) continue;
            if (winner == NoWinner || candidates[i].Rank > candidates[winner].Rank)
            {
                if (winner != NoWinner)
                    candidates[winner] = candidates[winner] with { Rejection = Rejection.Outranked };
                winner = i;
            }
            else
            {
                candidates[i] = candidates[i] with { Rejection = Rejection.Outranked };
            }
        }
        if (winner == NoWinner || !inputs.Holdout) return (offers.Length, winner);
        candidates[winner] = candidates[winner] with { Rejection = Rejection.Holdout };
        return (offers.Length, NoWinner);
    }

    private static Candidate Weigh(DecisionPlan decisions, LocalTime localTime, DecisionInputs inputs, int slot)
    {
        var offer = decisions.Offers[slot];
        var numbers = inputs.Numbers.Span;
        var texts = inputs.Texts.Span;
        if ((offer.Categories & ~inputs.Lawful.Span[offer.Purpose]) != 0) return Reject(slot, Rejection.NoLegalBasis);
        if (offer.Eligibility is { } rule && !rule.IsTrue(numbers, texts)) return Reject(slot, Rejection.NotEligible);
        var contact = ContactPolicy.Check(decisions, localTime, offer, inputs.Contacts.Span, inputs.Now);
        if (contact != Rejection.None) return Reject(slot, contact);
        var propensity = offer.Propensity.Evaluate(numbers, texts);
        var context = offer.ContextWeight?.Evaluate(numbers, texts) ?? 1;
        var value = offer.Value.Evaluate(numbers, texts);
        var rank = propensity * context * value * offer.Lever;
        return new Candidate(slot, rank > 0 ? Rejection.None : Rejection.NoRank, propensity, context, value, rank);
    }

    private static Candidate Reject(int slot, Rejection reason) =>
        new(slot, reason, double.NaN, double.NaN, double.NaN, double.NaN);
}
