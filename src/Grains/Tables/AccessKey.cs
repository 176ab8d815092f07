using System.Buffers;
using DToC.Twin;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>What a key may do. The numbers are stored; they never change.</summary>
[Flags]
public enum KeyScopes : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Send events and attributes.</summary>
    Ingest = 1,

    /// <summary>Read twins.</summary>
    Read = 2,

    /// <summary>Ask for decisions and receive them.</summary>
    Decide = 4,

    /// <summary>Record consents and what else the customer may ask for.</summary>
    Privacy = 8,

    /// <summary>See to quarantine, figures and definitions.</summary>
    Operate = 16,

    /// <summary>All of it, and the keys themselves.</summary>
    Admin = 32,
}

/// <summary>How fast a key may send; 0 for no limit of its own.</summary>
/// <param name="EventsPerSecond">Events, and records of attributes.</param>
/// <param name="RequestsPerSecond">Requests of any kind, but those of operators.</param>
public readonly record struct KeyRate(int EventsPerSecond, int RequestsPerSecond);

/// <summary>A key of the API. Its text is known to its holder alone.</summary>
/// <param name="Id">Names it; 1 to 32 letters and digits.</param>
/// <param name="SecretHash">SHA-256 of the key's text, 32 bytes.</param>
/// <param name="Name">For people; at most 128 characters.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="Created">When it was issued.</param>
/// <param name="Expires">From when on it is not taken; <see cref="Instant.Never"/> for no end.</param>
/// <param name="Revoked">When it was revoked; <see cref="Instant.Never"/> while it was not.</param>
public sealed record AccessKey(
    string Id, ReadOnlyMemory<byte> SecretHash, string Name, KeyScopes Scopes, Instant Created,
    Instant Expires,
    Instant Revoked)
{
    private const byte Format = 1;

    // The first format with the rates behind it; a key without any keeps the first, which older builds read too.
    private const byte FormatWithRate = 2;

    /// <summary>How fast it may send.</summary>
    public KeyRate Rate { get; init; }

    /// <summary>Whether it is taken at a moment.</summary>
    public bool IsLive(Instant now) => Revoked.IsNever && (Expires.IsNever || now < Expires);

    /// <summary>Whether it may do what a scope covers; <see cref="KeyScopes.Admin"/> covers all.</summary>
    public bool Allows(KeyScopes scope) => (Scopes & (scope | KeyScopes.Admin)) != KeyScopes.None;

    /// <summary>The stored form, inside the envelope: a key's name may be a person's.</summary>
    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        Envelope.BeginPlain(buffer);
        var writer = new BinaryFormWriter(buffer);
        writer.Byte(Rate == default ? Format : FormatWithRate);
        writer.Text(Id);
        writer.Bytes(SecretHash.Span);
        writer.Text(Name);
        writer.Byte((byte)Scopes);
        writer.Signed(Created.UnixMs);
        writer.Signed(Expires.UnixMs);
        writer.Signed(Revoked.UnixMs);
        if (Rate != default)
        {
            writer.Signed(Rate.EventsPerSecond);
            writer.Signed(Rate.RequestsPerSecond);
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a key of a format this build
    /// knows.</exception>
    public static AccessKey FromBytes(ReadOnlyMemory<byte> stored)
    {
        var reader = new BinaryFormReader(Envelope.Open(stored.Span));
        var format = reader.Byte();
        if (format is not (Format or FormatWithRate))
        {
            throw new InvalidDataException(
                $"Key format {format} is not known; this build knows {Format} and {FormatWithRate}.");
        }
        var key = new AccessKey(
            reader.Text(), reader.Bytes().ToArray(), reader.Text(), (KeyScopes)reader.Byte(),
            new Instant(reader.Signed()), new Instant(reader.Signed()), new Instant(reader.Signed()));
        return format == Format ? key
            : key with { Rate = new KeyRate(checked((int)reader.Signed()), checked((int)reader.Signed())) };
    }
}
