using System.Text.Json;
using DToC.Twin;

namespace DToC.Http.Events;

/// <summary>An event as it is sent. Either a customer or identifiers are needed.</summary>
/// <param name="Id">Unique within its source and customer; at most 128 bytes.</param>
/// <param name="Type">An event type of the definition, for example <c>Order Completed</c>.</param>
/// <param name="Time">When it happened, RFC 3339 with an offset; without it the time of receipt.</param>
/// <param name="Customer">The customer's id (<c>subject</c> in a CloudEvent).</param>
/// <param name="Identifiers">Identifiers of the definition, for example <c>email</c>.</param>
/// <param name="Source">The system that observed it; <c>api</c> unless given.</param>
/// <param name="Properties">What the type has (<c>data</c> in a CloudEvent).</param>
/// <param name="Context">Channel, device, place, session.</param>
internal sealed record EventForm(
    string Id, string Type, Instant? Time, string? Customer, IReadOnlyDictionary<string, string>? Identifiers,
    string? Source, JsonElement? Properties, IReadOnlyDictionary<string, string>? Context);

/// <summary>What became of the events sent.</summary>
internal sealed record EventsAnswerForm(
    int Accepted, int Duplicate, int Refused, int Quarantined, int Retry,
    IReadOnlyList<EventAnswerForm> Results);

/// <summary>What became of one event. A stream is answered with lines of this form.</summary>
internal sealed record EventAnswerForm(
    long? Line, string? Id, AnswerStatus Status, string? Customer, string? Reason);
