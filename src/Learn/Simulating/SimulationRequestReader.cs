using System.Text.Json;
using System.Text.Json.Serialization;
using DToC.Twin;

namespace DToC.Learn.Simulating;

/// <summary>A request, or why there is none.</summary>
/// <param name="Request">The request, checked; null when there is a fault.</param>
/// <param name="Fault">What is wrong, where, and what would be right; null when there is a request.</param>
public readonly record struct SimulationRequestReading(SimulationRequest? Request, string? Fault);

/// <summary>
/// Reads and writes requests as JSON: comments and trailing commas are allowed, unknown names are not.
/// </summary>
public static class SimulationRequestReader
{
    /// <summary>Most bytes of a request.</summary>
    public const int MaxBytes = 1 << 19;

    private static readonly JsonDocumentOptions Lenient = new()
    {
        AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip,
    };

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        AllowTrailingCommas = true,
        MaxDepth = 16,
        NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false,
        ReadCommentHandling = JsonCommentHandling.Skip,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            new InstantJson(),
            new RawJson(),
            new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
        },
    };

    /// <summary>Reads a request.</summary>
    /// <param name="utf8">The JSON.</param>
    /// <param name="from">What it is from, for the fault.</param>
    public static SimulationRequestReading Read(ReadOnlySpan<byte> utf8, string from)
    {
        if (utf8.Length > MaxBytes)
            return new(null, $"{from}: {utf8.Length} bytes; at most {MaxBytes} go.");
        try
        {
            var request = JsonSerializer.Deserialize<SimulationRequest>(utf8, Options);
            if (request is null) return new(null, $"{from}: it is null; it should be an object.");
            return request.Problem() is { } wrong ? new(null, $"{from}: {wrong}.") : new(request, null);
        }
        catch (JsonException e)
        {
            var line = e.LineNumber is { } number ? $" line {number + 1}" : "";
            return new(null, $"{from}{line}, at {e.Path ?? "$"}: {e.Message}");
        }
    }

    /// <summary>A request as JSON that reads as the same.</summary>
    public static byte[] Write(SimulationRequest request) => JsonSerializer.SerializeToUtf8Bytes(request, Options);

    /// <summary>JSON that is kept as it was written, for another reader.</summary>
    private sealed class RawJson : JsonConverter<ReadOnlyMemory<byte>>
    {
        public override ReadOnlyMemory<byte> Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.GetArrayLengthOrThrow() == 0
                ? ReadOnlyMemory<byte>.Empty
                : System.Text.Encoding.UTF8.GetBytes(document.RootElement.GetRawText());
        }

        public override void Write(
            Utf8JsonWriter writer, ReadOnlyMemory<byte> value, JsonSerializerOptions options)
        {
            if (value.IsEmpty)
            {
                writer.WriteStartArray();
                writer.WriteEndArray();
                return;
            }
            using var document = JsonDocument.Parse(value, Lenient);
            document.RootElement.WriteTo(writer);
        }
    }

    private static int GetArrayLengthOrThrow(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array
            ? element.GetArrayLength()
            : throw new JsonException("scenarios is a list: [{\"name\": ..., \"levers\": [...]}].");
}
