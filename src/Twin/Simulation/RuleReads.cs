using DToC.Twin.Plan;
using DToC.Twin.Rules;

namespace DToC.Twin.Simulation;

/// <summary>What decision rules read at each kind of simulated moment: as little as will do.</summary>
internal sealed class RuleReads
{
    private readonly TwinPlan _plan;

    public RuleReads(TwinPlan plan)
    {
        _plan = plan;
        OfTrigger = [.. plan.Decisions.Candidates.Select(offers => Of(offers))];
        OfEvent = [.. plan.Decisions.FiredByEvent.Select(AtEvent)];
        AtRequest = Of(plan.Decisions.Candidates[plan.Decisions.RequestSlot], withTriggers: true);
    }

    /// <summary>By trigger: its offers.</summary>
    public RuleNeeds[] OfTrigger { get; }

    /// <summary>By type of event: all triggers' rules, and the offers of those that it fires.</summary>
    public RuleNeeds[] OfEvent { get; }

    /// <summary>All triggers' rules, and the offers of a request.</summary>
    public RuleNeeds AtRequest { get; }

    private RuleNeeds AtEvent(ulong fired)
    {
        List<int> offers = [];
        for (var trigger = 0; trigger < _plan.Decisions.Triggers.Length; trigger++)
        {
            if ((fired >> trigger & 1) != 0) offers.AddRange(_plan.Decisions.Candidates[trigger]);
        }
        return Of(offers, withTriggers: true);
    }

    private RuleNeeds Of(IEnumerable<int> offers, bool withTriggers = false)
    {
        List<Expression?> rules = [];
        if (withTriggers) rules.AddRange(_plan.Decisions.Triggers.Select(trigger => trigger.When));
        foreach (var slot in offers)
        {
            var offer = _plan.Decisions.Offers[slot];
            rules.AddRange([offer.Eligibility, offer.Propensity, offer.ContextWeight, offer.Value]);
        }
        return RuleNeeds.Of(
            _plan.Vector.Features, _plan.Models, _plan.Vector.Numbers, _plan.Vector.Texts, rules);
    }
}
