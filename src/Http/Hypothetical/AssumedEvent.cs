using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using DToC.Http.Json;

namespace DToC.Http.Hypothetical;

/// <summary>
/// An event as it is assumed: without customer and identifiers, so that it leads to nobody, and with an id if it has
/// none.
/// </summary>
internal static class AssumedEvent
{
    private static readonly string[] WhoItIs = ["customer", "subject", "identifiers"];

    /// <summary>The customer that the body of an event names, or null.</summary>
    public static string? CustomerOf(JsonElement json)
    {
        foreach (var name in (ReadOnlySpan<string>)["customer", "subject"])
        {
            if (json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
                return QuotedText.Of(value);
        }
        return null;
    }

    /// <summary>The event for a reader, which wants to know whose it is.</summary>
    /// <param name="json">An object.</param>
    /// <param name="number">Numbers the events of a hypothetical twin.</param>
    public static byte[] ForReader(JsonElement json, int number)
    {
        var output = new ArrayBufferWriter<byte>(512);
        output.Write("{\"customer\":\"assumed\""u8);
        var hasId = false;
        foreach (var property in json.EnumerateObject())
        {
            if (Array.Exists(WhoItIs, property.NameEquals)) continue;
            hasId |= property.NameEquals("id") && property.Value.ValueKind != JsonValueKind.Null;
            // As it came: what is no Unicode is found by the reader.
            output.Write(",\""u8);
            output.Write(JsonMarshal.GetRawUtf8PropertyName(property));
            output.Write("\":"u8);
            output.Write(JsonMarshal.GetRawUtf8Value(property.Value));
        }
        if (!hasId) output.Write(Encoding.UTF8.GetBytes($",\"id\":\"assumed-{number}\""));
        output.Write("}"u8);
        return output.WrittenSpan.ToArray();
    }
}
