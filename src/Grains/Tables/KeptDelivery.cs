using System.Buffers;
using System.Globalization;
using DToC.Twin;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>A published effect that a destination was not brought yet, or that could not be brought to it.</summary>
/// <param name="Effect">Which effect: names it to everyone, however often it is sent.</param>
/// <param name="Topic">What it is about.</param>
/// <param name="Payload">As it was published.</param>
/// <param name="Since">When it was published.</param>
/// <param name="Attempts">Times it was tried.</param>
/// <param name="At">When it is to be tried again; of a dead letter, when it was given up.</param>
/// <param name="Reason">What came of the last attempt, a word; empty before the first.</param>
public sealed record KeptDelivery(
    EffectId Effect, Topic Topic, ReadOnlyMemory<byte> Payload, Instant Since, int Attempts, Instant At, string Reason)
{
    /// <summary>First letter of the row of one that waits; its number follows.</summary>
    public const char Waiting = 'w';

    /// <summary>First letter of the row of a dead letter; its number follows.</summary>
    public const char Dead = 'd';

    private const byte Format = 1;

    /// <summary>A row's name; those of one letter are in the order of their numbers.</summary>
    public static string RowOf(char letter, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{letter}{number:x16}");

    /// <summary>The number in a row's name.</summary>
    /// <exception cref="FormatException">It is no such name.</exception>
    public static long NumberOf(string row) =>
        long.Parse(row.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>The stored form, inside the envelope.</summary>
    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>(Payload.Length + 128);
        Envelope.BeginPlain(buffer);
        var writer = new BinaryFormWriter(buffer);
        writer.Byte(Format);
        writer.Byte((byte)Effect.Sender.Kind);
        writer.Text(Effect.Sender.Id);
        writer.Unsigned((ulong)Effect.Sequence);
        writer.Byte((byte)Topic);
        writer.Signed(Since.UnixMs);
        writer.Unsigned((ulong)Attempts);
        writer.Signed(At.UnixMs);
        writer.Text(Reason);
        writer.Bytes(Payload.Span);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a delivery of a format this build knows.</exception>
    public static KeptDelivery FromBytes(ReadOnlyMemory<byte> stored)
    {
        var reader = new BinaryFormReader(Envelope.Open(stored.Span));
        var format = reader.Byte();
        if (format != Format)
            throw new InvalidDataException($"Delivery format {format} is not known; this build knows {Format}.");
        var effect = new EffectId(
            new GrainKey((GrainKind)reader.Byte(), reader.Text()), (long)reader.Unsigned());
        var (topic, since) = ((Topic)reader.Byte(), new Instant(reader.Signed()));
        var (attempts, at, reason) = (reader.Count(int.MaxValue), new Instant(reader.Signed()), reader.Text());
        return new KeptDelivery(effect, topic, reader.Bytes().ToArray(), since, attempts, at, reason);
    }
}
