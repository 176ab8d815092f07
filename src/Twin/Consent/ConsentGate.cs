using DToC.Twin.Definitions;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Twin.Consent;

/// <summary>
/// Which data categories may serve which purpose now: fails closed, since a pair without a basis has no bit in any
/// mask. Legal bases as in GDPR Art. 6(1) and, for special categories, conditions as in Art. 9(2); an objection
/// (Art. 21) lifts legitimate interest and public task, an opt-out (CCPA) all of a sale that no law asks for, a
/// restriction (Art. 18) everything but keeping. What a customer who stands behind a pseudonymous persona has set aside
/// serves only what no wish of the customer lifts, and nothing is added to it but for that.
/// </summary>
public static class ConsentGate
{
    /// <summary>Categories lawful for a purpose, a bit each.</summary>
    public static ulong Lawful(CustomerState state, int purpose, Instant now)
    {
        var lawful = Lawful(state.Plan.Consent, state.Consents[purpose], purpose, now);
        return state.IsSetAside ? lawful & state.Plan.Consent.Always[purpose] : lawful;
    }

    /// <summary>The same of a consent that is not a state's.</summary>
    public static ulong Lawful(ConsentPlan plan, in ConsentRecord consent, int purpose, Instant now) =>
        consent.IsRestricted ? 0 : Held(plan, consent, purpose, now);

    /// <summary>Fills the mask of every purpose.</summary>
    public static void LawfulInto(CustomerState state, Instant now, Span<ulong> masks)
    {
        for (var purpose = 0; purpose < masks.Length; purpose++) masks[purpose] = Lawful(state, purpose, now);
    }

    /// <summary>
    /// Categories that may be kept, a bit each: at least one purpose has a basis that holds, restricted or not.
    /// </summary>
    public static ulong Keepable(CustomerState state, Instant now) =>
        Keepable(state.Plan.Consent, state.Consents, now);

    /// <summary>The same of consents that are not a state's yet.</summary>
    public static ulong Keepable(ConsentPlan plan, ReadOnlySpan<ConsentRecord> consents, Instant now) =>
        Keepable(plan, consents, now, within: null);

    private static ulong Keepable(
        ConsentPlan plan, ReadOnlySpan<ConsentRecord> consents, Instant now, ulong[]? within)
    {
        var mask = 0UL;
        for (var purpose = 0; purpose < consents.Length; purpose++)
            mask |= Held(plan, consents[purpose], purpose, now) & (within?[purpose] ?? ulong.MaxValue);
        return mask;
    }

    /// <summary>Categories that may be used and shown, a bit each: lawful for at least one purpose.</summary>
    public static ulong Usable(CustomerState state, Instant now)
    {
        var mask = 0UL;
        for (var purpose = 0; purpose < state.Consents.Length; purpose++) mask |= Lawful(state, purpose, now);
        return mask;
    }

    /// <summary>True when data of a category may be kept, and something of it may come to what is.</summary>
    public static bool MayKeep(CustomerState state, int category, Instant now)
    {
        var plan = state.Plan.Consent;
        var keepable = Keepable(plan, state.Consents, now, within: state.IsSetAside ? plan.Always : null);
        return (keepable >> category & 1) != 0;
    }

    /// <summary>True when data of a category may be used and shown.</summary>
    public static bool MayUse(CustomerState state, int category, Instant now) =>
        (Usable(state, now) >> category & 1) != 0;

    /// <summary>Says in words which basis is missing for a purpose, or null when none is.</summary>
    public static string? Missing(CustomerState state, int purpose, ulong categories, Instant now)
    {
        var missing = categories & ~Lawful(state, purpose, now);
        if (missing == 0) return null;
        var category = System.Numerics.BitOperations.TrailingZeroCount(missing);
        var plan = state.Plan.Consent;
        return $"{plan.Categories[category]} for {plan.Purposes[purpose]}: "
            + ConsentStanding.Of(state, category, purpose, now).Reason;
    }

    /// <summary>What holds but for a restriction.</summary>
    private static ulong Held(ConsentPlan plan, in ConsentRecord consent, int purpose, Instant now)
    {
        var isGranted = consent.IsGranted(now);
        var mask = plan.Always[purpose];
        if (!consent.Forbids) mask |= plan.UntilObjected[purpose];
        else mask &= ~plan.UntilOptedOut[purpose];
        if (isGranted) mask |= plan.WhileGranted[purpose];
        if (!isGranted || !consent.IsExplicit) mask &= ~plan.WhileExplicit[purpose];
        return mask;
    }
}
