using System.Buffers;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>
/// The payload of a checkpoint: the state with the source of the definition it was folded under, so that it can be
/// read when no other state names that definition any more.
/// </summary>
internal static class CheckpointForm
{
    public static byte[] Write(CustomerState state)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Envelope.BeginPlain(buffer);
        new BinaryFormWriter(buffer).Bytes(state.Plan.Source.Span);
        StateCodec.Write(state, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    public static CustomerState Read(ReadOnlyMemory<byte> payload, TwinPlan plan)
    {
        var reader = new BinaryFormReader(Envelope.Open(payload.Span));
        var source = reader.Bytes();
        var written = source.SequenceEqual(plan.Source.Span) ? plan : Load(source.ToArray());
        return StateMigration.To(plan, StateCodec.Read(reader.Rest, new PlanCatalog(written)));
    }

    private static TwinPlan Load(byte[] source) => TwinPlan.Load(source, "checkpoint") switch
    {
        PlanCompilation.Compiled compiled => compiled.Plan,
        _ => throw new InvalidDataException("The definition of a checkpoint no longer compiles in this build."),
    };
}
