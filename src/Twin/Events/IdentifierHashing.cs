using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace DToC.Twin.Events;

/// <summary>
/// Puts keyed hashes in the place of identifiers that a definition keeps as hashes: <c>h1:</c> and, in lower-case
/// hexadecimal, the first 16 bytes of HMAC-SHA256 (RFC 2104, FIPS 180-4) over name, line feed and normalized value.
/// Without the key nobody can tell which values they stand for, or try those that come to mind.
/// </summary>
public sealed class IdentifierHashing
{
    /// <summary>Bytes of a key.</summary>
    public const int KeyBytes = 32;

    /// <summary>How a hash begins.</summary>
    public const string Prefix = "h1:";

    private const int HashBytes = 16;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly byte[] _key;

    /// <param name="key">The key; the same value has another hash under another key.</param>
    /// <exception cref="ArgumentException">The key does not have <see cref="KeyBytes"/> bytes.</exception>
    public IdentifierHashing(ReadOnlyMemory<byte> key)
    {
        if (key.Length != KeyBytes)
            throw new ArgumentException($"A key of identifiers has {KeyBytes} bytes, not {key.Length}.", nameof(key));
        _key = key.ToArray();
    }

    /// <summary>Whether a value has the form of a hash. Such a value is taken for one, so that events can be sent
    /// again as they were stored.</summary>
    public static bool IsHash(string value) =>
        value.Length == Prefix.Length + 2 * HashBytes && value.StartsWith(Prefix, StringComparison.Ordinal)
        && !value.AsSpan(Prefix.Length).ContainsAnyExcept(HexDigits);

    /// <summary>The hash of a normalized value.</summary>
    public string HashOf(string name, string value)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{name}\n{value}"), hash);
        return Prefix + Convert.ToHexStringLower(hash[..HashBytes]);
    }

    /// <summary>
    /// The event with hashes for identifiers that are kept as such; itself where there are none, and where it is no
    /// event that a reader would take or keep for a person to repair.
    /// </summary>
    /// <param name="json">An event.</param>
    /// <param name="schema">Says which identifiers are kept as hashes.</param>
    /// <param name="limits">Of the reader that will read it.</param>
    public ReadOnlyMemory<byte> Hide(ReadOnlyMemory<byte> json, EventSchema schema, EventLimits limits)
    {
        if (!schema.HashesIdentifiers || json.Length > limits.MaxEventBytes) return json;
        var places = new List<(Range Value, string Hash)>();
        try
        {
            var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = limits.MaxNesting });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return json;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isThere = reader.ValueTextEquals("identifiers"u8);
                reader.Read();
                if (isThere && reader.TokenType == JsonTokenType.StartObject) Find(ref reader, schema, limits, places);
                else reader.Skip();
            }
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // The reader refuses it and says why; what is refused so is kept nowhere.
            return json;
        }
        return places.Count == 0 ? json : Replaced(json.Span, places);
    }

    private void Find(
        ref Utf8JsonReader reader, EventSchema schema, EventLimits limits, List<(Range Value, string Hash)> places)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var slot = schema.IdentifierSlot(reader.GetString() ?? "");
            reader.Read();
            if (slot < 0 || !schema.Identifiers[slot].IsHashed || reader.TokenType != JsonTokenType.String)
            {
                reader.Skip();
                continue;
            }
            var shape = schema.Identifiers[slot];
            var given = reader.GetString() ?? "";
            var value = shape.Normalized(given);
            // What the reader refuses, or passes over as nobody's, stays for it to see.
            if (string.IsNullOrWhiteSpace(given) || Encoding.UTF8.GetByteCount(given) > limits.MaxCustomerBytes
                || schema.Nobody.Contains(shape.Name, value) || IsHash(given))
            {
                continue;
            }
            places.Add(((int)reader.TokenStartIndex..(int)reader.BytesConsumed, HashOf(shape.Name, value)));
        }
    }

    private static byte[] Replaced(ReadOnlySpan<byte> json, List<(Range Value, string Hash)> places)
    {
        var output = new ArrayBufferWriter<byte>(json.Length + places.Count * 40);
        var from = 0;
        foreach (var (value, hash) in places)
        {
            output.Write(json[from..value.Start.Value]);
            output.Write("\""u8);
            output.Write(Encoding.UTF8.GetBytes(hash));
            output.Write("\""u8);
            from = value.End.Value;
        }
        output.Write(json[from..]);
        return output.WrittenSpan.ToArray();
    }
}
