using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>What turns ask of a customer's personas.</summary>
internal static class PersonaTurns
{
    /// <summary>
    /// The events as those of the persona that the customer has chosen, but for those that name one. Of a pseudonymous
    /// one none is; those that may be kept nevertheless stay where the rules put them.
    /// </summary>
    public static IReadOnlyList<TouchpointEvent> InChosen(CustomerState twin, IReadOnlyList<TouchpointEvent> events)
    {
        var chosen = twin.Chosen;
        return chosen < 0 ? events : [.. events.Select(e => InChosen(twin, e))];
    }

    /// <summary>An event as one of the persona that the customer has chosen, unless it names one.</summary>
    public static TouchpointEvent InChosen(CustomerState twin, TouchpointEvent e)
    {
        var chosen = twin.Chosen;
        return chosen < 0 || twin.Plan.Events.Personas.IsPseudonymous[chosen] || e.NamesPersona || e.Persona == chosen
            ? e
            : e.InChosen(chosen);
    }

    /// <summary>Name of the persona that the customer's choice gave an event; null where it needs none.</summary>
    public static string? ChosenOf(TouchpointEvent e) =>
        e.IsInChosen ? e.Schema.Personas.Names[e.Persona] : null;

    /// <summary>
    /// The facet that a request is decided for: the persona it names, else the one the customer has chosen, else the
    /// one its context chooses by the definition's rules.
    /// </summary>
    public static CustomerReply.Refused? FacetOf(
        CustomerTurn turn, CustomerMessage.Decide message, out CustomerState facet)
    {
        facet = turn.Twin;
        var personas = turn.Plan.Events.Personas;
        var persona = personas.Find(message.Persona);
        if (message.Persona is { } named && persona < 0) return Refused(personas.NoSuch(named));
        if (persona < 0) persona = turn.Twin.Chosen;
        if (persona < 0) persona = new PersonaFinder(turn.Plan.Events).Of(turn.Now, [.. message.Context]);
        facet = turn.Twin.FacetOf(persona);
        return facet is { IsPseudonymous: true, Pseudonym: null } ? Undefined(personas.Names[persona]) : null;
    }

    /// <summary>What is wrong with a choice of a persona, or with a pseudonym.</summary>
    public static CustomerReply.Refused? Refusal(
        CustomerTurn turn, AttributeChange change, CustomerMessage.SetAttributes message)
    {
        var personas = turn.Plan.Events.Personas;
        var (persona, slot) = turn.Plan.Events.PlaceOfAttribute(change.Attribute);
        if (slot == personas.PseudonymAttribute)
        {
            return persona >= 0 && personas.IsPseudonymous[persona] && !string.IsNullOrEmpty(change.Text)
                ? null
                : Refused("A pseudonym is a text that a pseudonymous persona has");
        }
        if (persona >= 0) return Refused("A persona is chosen by the customer as such");
        if (change.Text is not { Length: > 0 } name) return null;
        var chosen = personas.Find(name);
        if (chosen < 0) return Refused(personas.NoSuch(name));
        if (!personas.IsPseudonymous[chosen] || turn.Twin.FindFacet(chosen)?.Pseudonym is not null) return null;
        var pseudonym = $"{name}{PersonaDefinition.Separator}{PersonaDefinition.Pseudonym}";
        return message.Changes.Any(other => other.Attribute == pseudonym) ? null : Undefined(name);
    }

    private static CustomerReply.Refused Undefined(string name) =>
        Refused($"Nothing was said yet of the persona '{name}': say first who it is");

    private static CustomerReply.Refused Refused(string message) => new(PersonaDefinition.Choice, message);
}
