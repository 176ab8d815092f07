using System.Buffers;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>A twin's state outside its grain's record: in a checkpoint, or on its way into another twin.</summary>
internal static class CheckpointForm
{
    public static byte[] Write(CustomerState state)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Envelope.BeginPlain(buffer);
        StateCodec.Write(state, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads it, carried over to the current plan.</summary>
    public static CustomerState Read(ReadOnlyMemory<byte> payload, PlanCatalog plans) =>
        StateMigration.To(plans.Current, StateCodec.Read(Envelope.Open(payload.Span), plans));
}
