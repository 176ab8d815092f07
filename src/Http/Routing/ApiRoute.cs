using DToC.Grains;

namespace DToC.Http.Routing;

/// <summary>A route of the API: what it is for and what a key must be allowed to take it.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Pattern">Path with its parameters in braces.</param>
/// <param name="Scope">What the key must cover; null for a route without a key.</param>
/// <param name="Name">Operation id in the OpenAPI document.</param>
/// <param name="Tag">Group in the OpenAPI document.</param>
/// <param name="Summary">One line for readers.</param>
public sealed record ApiRoute(
    string Method, string Pattern, KeyScopes? Scope, string Name, string Tag, string Summary)
{
    /// <summary>
    /// What the answer may tell of customers. A test walks every answer that tells something over all that a customer
    /// can have consented to, so each route has to say it.
    /// </summary>
    public required Disclosure Tells { get; init; }

    /// <summary>More than a line, for the OpenAPI document; empty when the summary says all.</summary>
    public string Description { get; init; } = "";

    /// <summary>
    /// True for what people take with a browser: it asks for a session of the console in place of a key, and is
    /// not in the OpenAPI document.
    /// </summary>
    public bool IsPage { get; init; }
}
