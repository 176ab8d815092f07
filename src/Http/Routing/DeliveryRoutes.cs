using DToC.Grains;

namespace DToC.Http.Routing;

/// <summary>Routes of what goes to other systems, and of what is fetched from them.</summary>
public static class DeliveryRoutes
{
    private const string Tag = "Delivery";

    /// <summary>Decisions, page by page.</summary>
    public static readonly ApiRoute Pages = new(
        "GET", "/v1/decisions/pages", KeyScopes.Decide, "readDecisions", "Decisions",
        "Read next best actions that were decided since the last time")
    {
        Tells = Disclosure.Deliveries,
        Description = "For receivers that ask from time to time: ?after= takes the 'next' of the page before.",
    };

    /// <summary>All destinations.</summary>
    public static readonly ApiRoute List = new(
        "GET", "/v1/destinations", KeyScopes.Operate, "listDestinations", Tag,
        "List the destinations of decisions and notices, and how they are")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>One of them.</summary>
    public static readonly ApiRoute Read = new(
        "GET", "/v1/destinations/{name}", KeyScopes.Operate, "readDestination", Tag,
        "Read a destination, without its secrets")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>A new one.</summary>
    public static readonly ApiRoute Create = new(
        "POST", "/v1/destinations", KeyScopes.Admin, "createDestination", Tag,
        "Bring decisions or notices to another system from now on")
    {
        Tells = Disclosure.Nothing,
        Description =
            "A webhook by the Standard Webhooks specification, or an exchange of an AMQP 0-9-1 broker. Every message "
            + "is brought at least once under one id, however often the receiver or this server fails. A signing "
            + "secret that is made here is in this answer and nowhere else.",
    };

    /// <summary>One of them changes.</summary>
    public static readonly ApiRoute Put = new(
        "PUT", "/v1/destinations/{name}", KeyScopes.Admin, "putDestination", Tag,
        "Change a destination; one that was stopped begins again")
    {
        Tells = Disclosure.Nothing,
        Description = "All settings are sent. Secrets that are not sent stay as they are; its place and queue too.",
    };

    /// <summary>One of them goes.</summary>
    public static readonly ApiRoute Delete = new(
        "DELETE", "/v1/destinations/{name}", KeyScopes.Admin, "deleteDestination", Tag,
        "Remove a destination, with what waits for it and its dead letters")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>Another signing secret.</summary>
    public static readonly ApiRoute Rotate = new(
        "POST", "/v1/destinations/{name}/secret", KeyScopes.Admin, "rotateSecret", Tag,
        "Sign with another secret; for a while with the one before too")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>What was given up.</summary>
    public static readonly ApiRoute ListDead = new(
        "GET", "/v1/destinations/{name}/dead-letters", KeyScopes.Operate, "listDeadLetters", Tag,
        "List what could not be brought to a destination, and why")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>What was given up is tried again.</summary>
    public static readonly ApiRoute ReplayDead = new(
        "POST", "/v1/destinations/{name}/dead-letters/replay", KeyScopes.Operate, "replayDeadLetters", Tag,
        "Try dead letters again: these, those with a reason, or all")
    {
        Tells = Disclosure.Nothing,
        Description = "Under the ids they had. What may not leave any more, as the customer has said no, does not.",
    };

    /// <summary>What was given up is not wanted.</summary>
    public static readonly ApiRoute DiscardDead = new(
        "POST", "/v1/destinations/{name}/dead-letters/discard", KeyScopes.Operate, "discardDeadLetters", Tag,
        "Forget dead letters: these, those with a reason, or all")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>All intakes.</summary>
    public static readonly ApiRoute ListIntakes = new(
        "GET", "/v1/intakes", KeyScopes.Operate, "listIntakes", Tag,
        "List the brokers that events are fetched from, and how they are")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>A new intake.</summary>
    public static readonly ApiRoute CreateIntake = new(
        "POST", "/v1/intakes", KeyScopes.Admin, "createIntake", Tag, "Fetch touchpoint events from a queue of a broker")
    {
        Tells = Disclosure.Nothing,
        Description =
            "AMQP 0-9-1. A message is an event as POST /v1/events takes it, and is acknowledged once that is durable. "
            + "What is refused goes to an exchange for dead letters, with the reason in its headers.",
    };

    /// <summary>An intake goes.</summary>
    public static readonly ApiRoute DeleteIntake = new(
        "DELETE", "/v1/intakes/{name}", KeyScopes.Admin, "deleteIntake", Tag, "Fetch no more events from a broker")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        Pages, List, Read, Create, Put, Delete, Rotate, ListDead, ReplayDead, DiscardDead, ListIntakes, CreateIntake,
        DeleteIntake,
    ];
}
