using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>An event that waits for a person: it is well-formed but cannot be folded as it is.</summary>
/// <param name="Json">The event as received.</param>
/// <param name="Problem">Why it was not folded.</param>
/// <param name="Field">Where, for example <c>properties.total</c>.</param>
/// <param name="Message">What was wrong and what would be right.</param>
/// <param name="Source">The event's source, or null.</param>
/// <param name="EventId">The event's own id, or null.</param>
/// <param name="ReceivedAt">When it came.</param>
public sealed record QuarantinedEvent(
    ReadOnlyMemory<byte> Json, EventProblem Problem, string Field, string Message, string? Source,
    string? EventId,
    Instant ReceivedAt)
{
    private const byte Format = 1;

    /// <summary>Hash of the bytes: the same event sent again is kept once.</summary>
    public ulong ContentHash => StableHash.Of(Json.Span);

    /// <summary>
    /// Names it to people and programs: milliseconds of receipt in 15 digits, a hyphen, the hash.
    /// </summary>
    public string Id => IdOf(ReceivedAt, ContentHash);

    /// <summary>The id of an event received then with this hash; ids sort by time of receipt.</summary>
    public static string IdOf(Instant receivedAt, ulong contentHash) =>
        string.Create(CultureInfo.InvariantCulture, $"{receivedAt.UnixMs:d15}-{contentHash:x16}");

    /// <summary>Reads an id; false when it is not one.</summary>
    public static bool TryParseId(string id, out Instant receivedAt, out ulong contentHash)
    {
        (receivedAt, contentHash) = (Instant.Never, 0);
        if (id.Length != 32 || id[15] != '-') return false;
        var isId = long.TryParse(
            id.AsSpan(0, 15), NumberStyles.None, CultureInfo.InvariantCulture, out var ms)
            & ulong.TryParse(
                id.AsSpan(16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out contentHash);
        receivedAt = new Instant(ms);
        return isId && string.Equals(id, IdOf(receivedAt, contentHash), StringComparison.Ordinal);
    }

    /// <summary>
    /// Whether one of the subject's customer ids or identifiers stands in it as a value, whole. What is not JSON is
    /// searched for them as text.
    /// </summary>
    public bool Mentions(DataSubject subject)
    {
        try
        {
            return MentionsIn(new Utf8JsonReader(Json.Span), subject);
        }
        catch (JsonException)
        {
            return Values(subject).Any(value => Json.Span.IndexOf(Encoding.UTF8.GetBytes(value)) >= 0);
        }
    }

    private static bool MentionsIn(Utf8JsonReader reader, DataSubject subject)
    {
        while (reader.Read())
        {
            var isValue = reader.TokenType is JsonTokenType.String or JsonTokenType.Number;
            if (!isValue) continue;
            var text = reader.TokenType == JsonTokenType.String
                ? reader.GetString()! : Encoding.UTF8.GetString(reader.ValueSpan); // a string token has a string
            if (Values(subject).Contains(text, StringComparer.Ordinal)) return true;
        }
        return false;
    }

    private static IEnumerable<string> Values(DataSubject subject) =>
        subject.Customers.Concat(subject.Identifiers.Select(identifier => identifier.Value));

    /// <summary>The stored form, inside the envelope.</summary>
    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>(Json.Length + 128);
        Envelope.BeginPlain(buffer);
        Write(new BinaryFormWriter(buffer));
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a
    /// quarantined event of a format this build knows.</exception>
    public static QuarantinedEvent FromBytes(ReadOnlyMemory<byte> stored)
    {
        var reader = new BinaryFormReader(Envelope.Open(stored.Span));
        return Read(ref reader);
    }

    internal void Write(BinaryFormWriter writer)
    {
        writer.Byte(Format);
        writer.Signed(ReceivedAt.UnixMs);
        writer.Byte((byte)Problem);
        writer.Text(Field);
        writer.Text(Message);
        writer.Text(Source ?? "");
        writer.Text(EventId ?? "");
        writer.Bytes(Json.Span);
    }

    internal static QuarantinedEvent Read(ref BinaryFormReader reader)
    {
        var format = reader.Byte();
        if (format != Format)
        {
            throw new InvalidDataException(
                $"Quarantine format {format} is not known; this build knows {Format}.");
        }
        var receivedAt = new Instant(reader.Signed());
        var problem = (EventProblem)reader.Byte();
        var (field, message, source, id) = (reader.Text(), reader.Text(), reader.Text(), reader.Text());
        return new QuarantinedEvent(
            reader.Bytes().ToArray(), problem, field, message, source.Length == 0 ? null : source,
            id.Length == 0 ? null : id, receivedAt);
    }
}
