using DToC.Grains;

namespace DToC.Http.Routing;

/// <summary>Routes of models and of what they say.</summary>
public static class ModelRoutes
{
    /// <summary>Why the scores of a twin are what they are.</summary>
    public static readonly ApiRoute Explain = new(
        "GET", "/v1/twins/{id}/explain", KeyScopes.Read, "explainTwin", "Twins",
        "Say why a twin's scores are what they are, and how sure they are")
    {
        Tells = Disclosure.Explanation,
        Description =
            "Of each score the interval, what each input adds to it, the model's version and what it rests on; that "
            + "inputs are missing or outside of what the model has seen, and that there is little evidence. ?model= "
            + "names one; ?level= is the probability of the intervals, 0.9 unless given; ?persona= names a facet; "
            + "?at= a past moment; ?decision= a recorded decision, whose scores are then explained from what it kept.",
    };

    /// <summary>All models.</summary>
    public static readonly ApiRoute List = new(
        "GET", "/v1/models", KeyScopes.Read, "listModels", "Models", "List the models in force")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>The card of a model.</summary>
    public static readonly ApiRoute Read = new(
        "GET", "/v1/models/{name}", KeyScopes.Read, "readModel", "Models",
        "Read a model's card: inputs, data, fit, calibration, known limits")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>The stored form of a model.</summary>
    public static readonly ApiRoute ReadFile = new(
        "GET", "/v1/models/{name}/file", KeyScopes.Read, "readModelFile", "Models",
        "Read a model as it is stored")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>A fitted model comes.</summary>
    public static readonly ApiRoute Put = new(
        "PUT", "/v1/models/{name}", KeyScopes.Admin, "putModel", "Models",
        "Put a fitted model in the place of one that the definition names")
    {
        Tells = Disclosure.Nothing,
        Description =
            "The body is a model as 'dtoc train' writes it. It is checked whole, and in force with the answer; "
            + "the earlier one is kept while journal entries and decisions name it.",
    };

    /// <summary>A fitted model goes.</summary>
    public static readonly ApiRoute Delete = new(
        "DELETE", "/v1/models/{name}", KeyScopes.Admin, "deleteModel", "Models",
        "Take a fitted model away: the definition's own stands again")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ApiRoute> All { get; } = [Explain, List, Read, ReadFile, Put, Delete];
}
