using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// What may be done with a customer's data at a moment, by names: it can be compared with a later moment, under
/// another definition too.
/// </summary>
public sealed class LawfulUses
{
    private readonly HashSet<CategoryForPurpose> _pairs;

    private LawfulUses(HashSet<CategoryForPurpose> pairs) => _pairs = pairs;

    /// <summary>All that is lawful of a customer.</summary>
    public static LawfulUses Of(CustomerState state, Instant now)
    {
        ArgumentNullException.ThrowIfNull(state);
        var plan = state.Plan.Consent;
        HashSet<CategoryForPurpose> pairs = [];
        for (var purpose = 0; purpose < plan.Purposes.Count; purpose++)
        {
            foreach (var category in plan.NamesOf(ConsentGate.Lawful(state, purpose, now)))
                pairs.Add(new CategoryForPurpose(category, plan.Purposes[purpose]));
        }
        return new LawfulUses(pairs);
    }

    /// <summary>Whether all of it is lawful still: nothing was withdrawn, has expired or lost its basis.</summary>
    public bool HoldIn(CustomerState state, Instant now) => _pairs.IsSubsetOf(Of(state, now)._pairs);

    /// <summary>
    /// What assumed consents, at their moment, allow that a customer does not allow now, in words; null for nothing.
    /// </summary>
    public static string? Beyond(CustomerState real, Instant now, CustomerState assumed, Instant moment)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(assumed);
        var plan = real.Plan.Consent;
        for (var purpose = 0; purpose < plan.Purposes.Count; purpose++)
        {
            var more = ConsentGate.Lawful(plan, assumed.Consents[purpose], purpose, moment)
                & ~ConsentGate.Lawful(plan, real.Consents[purpose], purpose, now);
            if (more != 0) return $"{string.Join(", ", plan.NamesOf(more))} for {plan.Purposes[purpose]}";
        }
        var personas = real.Plan.Events.Personas;
        return real.IsSetAside && assumed.Chosen != real.Chosen
            ? $"what is set aside behind the persona '{personas.Names[real.Chosen]}'"
            : null;
    }
}
