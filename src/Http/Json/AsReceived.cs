using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace DToC.Http.Json;

/// <summary>
/// Writes JSON that somebody sent, an event's properties for example, as it came. Its texts may hold what is no
/// Unicode, such as half of a surrogate pair: taken apart and written anew, one of them would end a whole answer in
/// its middle.
/// </summary>
internal sealed class AsReceived : JsonConverter<JsonElement>
{
    /// <inheritdoc/>
    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonElement.ParseValue(ref reader);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        if (Utf8.IsValid(raw)) writer.WriteRawValue(raw, skipInputValidation: true);
        // Bytes that are no text are shown as U+FFFD.
        else writer.WriteRawValue(Encoding.UTF8.GetString(raw), skipInputValidation: true);
    }
}
