using DToC.Twin.Consent;
using DToC.Twin.State;

namespace DToC.Twin.Views;

/// <summary>The personas of a customer.</summary>
/// <param name="Chosen">The one that the customer has chosen until further notice, or null.</param>
/// <param name="Facets">Those that something belongs to.</param>
public sealed record PersonasView(string? Chosen, IReadOnlyDictionary<string, FacetView> Facets)
{
    internal static PersonasView? Of(CustomerState state, Instant asOf)
    {
        var personas = state.Plan.Events.Personas;
        if (personas.Count == 0) return null;
        var facets = new Dictionary<string, FacetView>(StringComparer.Ordinal);
        foreach (var facet in state.Facets)
        {
            if (facet is { IsEmpty: false }) facets[personas.Names[facet.Persona]] = FacetView.Of(facet, asOf);
        }
        return new PersonasView(state.Chosen < 0 ? null : personas.Names[state.Chosen], facets);
    }
}

/// <summary>A persona in short.</summary>
/// <param name="Events">Events that belong to it.</param>
/// <param name="Pseudonym">Under which id its decisions go out; null unless it is pseudonymous.</param>
/// <param name="SetAside">Whether it is not used because the customer stands behind another.</param>
public sealed record FacetView(long Events, Instant? FirstAt, Instant? LastAt, string? Pseudonym, bool SetAside)
{
    internal static FacetView Of(CustomerState facet, Instant asOf)
    {
        var slot = facet.Plan.Events.Personas.PseudonymAttribute;
        var isShown = slot >= 0
            && (ConsentGate.Usable(facet, asOf) & facet.Plan.Vector.AttributeCategories[slot]) != 0;
        return new FacetView(
            facet.EventCount, DescriptionView.Known(facet.FirstAt), DescriptionView.Known(facet.LastAt),
            isShown ? facet.Pseudonym : null, facet.IsSetAside);
    }
}
