using System.Buffers;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// A twin's state outside its grain's record: in a checkpoint, or on its way into another twin. A checkpoint of several
/// that are united also has the part of each, so that they can be split when the rows behind it are gone; a part is
/// such a form again, and its state has the turn facts as of when it was written.
/// </summary>
internal static class CheckpointForm
{
    // No state format will have this number.
    private const byte WithParts = 255;

    public static byte[] Write(CustomerState state) => Write(state, []);

    public static byte[] Write(CustomerState state, IReadOnlyList<CheckpointPart> parts)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Envelope.BeginPlain(buffer);
        if (parts.Count > 0)
        {
            var writer = new BinaryFormWriter(buffer);
            writer.Byte(WithParts);
            writer.Unsigned((ulong)parts.Count);
            foreach (var part in parts)
            {
                writer.Text(part.Customer);
                writer.Bytes(part.Checkpoint.Span);
            }
        }
        StateCodec.Write(state, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads it, carried over to the current plan.</summary>
    public static CustomerState Read(ReadOnlyMemory<byte> payload, PlanCatalog plans) => Read(payload, plans, out _);

    /// <summary>Reads it, carried over to the current plan.</summary>
    /// <param name="payload">As it was written.</param>
    /// <param name="plans">The definitions known.</param>
    /// <param name="parts">What it has of each; empty when it is of one alone.</param>
    public static CustomerState Read(
        ReadOnlyMemory<byte> payload, PlanCatalog plans, out IReadOnlyList<CheckpointPart> parts)
    {
        var inside = Envelope.Open(payload.Span);
        parts = [];
        if (inside.Length > 0 && inside[0] == WithParts)
        {
            var reader = new BinaryFormReader(inside[1..]);
            var read = new CheckpointPart[reader.Count(CustomerState.MaxMerged + 1)];
            for (var i = 0; i < read.Length; i++) read[i] = new CheckpointPart(reader.Text(), reader.Bytes().ToArray());
            parts = read;
            inside = reader.Rest;
        }
        return StateMigration.To(plans.Current, StateCodec.Read(inside, plans));
    }
}

/// <summary>What a checkpoint has of one of those united in it, with those who came along.</summary>
/// <param name="Customer">Who.</param>
/// <param name="Checkpoint">In the form of a checkpoint.</param>
internal sealed record CheckpointPart(string Customer, ReadOnlyMemory<byte> Checkpoint);
