using DToC.Grains;

namespace DToC.Http.Routing;

/// <summary>Routes of the words that texts are scored by.</summary>
public static class LexiconRoutes
{
    private const string Tag = "Lexicons";

    /// <summary>All lexicons.</summary>
    public static readonly ApiRoute List = new(
        "GET", "/v1/lexicons", KeyScopes.Read, "listLexicons", Tag, "List the lexicons kept with the definition")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>The file of a lexicon.</summary>
    public static readonly ApiRoute Read = new(
        "GET", "/v1/lexicons/{name}", KeyScopes.Read, "readLexicon", Tag, "Read a lexicon, as it was sent")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>A lexicon comes.</summary>
    public static readonly ApiRoute Put = new(
        "PUT", "/v1/lexicons/{name}", KeyScopes.Admin, "putLexicon", Tag,
        "Keep words or emoji for the definition to name, or replace those it names")
    {
        Tells = Disclosure.Nothing,
        Description =
            "The body is a text file in UTF-8 of at most 4 MiB: lines of a token, a tab and its mean, or of an emoji, "
            + "a tab and its description. Send it before the definition that names it. Texts are scored by it from the "
            + "answer on; what is scored already keeps its score.",
    };

    /// <summary>A lexicon goes.</summary>
    public static readonly ApiRoute Delete = new(
        "DELETE", "/v1/lexicons/{name}", KeyScopes.Admin, "deleteLexicon", Tag,
        "Take away a lexicon that the definition does not name")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ApiRoute> All { get; } = [List, Read, Put, Delete];
}
