using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace DToC.Http.Events;

/// <summary>
/// CloudEvents 1.0, HTTP protocol binding, binary content mode: attributes in <c>ce-</c> headers, the data in
/// the body. Written as the structured form, which the event reader takes.
/// </summary>
internal static class BinaryCloudEvent
{
    private const string Prefix = "ce-";

    /// <summary>True when the request is one.</summary>
    public static bool Is(HttpRequest request) =>
        request.Headers.ContainsKey("ce-specversion") || request.Headers.ContainsKey("ce-id");

    /// <summary>The structured form.</summary>
    /// <exception cref="JsonException">The data is not JSON.</exception>
    public static ReadOnlyMemory<byte> ToStructured(IHeaderDictionary headers, ReadOnlyMemory<byte> data)
    {
        var buffer = new ArrayBufferWriter<byte>(data.Length + 256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, values) in headers)
            {
                if (!name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) continue;
                var attribute = name[Prefix.Length..].ToLowerInvariant();
                // These would be taken for the event's own members.
                if (attribute is "data" or "properties" or "context" or "identifiers" or "customer") continue;
                writer.WriteString(attribute, Decode(values.ToString()));
            }
            if (!data.IsEmpty)
            {
                writer.WritePropertyName("data"u8);
                WriteData(writer, data.Span);
            }
            writer.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    private static void WriteData(Utf8JsonWriter writer, ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = 128 });
        reader.Read();
        reader.Skip();
        if (reader.Read()) throw new JsonException("Something follows the data.");
        writer.WriteRawValue(data, skipInputValidation: true);
    }

    // Section 3.1.3.2 of the binding: values are percent-encoded, and may be quoted.
    private static string Decode(string value) =>
        Uri.UnescapeDataString(
            value.Length >= 2 && value[0] == '"' && value[^1] == '"' ? value[1..^1] : value);
}
