using DToC.Twin.Definitions;
using DToC.Twin.Plan;

namespace DToC.Twin.Simulation;

/// <summary>The decision rules of a scenario by week: the definition's, with other weights and further caps.</summary>
internal sealed class RuleWeeks
{
    private readonly DecisionPlan[] _ofWeek;

    public RuleWeeks(DecisionPlan decisions, Scenario scenario, int weeks)
    {
        var made = new Dictionary<string, DecisionPlan>(StringComparer.Ordinal);
        _ofWeek = new DecisionPlan[weeks];
        for (var week = 0; week < weeks; week++)
        {
            var acting = scenario.Levers.Where(lever =>
                lever is Lever.Offers or Lever.Contacts && lever.Acts(week)).ToList();
            var key = string.Join('|', acting);
            if (!made.TryGetValue(key, out var plan)) made[key] = plan = Of(decisions, acting);
            _ofWeek[week] = plan;
        }
    }

    /// <summary>Those of a week.</summary>
    public DecisionPlan this[int week] => _ofWeek[week];

    private static DecisionPlan Of(DecisionPlan decisions, List<Lever> acting)
    {
        if (acting.Count == 0) return decisions;
        var (offers, policy) = (decisions.Offers.ToArray(), decisions.ContactPolicy);
        foreach (var lever in acting)
        {
            if (lever is Lever.Contacts cap)
                policy = policy with { Caps = [.. policy.Caps, new ContactCap(cap.Count, cap.Days)] };
            if (lever is not Lever.Offers weighed) continue;
            for (var slot = 0; slot < offers.Length; slot++)
            {
                if (weighed.Offer < 0 || weighed.Offer == slot)
                    offers[slot] = offers[slot] with { Lever = offers[slot].Lever * weighed.Weight };
            }
        }
        return decisions.With(offers, policy);
    }
}
