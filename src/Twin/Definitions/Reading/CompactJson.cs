using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DToC.Twin.Definitions.Reading;

/// <summary>Writes a part of a document back as JSON without blanks and comments; numbers stay as written.</summary>
internal static class CompactJson
{
    private static readonly JsonWriterOptions Options = new()
    {
        // The text goes to destinations as JSON, never into HTML, so only what JSON asks for is escaped.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The value in UTF-8.</summary>
    public static ReadOnlySpan<byte> Of(JsoncNode node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
            Write(writer, node);
        return buffer.WrittenSpan;
    }

    /// <summary>The value as text.</summary>
    public static string TextOf(JsoncNode node) => Encoding.UTF8.GetString(Of(node));

    private static void Write(Utf8JsonWriter writer, JsoncNode node)
    {
        switch (node)
        {
            case JsoncObject found:
                writer.WriteStartObject();
                foreach (var member in found.Members.Values)
                {
                    writer.WritePropertyName(member.Key);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsoncList list:
                writer.WriteStartArray();
                foreach (var item in list.Items)
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            case JsoncText text:
                writer.WriteStringValue(text.Value);
                break;
            case JsoncNumber number:
                writer.WriteRawValue(number.Written);
                break;
            case JsoncBoolean flag:
                writer.WriteBooleanValue(flag.Value);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
