using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Twin.Consent;

/// <summary>
/// Whether a decision made earlier may leave now: between the choice and the moment it is sent the customer may have
/// said no, and the definition may have changed.
/// </summary>
public static class DeliveryGate
{
    /// <summary>Whether an offer may be delivered.</summary>
    /// <param name="state">The customer's state today, or the facet that the decision is for.</param>
    /// <param name="plan">The plan the decision was made under.</param>
    /// <param name="offer">The offer, of that plan.</param>
    /// <param name="now">The moment.</param>
    public static bool MayLeave(CustomerState state, TwinPlan plan, OfferPlan offer, Instant now) =>
        MayUse(state, plan, offer.Purpose, offer.Categories, now);

    /// <summary>Whether what was made under an earlier plan may be used and shown now.</summary>
    /// <param name="state">The customer's state today, or the facet that it is of.</param>
    /// <param name="plan">The plan it was made under.</param>
    /// <param name="forPurpose">Slot of its purpose, in that plan.</param>
    /// <param name="categories">Data categories it rests on, a bit each, of that plan.</param>
    /// <param name="now">The moment.</param>
    public static bool MayUse(CustomerState state, TwinPlan plan, int forPurpose, ulong categories, Instant now)
    {
        var today = state.Plan.Consent;
        var purpose = today.FindPurpose(plan.Consent.Purposes[forPurpose]);
        if (purpose < 0) return false;
        var lawful = ConsentGate.Lawful(state, purpose, now);
        for (var category = 0; category < plan.Consent.Categories.Count; category++)
        {
            if ((categories >> category & 1) == 0) continue;
            var slot = today.FindCategory(plan.Consent.Categories[category]);
            if (slot < 0 || (lawful >> slot & 1) == 0) return false;
        }
        return true;
    }
}
