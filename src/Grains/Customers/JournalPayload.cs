using System.Buffers;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// What a customer's journal entries hold. An event is its JSON as received; the other kinds are small binary forms.
/// All stand inside the envelope.
/// </summary>
public static class JournalPayload
{
    /// <summary>An event's JSON.</summary>
    public static byte[] OfEvent(ReadOnlySpan<byte> json) => Envelope.Seal(json);

    /// <summary>Consents said in one turn.</summary>
    public static byte[] OfConsents(string source, IReadOnlyList<ConsentChange> changes) => Sealed(writer =>
    {
        writer.Text(source);
        writer.Unsigned((ulong)changes.Count);
        foreach (var change in changes)
        {
            writer.Text(change.Purpose);
            writer.Byte((byte)change.Status);
        }
        // Behind what the first builds read; where there is no more to say an entry ends as theirs did.
        if (changes.All(static change => change == new ConsentChange(change.Purpose, change.Status))) return;
        foreach (var change in changes)
        {
            writer.Byte((byte)((change.IsExplicit ? 1 : 0) | (change.IsSignal ? 2 : 0)
                | (change.IsRestricted switch { true => 4, false => 8, null => 0 })));
            writer.Text(change.TextVersion);
            writer.Signed(change.Expires.UnixMs);
        }
    });

    /// <summary>Reads consents.</summary>
    /// <exception cref="InvalidDataException">The bytes are not consents.</exception>
    public static (string Source, IReadOnlyList<ConsentChange> Changes) ReadConsents(ReadOnlyMemory<byte> payload)
    {
        var reader = new BinaryFormReader(Envelope.Open(payload.Span));
        var source = reader.Text();
        var changes = new ConsentChange[reader.Count(1_024)];
        for (var i = 0; i < changes.Length; i++)
            changes[i] = new ConsentChange(reader.Text(), (ConsentStatus)reader.Choice((int)ConsentStatus.Objected));
        if (reader.AtEnd) return (source, changes);
        for (var i = 0; i < changes.Length; i++)
        {
            var also = reader.Byte();
            changes[i] = changes[i] with
            {
                IsExplicit = (also & 1) != 0,
                IsSignal = (also & 2) != 0,
                IsRestricted = (also & 4) != 0 ? true : (also & 8) != 0 ? false : null,
                TextVersion = reader.Text(),
                Expires = new Instant(reader.Signed()),
            };
        }
        return (source, changes);
    }

    /// <summary>Attributes set in one turn.</summary>
    public static byte[] OfAttributes(CustomerMessage.SetAttributes message) => Sealed(writer =>
    {
        writer.Byte((byte)message.Origin);
        writer.Text(message.Source);
        writer.Unsigned((ulong)message.Changes.Count);
        foreach (var change in message.Changes)
        {
            writer.Text(change.Attribute);
            writer.Byte(change.Text is null ? (byte)0 : (byte)1);
            if (change.Text is { } text) writer.Text(text);
            else writer.Real(change.Number ?? double.NaN);
        }
    });

    /// <summary>Reads attributes.</summary>
    /// <exception cref="InvalidDataException">The bytes are not attributes.</exception>
    public static CustomerMessage.SetAttributes ReadAttributes(JournalEntry entry)
    {
        var reader = new BinaryFormReader(Envelope.Open(entry.Payload.Span));
        var origin = (AttributeOrigin)reader.Byte();
        var source = reader.Text();
        var changes = new AttributeChange[reader.Count(1_024)];
        for (var i = 0; i < changes.Length; i++)
        {
            var name = reader.Text();
            changes[i] = reader.Byte() == 1
                ? new AttributeChange(name, reader.Text(), null)
                : new AttributeChange(name, null, reader.Real());
        }
        return new CustomerMessage.SetAttributes(origin, source, entry.OccurredAt, changes);
    }

    /// <summary>A merged customer and its state.</summary>
    public static byte[] OfMerge(CustomerMessage.Absorb message) => Sealed(writer =>
    {
        writer.Text(message.Customer);
        writer.Bytes(message.State.Span);
    });

    /// <summary>Reads a merged customer, its state carried over to the current plan.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a merge.</exception>
    public static (string Customer, CustomerState State) ReadMerge(ReadOnlyMemory<byte> payload, PlanCatalog plans)
    {
        var reader = new BinaryFormReader(Envelope.Open(payload.Span));
        var customer = reader.Text();
        return (customer, CheckpointForm.Read(reader.Bytes().ToArray(), plans));
    }

    private static byte[] Sealed(Action<BinaryFormWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Envelope.BeginPlain(buffer);
        write(new BinaryFormWriter(buffer));
        return buffer.WrittenSpan.ToArray();
    }
}
