namespace DToC.Twin.Definitions;

/// <summary>
/// One facet of a customer, for example <c>work</c>. What belongs to it is folded, scored and decided apart from the
/// other facets; consents, contacts and the control group are the customer's.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="When">Rule over an event, or a request's context, that chooses it; null when only it itself can be
/// named.</param>
/// <param name="At">Where it was written.</param>
public sealed record PersonaDefinition(string Name, RuleText? When, Position At)
{
    /// <summary>Parts a persona's name from that of its attribute: <c>self:interest</c>.</summary>
    public const char Separator = ':';

    /// <summary>Attribute that keeps which persona the customer has chosen.</summary>
    public const string Choice = "persona";

    /// <summary>Attribute of a pseudonymous persona that keeps under which id its decisions go out.</summary>
    public const string Pseudonym = "pseudonym";

    /// <summary>
    /// Whether the customer says who it is, and stands behind it: while it is chosen, nothing that was observed of the
    /// customer is used or kept but for what a contract or the law asks for.
    /// </summary>
    public bool IsPseudonymous { get; init; }

    /// <summary>An attribute that keeps what the customer says of personas.</summary>
    internal static AttributeDefinition AsAttribute(
        string name, Named category, IReadOnlyList<AttributeOrigin> precedence) =>
        new(name, AttributeType.Text, category, DefinitionLimits.NameLength, precedence, null, null, category.At);
}
