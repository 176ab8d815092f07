using System.Buffers;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Conformance;

/// <summary>Stored forms of the probe: state, messages that travel, published payloads.</summary>
public static class ProbeCodec
{
    private const byte Format = 1;

    /// <summary>Writes a state.</summary>
    public static void Write(ProbeState state, IBufferWriter<byte> output)
    {
        var writer = new StoredWriter(output);
        writer.Byte(Format);
        writer.Number(state.Version);
        writer.Number(state.EffectSequence);
        writer.Hash(state.PlanHash);
        writer.Number(state.Total);
        writer.Number(state.Count);
        writer.Hash(state.Checksum);
        writer.Mark(state.Newest);
        writer.Number(state.Recent.Count);
        foreach (var mark in state.Recent) writer.Mark(mark);
        writer.Time(state.NewestForgotten);
        writer.Table(state.Received);
        writer.Number(state.ReceivedTotal);
        writer.Table(state.Sent);
        writer.Number(state.Told);
        writer.Table(state.Wakes);
        writer.Number(state.Woken);
        writer.Table(state.Spent);
        writer.Number(state.RowCount);
        writer.Text(state.MovedTo ?? "");
        writer.Time(state.LastNow);
        writer.Number((int)state.Alarms);
        writer.Number(state.Generation);
    }

    /// <summary>Reads a state.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a state of this format.</exception>
    public static ProbeState ReadState(ReadOnlySpan<byte> bytes)
    {
        var reader = Open(bytes, "probe state");
        var state = new ProbeState
        {
            Version = reader.Number(),
            EffectSequence = reader.Number(),
            PlanHash = reader.Hash(),
            Total = reader.Number(),
            Count = reader.Number(),
            Checksum = reader.Hash(),
            Newest = reader.Mark(),
        };
        for (var left = reader.Length(); left > 0; left--) state.Recent.Add(reader.Mark());
        state.NewestForgotten = reader.Time();
        reader.Table(state.Received);
        state.ReceivedTotal = reader.Number();
        reader.Table(state.Sent);
        state.Told = reader.Number();
        reader.Table(state.Wakes);
        state.Woken = reader.Number();
        reader.Table(state.Spent);
        state.RowCount = reader.Number();
        state.MovedTo = reader.Text() is { Length: > 0 } to ? to : null;
        state.LastNow = reader.Time();
        state.Alarms = (ProbeAlarms)reader.Number();
        state.Generation = reader.Number();
        reader.End();
        return state;
    }

    /// <summary>Writes a message that travels: <see cref="ProbeMessage.Received"/> or a move.</summary>
    /// <exception cref="ArgumentException">Another case.</exception>
    public static void Write(GrainMessage message, IBufferWriter<byte> output)
    {
        var writer = new StoredWriter(output);
        writer.Byte(Format);
        switch (message)
        {
            case ProbeMessage.Received received:
                writer.Byte(1);
                writer.Text(received.From);
                writer.Text(received.Addressee);
                writer.Number(received.Number);
                writer.Number(received.Amount);
                break;
            case ProbeMessage.Move move:
                writer.Byte(2);
                writer.Text(move.To);
                break;
            default:
                var name = message.GetType().Name;
                throw new ArgumentException($"{name} does not travel as an effect.", nameof(message));
        }
    }

    /// <summary>Reads a message.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a message of this format.</exception>
    public static GrainMessage ReadMessage(ReadOnlySpan<byte> bytes)
    {
        var reader = Open(bytes, "probe message");
        var tag = reader.Byte();
        GrainMessage message = tag switch
        {
            1 => new ProbeMessage.Received(reader.Text(), reader.Text(), reader.Number(), reader.Number()),
            2 => new ProbeMessage.Move(reader.Text()),
            _ => throw new InvalidDataException($"No probe message has the tag {tag}."),
        };
        reader.End();
        return message;
    }

    /// <summary>The payload of a published effect.</summary>
    public static byte[] Bytes(ProbePublished published)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new StoredWriter(output);
        writer.Byte(Format);
        writer.Number(published.Number);
        writer.Text(published.Id);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads the payload of a published effect.</summary>
    /// <exception cref="InvalidDataException">The bytes are not such a payload.</exception>
    public static ProbePublished ReadPublished(ReadOnlySpan<byte> bytes)
    {
        var reader = Open(bytes, "probe payload");
        var published = new ProbePublished(reader.Number(), reader.Text());
        reader.End();
        return published;
    }

    private static StoredReader Open(ReadOnlySpan<byte> bytes, string what)
    {
        var reader = new StoredReader(bytes);
        var format = reader.Byte();
        return format == Format
            ? reader
            : throw new InvalidDataException($"A {what} of format {format}; this build reads {Format}.");
    }
}
