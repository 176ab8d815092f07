using System.Text.Json;
using DToC.Http.Problems;
using DToC.Twin.Events;

namespace DToC.Http.Events;

/// <summary>Cuts a body of JSON into events, without copying them.</summary>
internal static class EventBody
{
    // Deeper than an event may be, so that one that is too deep is refused alone and not with its neighbours.
    private const int MaxDepth = 128;

    /// <summary>True when the body is an array, as far as its first character tells.</summary>
    public static bool IsArray(ReadOnlySpan<byte> body) => body.TrimStart(" \t\r\n"u8).StartsWith("["u8);

    /// <summary>
    /// The elements of an array; a problem when the body is not one, well-formed to its end, or has more of them than
    /// the limit.
    /// </summary>
    public static ProblemResult? Split(ReadOnlyMemory<byte> body, int limit, List<IncomingEvent> events)
    {
        var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            {
                return Malformed("it must be an array of events");
            }
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                // Each costs more memory than its bytes, so a batch of very short ones is not just a short batch.
                if (events.Count == limit) return TooMany(limit);
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                events.Add(new IncomingEvent(body[start..(int)reader.BytesConsumed], 0, null));
            }
            return reader.Read() ? Malformed("something follows the array") : null;
        }
        catch (JsonException e)
        {
            return Malformed(
                $"it is not valid JSON at line {(e.LineNumber ?? 0) + 1}, byte "
                + $"{(e.BytePositionInLine ?? 0) + 1}");
        }
    }

    /// <summary>What a CloudEvent has that this server does not take, or null.</summary>
    public static EventReading.Rejected? CheckCloudEvent(ReadOnlySpan<byte> json)
    {
        string? version = null;
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("data_base64"u8))
                {
                    return Rejected("data_base64", "data_base64 is not taken; send JSON in data");
                }
                var isVersion = reader.ValueTextEquals("specversion"u8);
                reader.Read();
                if (isVersion && reader.TokenType == JsonTokenType.String) version = reader.GetString();
                reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // the event's reader says it better
        }
        return version == "1.0" ? null : Rejected("specversion", "specversion must be \"1.0\"");
    }

    private static EventReading.Rejected Rejected(string field, string message) =>
        new(EventProblem.MissingField, field, message, Id: null, Source: null);

    private static ProblemResult TooMany(int limit) => new(
        ProblemKind.OverLimit,
        $"The array has more than {limit} elements. Send less at a time, or a stream of lines (application/x-ndjson). "
        + "Nothing was taken.");

    private static ProblemResult Malformed(string what) =>
        new(ProblemKind.Malformed, $"The body cannot be read: {what}. Nothing was taken.");
}
