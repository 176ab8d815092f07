using System.Text.Json;
using DToC.Twin;
using DToC.Twin.Definitions;

namespace DToC.Http.Attributes;

/// <summary>Attributes of a customer, from one source at one time.</summary>
/// <param name="Customer">The customer's id.</param>
/// <param name="Origin"><c>declared</c>, <c>enriched</c> (unless given) or <c>inferred</c>.</param>
/// <param name="Source">The system they come from; <c>api</c> unless given.</param>
/// <param name="Time">When they were said, bought or concluded; now unless given.</param>
/// <param name="Attributes">Text, number or boolean by attribute of the definition.</param>
internal sealed record AttributeRecordForm(
    string? Customer, AttributeOrigin? Origin, string? Source, Instant? Time,
    IReadOnlyDictionary<string, JsonElement>? Attributes);

/// <summary>What became of a record: <c>accepted</c>, <c>refused</c> or <c>retry</c>.</summary>
internal sealed record AttributeAnswerForm(long? Line, string? Customer, string Status, string? Reason);

/// <summary>What became of the records sent.</summary>
internal sealed record AttributesAnswerForm(
    int Accepted, int Refused, int Retry, IReadOnlyList<AttributeAnswerForm> Results);
