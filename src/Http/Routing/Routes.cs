using DToC.Grains;

namespace DToC.Http.Routing;

/// <summary>
/// Every route there is, with the scope it asks for. A request to an endpoint not listed here is refused.
/// </summary>
public static class Routes
{
    /// <summary>Touchpoint events come in.</summary>
    public static readonly ApiRoute SendEvents = new(
        "POST", "/v1/events", KeyScopes.Ingest, "sendEvents", "Ingest", "Send touchpoint events")
    {
        Tells = Disclosure.Receipt,
        Description =
            "One event, a JSON array of events, a stream of lines (application/x-ndjson) of any length, or "
                + "CloudEvents 1.0 "
            + "structured, batched or binary. 202 means durable: what is answered as accepted survives any "
            + "crash. A stream "
            + "is answered with a line per event, in order, while it is being read.",
    };

    /// <summary>Attributes come in.</summary>
    public static readonly ApiRoute SendAttributes = new(
        "POST", "/v1/attributes", KeyScopes.Ingest, "sendAttributes", "Ingest",
        "Send declared, enriched or inferred attributes")
    {
        Tells = Disclosure.Receipt,
        Description =
            "A JSON array or a stream of lines (application/x-ndjson) of records, with a result for each.",
    };

    /// <summary>A twin is read.</summary>
    public static readonly ApiRoute ReadTwin = new(
        "GET", "/v1/twins/{id}", KeyScopes.Read, "readTwin", "Twins",
        "Read a twin: description, context, prediction, operation")
    {
        Tells = Disclosure.Twin,
        Description =
            "Everything in it has a legal basis now. With ?persona=NAME one facet of it. With ?at=TIME the state as "
                + "of a past moment, without "
                + "what was withdrawn "
            + "since. The ETag names the versions of state and definition; send it as If-None-Match.",
    };

    /// <summary>What happened to a twin.</summary>
    public static readonly ApiRoute ReadTimeline = new(
        "GET", "/v1/twins/{id}/timeline", KeyScopes.Read, "readTimeline", "Twins",
        "Read what happened, the newest first")
    {
        Tells = Disclosure.Timeline,
    };

    /// <summary>Two customers turn out to be one.</summary>
    public static readonly ApiRoute MergeTwins = new(
        "POST", "/v1/twins/{id}/merge", KeyScopes.Privacy, "mergeTwins", "Twins",
        "Merge a customer into another: they are the same")
    {
        Tells = Disclosure.Unions,
        Description =
            "From then on both ids lead to one twin, of whose consents the stricter stands. Whom either has taken in "
            + "comes along. The answer says which twin stands for the id. It can be undone.",
    };

    /// <summary>They were two after all.</summary>
    public static readonly ApiRoute SplitTwins = new(
        "POST", "/v1/twins/{id}/split", KeyScopes.Privacy, "splitTwins", "Twins",
        "Split a customer off that had been merged into this one")
    {
        Tells = Disclosure.Unions,
        Description =
            "Each becomes what it would be had they never been merged, with what was sent to its id meanwhile: events, "
            + "consents, attributes. Contacts made meanwhile bound both; what was forgotten stays forgotten. Whoever "
            + "had come along with the customer goes along with it.",
    };

    /// <summary>Consents are given, denied, withdrawn.</summary>
    public static readonly ApiRoute PutConsents = new(
        "PUT", "/v1/twins/{id}/consents", KeyScopes.Privacy, "putConsents", "Twins",
        "Record consents by purpose")
    {
        Tells = Disclosure.Consents,
        Description =
            "A JSON object of purpose to granted, denied, withdrawn, objected, restricted or unrestricted; or to an "
            + "object with said, textVersion, expires, explicit. ?source= names the system that asked, ?time= when "
            + "the customer said it; what was said of a purpose later stands, whichever comes first.",
    };

    /// <summary>Relations of a customer to others are stated.</summary>
    public static readonly ApiRoute PutRelations = new(
        "PUT", "/v1/twins/{id}/relations", KeyScopes.Ingest, "putRelations", "Twins",
        "State whom a customer is related to")
    {
        Tells = Disclosure.Receipt,
        Description =
            "A JSON object of relation to a list of customer ids, which takes the place of what was said of it before; "
            + "an empty list takes it back. It merges nobody. ?source= names the system that says so.",
    };

    /// <summary>What may be done with a customer's data, and what could be.</summary>
    public static readonly ApiRoute EvaluateConsent = new(
        "POST", "/v1/consent/evaluate", KeyScopes.Privacy, "evaluateConsent", "Privacy",
        "Say what may be done with whose data, and why; a dry run")
    {
        Tells = Disclosure.Consents,
        Description =
            "For a customer, or one of whom nothing is known: every (category, purpose) with the basis it rests on or "
            + "lacks, and every event, attribute, feature, score, segment and offer. With consents in the body, as if "
            + "the customer had said so too. Nothing is changed.",
    };

    /// <summary>What other systems may not use any more.</summary>
    public static readonly ApiRoute StreamConsentNotices = new(
        "GET", "/v1/consent/notices", KeyScopes.Decide, "streamConsentNotices", "Privacy",
        "Receive what may not be used any more as customers say so")
    {
        Tells = Disclosure.Consents,
        Description =
            "Server-Sent Events, for every system that got something of a customer: what was lawful and is no more, "
            + "and what was forgotten. Resume with the header Last-Event-ID; ?from=beginning starts with the oldest "
            + "that is kept. Each comes at least once.",
    };

    /// <summary>All that is kept of a customer.</summary>
    public static readonly ApiRoute ExportTwin = new(
        "GET", "/v1/twins/{id}/export", KeyScopes.Privacy, "exportTwin", "Privacy",
        "Export all that is kept of a customer")
    {
        Tells = Disclosure.Subject,
        Description =
            "One JSON file: every record that an erasure would remove now, found in the same way. It is for the "
            + "customer (GDPR Art. 15 and 20), so it tells what is kept whether or not it may be used.",
    };

    /// <summary>The form of an export.</summary>
    public static readonly ApiRoute ReadExportSchema = new(
        "GET", "/v1/export.schema.json", KeyScopes.Privacy, "readExportSchema", "Privacy",
        "Read the JSON Schema of an export")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>A customer goes.</summary>
    public static readonly ApiRoute EraseTwin = new(
        "DELETE", "/v1/twins/{id}", KeyScopes.Privacy, "eraseTwin", "Privacy",
        "Erase a customer, and all that were merged into it")
    {
        Tells = Disclosure.Erasures,
        Description =
            "State, journal, decisions, identifiers, quarantined events, caches. The answer is a signed receipt, when "
            + "nothing is left in any file. Later events of the customer are refused. It cannot be undone.",
    };

    /// <summary>A receipt.</summary>
    public static readonly ApiRoute ReadErasure = new(
        "GET", "/v1/erasures/{token}", KeyScopes.Privacy, "readErasure", "Privacy", "Read the receipt of an erasure")
    {
        Tells = Disclosure.Erasures,
    };

    /// <summary>All receipts.</summary>
    public static readonly ApiRoute ListErasures = new(
        "GET", "/v1/erasures", KeyScopes.Privacy, "listErasures", "Privacy", "List the receipts of erasures")
    {
        Tells = Disclosure.Erasures,
    };

    /// <summary>A customer who was erased comes back.</summary>
    public static readonly ApiRoute Readmit = new(
        "DELETE", "/v1/erasures/{token}/suppression", KeyScopes.Privacy, "readmit", "Privacy",
        "Let those of an erasure in again")
    {
        Tells = Disclosure.Erasures,
        Description =
            "From now on their events are taken, of what happened since: ?since=TIME, not before the erasure; now "
            + "unless given. What was erased stays erased.",
    };

    /// <summary>Whom other systems must erase.</summary>
    public static readonly ApiRoute StreamErasures = new(
        "GET", "/v1/erasures/notices", KeyScopes.Decide, "streamErasures", "Privacy",
        "Receive whom to erase, as customers are erased")
    {
        Tells = Disclosure.Erasures,
        Description =
            "Server-Sent Events, for every system that got something of a customer. A notice names the customer by "
            + "hashes alone: compare SHA-256 of token, line feed and customer id over the ids that you hold. Resume "
            + "with the header Last-Event-ID; ?from=beginning starts with the oldest that is kept. Each comes at least "
            + "once.",
    };

    /// <summary>What is kept or allowed and nothing needs.</summary>
    public static readonly ApiRoute ReadMinimisation = new(
        "GET", "/v1/definition/minimisation", KeyScopes.Privacy, "readMinimisation", "Privacy",
        "List what the definition keeps or allows and no model, rule or purpose needs")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>A decision on request.</summary>
    public static readonly ApiRoute NextBestAction = new(
        "POST", "/v1/twins/{id}/next-best-action", KeyScopes.Decide, "nextBestAction", "Decisions",
        "Ask for the next best action")
    {
        Tells = Disclosure.Decision,
        Description =
            "The body may give the context of the moment. The answer has every candidate with its reason.",
    };

    /// <summary>Decisions as they are made.</summary>
    public static readonly ApiRoute StreamDecisions = new(
        "GET", "/v1/decisions", KeyScopes.Decide, "streamDecisions", "Decisions",
        "Receive next best actions as they are decided")
    {
        Tells = Disclosure.Deliveries,
        Description =
            "Server-Sent Events. Resume after a break with the header Last-Event-ID; ?from=beginning starts "
                + "with the oldest "
            + "that is kept. Each decision comes at least once; its id tells a repetition.",
    };

    /// <summary>Events that wait for a person.</summary>
    public static readonly ApiRoute ListQuarantine = new(
        "GET", "/v1/quarantine", KeyScopes.Operate, "listQuarantine", "Quarantine",
        "List events that could not be folded, the oldest first")
    {
        Tells = Disclosure.Waiting,
    };

    /// <summary>One of them.</summary>
    public static readonly ApiRoute ReadQuarantine = new(
        "GET", "/v1/quarantine/{id}", KeyScopes.Operate, "readQuarantine", "Quarantine",
        "Read a quarantined event")
    {
        Tells = Disclosure.Waiting,
    };

    /// <summary>One of them tries again.</summary>
    public static readonly ApiRoute ReplayQuarantine = new(
        "POST", "/v1/quarantine/{id}/replay", KeyScopes.Operate, "replayQuarantine", "Quarantine",
        "Send a quarantined event again")
    {
        Tells = Disclosure.Receipt,
        Description = "As it is, or repaired in the body. When it is taken it leaves the quarantine.",
    };

    /// <summary>One of them is not wanted.</summary>
    public static readonly ApiRoute DeleteQuarantine = new(
        "DELETE", "/v1/quarantine/{id}", KeyScopes.Operate, "deleteQuarantine", "Quarantine",
        "Forget a quarantined event")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>Keys.</summary>
    public static readonly ApiRoute ListKeys = new(
        "GET", "/v1/keys", KeyScopes.Admin, "listKeys", "Keys", "List the keys, without their texts")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>A new key.</summary>
    public static readonly ApiRoute IssueKey = new(
        "POST", "/v1/keys", KeyScopes.Admin, "issueKey", "Keys",
        "Issue a key; its text is in this answer and nowhere else")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>A key no more.</summary>
    public static readonly ApiRoute RevokeKey = new(
        "DELETE", "/v1/keys/{id}", KeyScopes.Admin, "revokeKey", "Keys", "Revoke a key at once")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>The definition in force.</summary>
    public static readonly ApiRoute ReadDefinition = new(
        "GET", "/v1/definition", KeyScopes.Read, "readDefinition", "Definition",
        "Read the definition in force, as it was written")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>A definition is looked over.</summary>
    public static readonly ApiRoute ValidateDefinition = new(
        "POST", "/v1/definition/validate", KeyScopes.Operate, "validateDefinition", "Definition",
        "Check a definition without using it")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>Another definition.</summary>
    public static readonly ApiRoute PutDefinition = new(
        "PUT", "/v1/definition", KeyScopes.Admin, "putDefinition", "Definition",
        "Put another definition in force")
    {
        Tells = Disclosure.Nothing,
        Description =
            "Stored states are carried over by name; what needs history is folded again in the background.",
    };

    /// <summary>The process runs.</summary>
    public static readonly ApiRoute Live =
        new("GET", "/health/live", null, "live", "Operation", "Whether the process runs")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>The host takes messages.</summary>
    public static readonly ApiRoute Ready = new(
        "GET", "/health/ready", null, "ready", "Operation",
        "Whether messages are taken and can be made durable")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>Figures.</summary>
    public static readonly ApiRoute Metrics = new(
        "GET", "/metrics", KeyScopes.Operate, "metrics", "Operation",
        "Figures in the text format of Prometheus")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>This table, for programs.</summary>
    public static readonly ApiRoute OpenApiDocument = new(
        "GET", "/openapi/{documentName}.json", null, "openApi", "Operation", "This document")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>The operators' page.</summary>
    public static readonly ApiRoute OperatorsPage = new(
        "GET", "/", KeyScopes.Operate, "operatorsPage", "Console", "The operators' page")
    {
        Tells = Disclosure.Activity,
        IsPage = true,
    };

    /// <summary>What the operators' page shows, as it changes.</summary>
    public static readonly ApiRoute OperatorsLive = new(
        "GET", "/console/live", KeyScopes.Operate, "operatorsLive", "Console",
        "What the operators' page shows, as it changes")
    {
        Tells = Disclosure.Activity,
        IsPage = true,
    };

    /// <summary>Asks for a key.</summary>
    public static readonly ApiRoute SignInPage = new(
        "GET", "/sign-in", null, "signInPage", "Console", "The form that asks for a key")
    {
        Tells = Disclosure.Nothing,
        IsPage = true,
    };

    /// <summary>A key becomes a session.</summary>
    public static readonly ApiRoute SignIn = new(
        "POST", "/sign-in", null, "signIn", "Console", "Begin a session with a key")
    {
        Tells = Disclosure.Nothing,
        IsPage = true,
    };

    /// <summary>A session ends.</summary>
    public static readonly ApiRoute SignOut = new(
        "POST", "/sign-out", null, "signOut", "Console", "End a session")
    {
        Tells = Disclosure.Nothing,
        IsPage = true,
    };

    /// <summary>Style sheet, script and icon of the console.</summary>
    public static readonly ApiRoute ConsoleAsset = new(
        "GET", "/console/assets/{name}", null, "consoleAsset", "Console", "Style sheet, script and icon")
    {
        Tells = Disclosure.Nothing,
        IsPage = true,
    };

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<ApiRoute> All =
    [
        SendEvents, SendAttributes, ReadTwin, ReadTimeline, MergeTwins, SplitTwins, PutConsents, PutRelations,
        PersonaRoutes.Say, PersonaRoutes.Choose, .. ModelRoutes.All, .. LexiconRoutes.All,
        .. LearnRoutes.All, .. SegmentRoutes.All, .. CohortRoutes.All, HouseholdRoutes.ReadPeople,
        .. SimulationRoutes.All, .. DeliveryRoutes.All, EvaluateConsent,
        StreamConsentNotices, ReadMinimisation, ExportTwin, ReadExportSchema, EraseTwin, StreamErasures, ReadErasure,
        ListErasures, Readmit, .. HypotheticalRoutes.All,
        NextBestAction, StreamDecisions, ListQuarantine, ReadQuarantine, ReplayQuarantine, DeleteQuarantine,
        ListKeys, IssueKey, RevokeKey, ReadDefinition, ValidateDefinition, PutDefinition, Live, Ready,
        Metrics, OpenApiDocument, OperatorsPage, OperatorsLive, SignInPage, SignIn, SignOut, ConsoleAsset,
    ];
}
