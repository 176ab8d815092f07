using DToC.Twin.Definitions;
using DToC.Twin.State;

namespace DToC.Twin.Consent;

/// <summary>Whether a category may serve a purpose for a customer, and why.</summary>
/// <param name="IsLawful">Whether it may now.</param>
/// <param name="Basis">The basis the definition gives, whether it holds or not.</param>
/// <param name="Condition">For a special category.</param>
/// <param name="Reason">For people: what it rests on, or what is missing.</param>
public readonly record struct ConsentStanding(
    bool IsLawful, LegalBasis Basis, SpecialCondition? Condition, string Reason)
{
    /// <summary>How a pair stands at a moment.</summary>
    public static ConsentStanding Of(CustomerState state, int category, int purpose, Instant now)
    {
        var plan = state.Plan.Consent;
        var pair = plan.Pairs[purpose][category];
        var consent = state.Consents[purpose];
        var isLawful = (ConsentGate.Lawful(state, purpose, now) >> category & 1) != 0;
        var isSale = plan.SaleOrSharing[purpose];
        var isBare = (ConsentGate.Lawful(plan, consent, purpose, now) >> category & 1) != 0;
        var reason = isLawful ? Ground(pair.Basis, pair.Condition)
            : isBare ? SetAside(state)
            : Lack(pair.Basis, consent, isSale, now);
        return new ConsentStanding(isLawful, pair.Basis, pair.Condition, reason);
    }

    private static string SetAside(CustomerState state) =>
        $"the customer stands behind the persona '{state.Plan.Events.Personas.Names[state.Chosen]}'";

    private static string Lack(LegalBasis basis, in ConsentRecord consent, bool isSale, Instant now)
    {
        if (basis == LegalBasis.None) return "the definition gives no legal basis";
        if (consent.IsRestricted) return "processing is restricted (GDPR Art. 18)";
        if (consent.Forbids && basis == LegalBasis.Consent) return $"consent is not granted: {Said(consent)}";
        if (consent.Forbids && isSale) return $"the customer opted out: {Said(consent)}";
        if (consent.Forbids && basis is LegalBasis.LegitimateInterest or LegalBasis.PublicTask)
            return $"the customer objected: {Said(consent)}";
        if (consent.HasExpired(now)) return $"consent expired at {consent.Expires}";
        // What is left: nothing was said, or what was said was not explicit.
        return consent.Status == ConsentStatus.Unknown
            ? basis == LegalBasis.Consent ? "consent is not granted" : "explicit consent is not granted"
            : "explicit consent is needed (GDPR Art. 9(2)(a))";
    }

    private static string Said(in ConsentRecord consent) =>
        $"{consent.Status.ToString().ToLowerInvariant()} at {consent.At} by {consent.Source}";

    private static string Ground(LegalBasis basis, SpecialCondition? condition)
    {
        var ground = basis switch
        {
            LegalBasis.Consent => "consent, GDPR Art. 6(1)(a)",
            LegalBasis.Contract => "contract, GDPR Art. 6(1)(b)",
            LegalBasis.LegalObligation => "legal obligation, GDPR Art. 6(1)(c)",
            LegalBasis.VitalInterest => "vital interest, GDPR Art. 6(1)(d)",
            LegalBasis.PublicTask => "public task, GDPR Art. 6(1)(e)",
            _ => "legitimate interest, GDPR Art. 6(1)(f)",
        };
        return condition is { } also ? $"{ground}, and Art. 9(2)({(char)('a' + (int)also)})" : ground;
    }
}
