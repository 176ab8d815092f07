using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Twin.Consent;

/// <summary>What personal data are used for, as a definition names it.</summary>
public enum PersonalUse
{
    /// <summary>An event is kept.</summary>
    Event,

    /// <summary>An attribute is kept.</summary>
    Attribute,

    /// <summary>A feature is shown.</summary>
    Feature,

    /// <summary>A model scores.</summary>
    Score,

    /// <summary>A segment counts the customer in.</summary>
    Segment,

    /// <summary>An offer is made.</summary>
    Offer,
}

/// <summary>How a (category, purpose) stands.</summary>
/// <param name="Category">Data category.</param>
/// <param name="Purpose">Purpose.</param>
/// <param name="Lawful">Whether the one may serve the other.</param>
/// <param name="Basis">GDPR Art. 6(1).</param>
/// <param name="Condition">GDPR Art. 9(2), for a special category.</param>
/// <param name="Reason">What it rests on, or what is missing.</param>
public sealed record PairStanding(
    string Category, string Purpose, bool Lawful, LegalBasis Basis, SpecialCondition? Condition, string Reason);

/// <summary>Whether something may be done with personal data.</summary>
/// <param name="Use">What.</param>
/// <param name="Name">Its name in the definition.</param>
/// <param name="Purpose">The purpose it serves; null where any purpose will do.</param>
/// <param name="Allowed">Whether it may be done.</param>
/// <param name="Before">Whether it may without what was assumed.</param>
/// <param name="Reason">Why not; null when it may.</param>
public sealed record UseStanding(
    PersonalUse Use, string Name, string? Purpose, bool Allowed, bool Before, string? Reason);

/// <summary>
/// A dry run of the gate: all that a definition does with personal data, and whether it may for a customer who has
/// said this or that.
/// </summary>
public sealed record ConsentEvaluation(IReadOnlyList<PairStanding> Pairs, IReadOnlyList<UseStanding> Uses)
{
    /// <summary>Evaluates consents at a moment.</summary>
    /// <param name="plan">The definition.</param>
    /// <param name="before">Consents as they stand, by purpose.</param>
    /// <param name="assumed">Consents as they would stand.</param>
    /// <param name="now">The moment.</param>
    /// <param name="chosen">Slots of the personas that the customer has chosen and would have; null for none.</param>
    public static ConsentEvaluation Of(
        TwinPlan plan, IReadOnlyList<ConsentRecord> before, IReadOnlyList<ConsentRecord> assumed, Instant now,
        (int Before, int Assumed)? chosen = null)
    {
        var personas = chosen ?? (PersonaSchema.Nobody, PersonaSchema.Nobody);
        var (state, old) = (StateOf(plan, assumed, personas.Assumed), StateOf(plan, before, personas.Before));
        return new ConsentEvaluation([.. PairsOf(state, now)], [.. UsesOf(state, old, now)]);
    }

    private static CustomerState StateOf(TwinPlan plan, IReadOnlyList<ConsentRecord> consents, int chosen)
    {
        var state = new CustomerState(plan);
        state.Choose(chosen);
        for (var purpose = 0; purpose < state.Consents.Length; purpose++) state.Consents[purpose] = consents[purpose];
        return state;
    }

    private static IEnumerable<PairStanding> PairsOf(CustomerState state, Instant now)
    {
        var consent = state.Plan.Consent;
        for (var category = 0; category < consent.Categories.Count; category++)
        {
            for (var purpose = 0; purpose < consent.Purposes.Count; purpose++)
            {
                var standing = ConsentStanding.Of(state, category, purpose, now);
                yield return new PairStanding(
                    consent.Categories[category], consent.Purposes[purpose], standing.IsLawful, standing.Basis,
                    standing.Condition, standing.Reason);
            }
        }
    }

    private static IEnumerable<UseStanding> UsesOf(CustomerState state, CustomerState old, Instant now)
    {
        var plan = state.Plan;
        foreach (var e in plan.Events.Types) yield return Kept(PersonalUse.Event, e.Name, e.Category);
        foreach (var attribute in plan.Events.Attributes)
        {
            yield return Kept(
                PersonalUse.Attribute, attribute.Name, plan.Consent.FindCategory(attribute.Category.Name));
        }
        foreach (var feature in plan.Vector.Features)
        {
            var why = Unshown(state, feature.Categories, now);
            var isBefore = Unshown(old, feature.Categories, now) is null;
            yield return new UseStanding(PersonalUse.Feature, feature.Name, null, why is null, isBefore, why);
        }
        foreach (var model in plan.Models)
            yield return Served(PersonalUse.Score, model.Name, model.Purpose, model.Categories);
        foreach (var segment in plan.Segments)
            yield return Served(PersonalUse.Segment, segment.Name, segment.Purpose, segment.Categories);
        foreach (var offer in plan.Decisions.Offers)
            yield return Served(PersonalUse.Offer, offer.Name, offer.Purpose, offer.Categories);

        UseStanding Kept(PersonalUse use, string name, int category)
        {
            var isKept = ConsentGate.MayKeep(state, category, now);
            return new UseStanding(
                use, name, null, isKept, ConsentGate.MayKeep(old, category, now),
                isKept ? null : $"no purpose has a legal basis for {plan.Consent.Categories[category]}");
        }

        UseStanding Served(PersonalUse use, string name, int purpose, ulong categories)
        {
            var missing = ConsentGate.Missing(state, purpose, categories, now);
            return new UseStanding(
                use, name, plan.Consent.Purposes[purpose], missing is null,
                ConsentGate.Missing(old, purpose, categories, now) is null, missing);
        }
    }

    private static string? Unshown(CustomerState state, ulong categories, Instant now)
    {
        for (var category = 0; category < state.Plan.Consent.Categories.Count; category++)
        {
            if ((categories >> category & 1) != 0 && !ConsentGate.MayUse(state, category, now))
                return $"no purpose has a legal basis for {state.Plan.Consent.Categories[category]}";
        }
        return null;
    }
}
