using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Twin.Consent;

/// <summary>
/// Which data categories may serve which purpose now: fails closed, since a pair without a basis has no bit in any
/// mask. Legal bases as in GDPR Art. 6(1); an objection (Art. 21) lifts legitimate interest and public task.
/// </summary>
public static class ConsentGate
{
    /// <summary>Categories lawful for a purpose, a bit each.</summary>
    public static ulong Lawful(CustomerState state, int purpose)
    {
        var plan = state.Plan.Consent;
        var mask = plan.Always[purpose];
        switch (state.Consents[purpose].Status)
        {
            case ConsentStatus.Unknown:
                return mask | plan.UntilObjected[purpose];
            case ConsentStatus.Granted:
                return mask | plan.UntilObjected[purpose] | plan.WhileGranted[purpose];
            default:
                return mask;
        }
    }

    /// <summary>Fills the mask of every purpose.</summary>
    public static void LawfulInto(CustomerState state, Span<ulong> masks)
    {
        for (var purpose = 0; purpose < masks.Length; purpose++) masks[purpose] = Lawful(state, purpose);
    }

    /// <summary>True when data of a category may be kept: at least one purpose has a basis that holds.</summary>
    public static bool MayKeep(CustomerState state, int category)
    {
        for (var purpose = 0; purpose < state.Consents.Length; purpose++)
        {
            if ((Lawful(state, purpose) >> category & 1) != 0) return true;
        }
        return false;
    }

    /// <summary>Says in words which basis is missing for a purpose, or null when none is.</summary>
    public static string? Missing(CustomerState state, int purpose, ulong categories)
    {
        var missing = categories & ~Lawful(state, purpose);
        if (missing == 0) return null;
        var plan = state.Plan.Consent;
        for (var category = 0; category < plan.Categories.Count; category++)
        {
            if ((missing >> category & 1) == 0) continue;
            var bit = 1UL << category;
            var basis = (plan.WhileGranted[purpose] & bit) != 0 ? "consent is not granted"
                : (plan.UntilObjected[purpose] & bit) != 0 ? "the customer objected"
                : "the definition gives no legal basis";
            return $"{plan.Categories[category]} for {plan.Purposes[purpose]}: {basis}";
        }
        return null;
    }
}
