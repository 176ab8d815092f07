using System.Buffers;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// What a customer's journal entries hold. An event is its JSON as received; the other kinds are small binary forms.
/// All stand inside the envelope. What was sent to one of those merged into the customer names that one.
/// </summary>
public static class JournalPayload
{
    // No JSON begins with it, nor with the next.
    private const byte Addressed = 1;

    // With a persona, and behind it an addressee or an empty text.
    private const byte InChosen = 2;

    /// <summary>An event's JSON.</summary>
    /// <param name="json">As received.</param>
    /// <param name="for">To whom it was sent, if not to the journal's owner.</param>
    /// <param name="persona">The persona that the customer had chosen, where that makes it one of its events.</param>
    public static byte[] OfEvent(ReadOnlyMemory<byte> json, string? @for = null, string? persona = null) =>
        @for is null && persona is null ? Envelope.Seal(json.Span) : Sealed(writer =>
        {
            writer.Byte(persona is null ? Addressed : InChosen);
            if (persona is not null) writer.Text(persona);
            writer.Text(@for ?? "");
            writer.Raw(json.Span);
        });

    /// <summary>The JSON of an event.</summary>
    /// <exception cref="InvalidDataException">The bytes are not an event.</exception>
    public static ReadOnlyMemory<byte> ReadEvent(ReadOnlyMemory<byte> payload) => Header(payload).Json;

    /// <summary>The persona that the customer's choice gave an event, or null.</summary>
    /// <exception cref="InvalidDataException">The bytes are not an event.</exception>
    public static string? ChosenOf(ReadOnlyMemory<byte> payload) => Header(payload).Persona;

    /// <summary>
    /// To whom what stands in an entry was sent; null for the journal's owner. Of entries that are the owner's by their
    /// kind (decisions, merges, checkpoints) it is null.
    /// </summary>
    /// <exception cref="InvalidDataException">The bytes are not an entry of the kind.</exception>
    public static string? ForOf(JournalEntry entry) => entry.Kind switch
    {
        JournalKind.Event or JournalKind.AlsoSent => Header(entry.Payload).For,
        JournalKind.Consents => ReadWholeConsents(entry.Payload).For,
        JournalKind.Attributes => ReadAttributes(entry).For,
        _ => null,
    };

    /// <summary>An entry sent to another.</summary>
    public static JournalEntry For(JournalEntry entry, string? @for) => entry.Kind switch
    {
        JournalKind.Event or JournalKind.AlsoSent =>
            entry with { Payload = OfEvent(ReadEvent(entry.Payload), @for, ChosenOf(entry.Payload)) },
        JournalKind.Consents when ReadConsents(entry.Payload) is var (source, changes) =>
            entry with { Payload = OfConsents(source, changes, @for) },
        JournalKind.Attributes => entry with { Payload = OfAttributes(ReadAttributes(entry) with { For = @for }) },
        _ => entry,
    };

    private static (string? For, string? Persona, ReadOnlyMemory<byte> Json) Header(ReadOnlyMemory<byte> payload)
    {
        var inside = Envelope.Open(payload);
        if (inside.Length == 0 || inside.Span[0] is not (Addressed or InChosen)) return (null, null, inside);
        var reader = new BinaryFormReader(inside.Span[1..]);
        var persona = inside.Span[0] == InChosen ? reader.Text() : null;
        var @for = reader.Text();
        return (@for.Length == 0 ? null : @for, persona, inside[^reader.Rest.Length..]);
    }

    /// <summary>Consents said in one turn.</summary>
    public static byte[] OfConsents(
        string source, IReadOnlyList<ConsentChange> changes, string? @for = null) => Sealed(writer =>
    {
        writer.Text(source);
        writer.Unsigned((ulong)changes.Count);
        foreach (var change in changes)
        {
            writer.Text(change.Purpose);
            writer.Byte((byte)change.Status);
        }
        // Behind what the first builds read; where there is no more to say an entry ends as theirs did.
        var isPlain = changes.All(static change => change == new ConsentChange(change.Purpose, change.Status));
        if (isPlain && @for is null) return;
        foreach (var change in changes)
        {
            writer.Byte((byte)((change.IsExplicit ? 1 : 0) | (change.IsSignal ? 2 : 0)
                | (change.IsRestricted switch { true => 4, false => 8, null => 0 })));
            writer.Text(change.TextVersion);
            writer.Signed(change.Expires.UnixMs);
        }
        if (@for is not null) writer.Text(@for);
    });

    /// <summary>Reads consents.</summary>
    /// <exception cref="InvalidDataException">The bytes are not consents.</exception>
    public static (string Source, IReadOnlyList<ConsentChange> Changes) ReadConsents(ReadOnlyMemory<byte> payload)
    {
        var (source, changes, _) = ReadWholeConsents(payload);
        return (source, changes);
    }

    private static (string Source, IReadOnlyList<ConsentChange> Changes, string? For) ReadWholeConsents(
        ReadOnlyMemory<byte> payload)
    {
        var reader = new BinaryFormReader(Envelope.Open(payload.Span));
        var source = reader.Text();
        var changes = new ConsentChange[reader.Count(1_024)];
        for (var i = 0; i < changes.Length; i++)
            changes[i] = new ConsentChange(reader.Text(), (ConsentStatus)reader.Choice((int)ConsentStatus.Objected));
        if (reader.AtEnd) return (source, changes, null);
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
        return (source, changes, reader.AtEnd ? null : reader.Text());
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
        if (message.For is not null) writer.Text(message.For);
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
        return new CustomerMessage.SetAttributes(origin, source, entry.OccurredAt, changes)
        {
            For = reader.AtEnd ? null : reader.Text(),
        };
    }

    /// <summary>A customer that was taken in.</summary>
    public static byte[] OfMerge(MergeRecord merge) => Sealed(writer =>
    {
        writer.Text(merge.Customer);
        writer.Bytes(merge.State.Span);
        // Behind what the first builds read.
        writer.Signed(merge.Move);
        writer.Text(merge.Into ?? "");
        writer.Bytes(merge.Before.Span);
    });

    /// <summary>Reads a customer that was taken in.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a merge.</exception>
    public static MergeRecord ReadMerge(ReadOnlyMemory<byte> payload)
    {
        var reader = new BinaryFormReader(Envelope.Open(payload.Span));
        var merge = new MergeRecord(reader.Text(), reader.Bytes().ToArray());
        if (reader.AtEnd) return merge;
        var move = reader.Signed();
        var into = reader.Text();
        return merge with { Move = move, Into = into.Length == 0 ? null : into, Before = reader.Bytes().ToArray() };
    }

    /// <summary>
    /// Customers that were split off, the one it was asked of first, by the moves that had led them here. Not by their
    /// ids, which an erasure of them would not find here.
    /// </summary>
    public static byte[] OfSplit(IReadOnlyList<(string Mark, long Move)> parted) => Sealed(writer =>
    {
        writer.Unsigned((ulong)parted.Count);
        foreach (var (mark, move) in parted)
        {
            writer.Text(mark);
            writer.Signed(move);
        }
    });

    /// <summary>Reads customers that were split off.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a split.</exception>
    public static IReadOnlyList<(string Mark, long Move)> ReadSplit(ReadOnlyMemory<byte> payload)
    {
        var reader = new BinaryFormReader(Envelope.Open(payload.Span));
        var parted = new (string, long)[reader.Count(CustomerState.MaxMerged)];
        for (var i = 0; i < parted.Length; i++) parted[i] = (reader.Text(), reader.Signed());
        return parted;
    }

    private static byte[] Sealed(Action<BinaryFormWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Envelope.BeginPlain(buffer);
        write(new BinaryFormWriter(buffer));
        return buffer.WrittenSpan.ToArray();
    }
}
