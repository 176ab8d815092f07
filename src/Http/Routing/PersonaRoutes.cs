using DToC.Grains;

namespace DToC.Http.Routing;

/// <summary>Routes by which customers say who their personas are.</summary>
public static class PersonaRoutes
{
    /// <summary>The customer says who a persona of it is.</summary>
    public static readonly ApiRoute Say = new(
        "PUT", "/v1/twins/{id}/personas/{persona}", KeyScopes.Privacy, "putPersona", "Twins",
        "Say who one of a customer's personas is")
    {
        Tells = Disclosure.Receipt,
        Description =
            "A JSON object of attribute to value, as the customer's own word. A pseudonymous persona gets the id that "
            + "its decisions go out under, and is not told by it who the customer is. ?source= names the system that "
            + "says so.",
    };

    /// <summary>The customer chooses a persona.</summary>
    public static readonly ApiRoute Choose = new(
        "PUT", "/v1/twins/{id}/persona", KeyScopes.Privacy, "choosePersona", "Twins",
        "Choose the persona a customer is until further notice")
    {
        Tells = Disclosure.Receipt,
        Description =
            "What comes without a persona belongs to it from now on, and decisions are made for it. Behind a "
            + "pseudonymous one nothing observed is used or kept but for what a contract or the law asks for. null chooses "
            + "none.",
    };
}
