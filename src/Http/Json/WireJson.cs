using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DToC.Twin;
using DToC.Twin.Views;

namespace DToC.Http.Json;

/// <summary>How the API writes and reads JSON: camelCase names and words, moments in RFC 3339.</summary>
public static class WireJson
{
    /// <summary>The options of every body.</summary>
    public static readonly JsonSerializerOptions Options =
        Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <summary>Sets them on options of another owner.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.MaxDepth = 32;
        options.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new InstantJson());
        options.Converters.Add(
            new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.TypeInfoResolver =
            JsonTypeInfoResolver.Combine(TwinJson.Default, new DefaultJsonTypeInfoResolver());
        return options;
    }

    /// <summary>A word of an enumeration as it stands on the wire.</summary>
    public static string Word<TEnum>(TEnum value)
        where TEnum : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}

/// <summary>A moment in RFC 3339, in UTC with milliseconds; null in place of one that never was.</summary>
internal sealed class InstantJson : JsonConverter<Instant>
{
    public override Instant Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TryParse(reader.GetString(), out var at)
            ? at
            : throw new JsonException(
            "A time must be RFC 3339 with an offset, such as 2026-03-01T12:00:00Z.");

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
        if (time is null || time.Length < 20
            || !(time[^1] is 'Z' or 'z' || time[^3] == ':' && time[^6] is '+' or '-'))
        {
            return false;
        }
        if (!DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed))
        {
            return false;
        }
        at = Instant.From(parsed);
        return true;
    }
}

/// <summary>What is written often, generated at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TwinView))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(string))]
internal sealed partial class TwinJson : JsonSerializerContext;
