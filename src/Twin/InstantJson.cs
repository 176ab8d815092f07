using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DToC.Twin;

/// <summary>A moment in RFC 3339, in UTC with milliseconds; null in place of one that never was.</summary>
public sealed class InstantJson : JsonConverter<Instant>
{
    /// <inheritdoc/>
    public override Instant Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TryParse(reader.GetString(), out var at)
            ? at
            : throw new JsonException("A time must be RFC 3339 with an offset, such as 2026-03-01T12:00:00Z.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Instant value, JsonSerializerOptions options)
    {
        if (value.IsNever) writer.WriteNullValue();
        else writer.WriteStringValue(value.ToString());
    }

    /// <summary>Reads RFC 3339 with an offset.</summary>
    public static bool TryParse(string? text, out Instant at)
    {
        at = Instant.Never;
        // A plus in a query string that was not escaped arrives as a blank.
        var time = text?.Replace(' ', '+');
        if (time is null || time.Length < 20) return false;
        var hasOffset = time[^1] is 'Z' or 'z' || (time[^3] == ':' && time[^6] is '+' or '-');
        if (!hasOffset) return false;
        if (!DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed))
            return false;
        at = Instant.From(parsed);
        return true;
    }
}
