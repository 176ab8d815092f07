using DToC.Grains;

namespace DToC.Http.Routing;

/// <summary>Routes of hypothetical twins.</summary>
public static class HypotheticalRoutes
{
    private const string Tag = "Hypothetical twins";

    /// <summary>A twin with something assumed.</summary>
    public static readonly ApiRoute Fork = new(
        "POST", "/v1/twins/{id}/hypothetical", KeyScopes.Read, "forkTwin", Tag,
        "Make a hypothetical twin of a customer: the twin as it would be")
    {
        Tells = Disclosure.Twin,
        Description =
            "The body may give context, persona, attributes, consents, events that happened besides, without (ids or "
            + "types of events that did not happen), at, name and expiresInMinutes. The real twin is not touched, and "
            + "nothing leaves. It may be allowed less than the customer allows, never more, and it is gone when the "
            + "customer withdraws what it was made under.",
    };

    /// <summary>Somebody made up.</summary>
    public static readonly ApiRoute MakeUp = new(
        "POST", "/v1/hypothetical", KeyScopes.Read, "makeUpTwin", Tag,
        "Make up a customer out of attributes, consents and events")
    {
        Tells = Disclosure.Nothing,
        Description = "The body is as for a hypothetical twin of a customer, but for without.",
    };

    /// <summary>Those that a key has made.</summary>
    public static readonly ApiRoute List = new(
        "GET", "/v1/hypothetical", KeyScopes.Read, "listHypotheticalTwins", Tag,
        "List the hypothetical twins made with this key, the newest first")
    {
        Tells = Disclosure.Receipt,
    };

    /// <summary>One of them.</summary>
    public static readonly ApiRoute Read = new(
        "GET", "/v1/hypothetical/{id}", KeyScopes.Read, "readHypotheticalTwin", Tag,
        "Read a hypothetical twin, and what differs from the real one")
    {
        Tells = Disclosure.Twin,
        Description =
            "As a twin is read, with the features, scores and intervals, stage and segments that differ. It stands on "
            + "the real twin of this moment: what happened to that one since has happened to it too. With ?persona= "
            + "one facet of both.",
    };

    /// <summary>More happens to it.</summary>
    public static readonly ApiRoute SendEvents = new(
        "POST", "/v1/hypothetical/{id}/events", KeyScopes.Read, "sendHypotheticalEvents", Tag,
        "Let more events happen to a hypothetical twin")
    {
        Tells = Disclosure.Receipt,
        Description =
            "One event or a JSON array of events, as customers' events are sent, but without customer and identifiers.",
    };

    /// <summary>Why its scores are what they are.</summary>
    public static readonly ApiRoute Explain = new(
        "GET", "/v1/hypothetical/{id}/explain", KeyScopes.Read, "explainHypotheticalTwin", Tag,
        "Say why a hypothetical twin's scores are what they are, and how sure they are")
    {
        Tells = Disclosure.Explanation,
        Description = "As for a real twin: ?model=, ?level= and ?persona=.",
    };

    /// <summary>What would be decided for it.</summary>
    public static readonly ApiRoute NextBestAction = new(
        "POST", "/v1/hypothetical/{id}/next-best-action", KeyScopes.Decide, "nextHypotheticalAction", Tag,
        "Ask for the next best action of a hypothetical twin")
    {
        Tells = Disclosure.Decision,
        Description =
            "As for a real twin, by the same rules, in the control group as the customer is. It is not recorded and "
            + "not delivered, and asked again it is the same.",
    };

    /// <summary>It goes.</summary>
    public static readonly ApiRoute Delete = new(
        "DELETE", "/v1/hypothetical/{id}", KeyScopes.Read, "deleteHypotheticalTwin", Tag, "Let a hypothetical twin go")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ApiRoute> All { get; } =
        [Fork, MakeUp, List, Read, SendEvents, Explain, NextBestAction, Delete];
}
