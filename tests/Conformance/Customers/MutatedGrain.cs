using System.Buffers;
using DToC.Grains;
using DToC.Twin.Plan;

namespace DToC.Conformance;

/// <summary>A sound grain whose turns are tampered with from outside.</summary>
internal abstract class MutatedGrain(IGrain sound) : IGrain
{
    public GrainKind Kind => sound.Kind;

    public GrainState Create(GrainKey key, TwinPlan plan) => sound.Create(key, plan);

    public GrainState Decode(GrainKey key, ReadOnlySpan<byte> stored, PlanCatalog plans) =>
        sound.Decode(key, stored, plans);

    public void Encode(GrainState state, IBufferWriter<byte> output) => sound.Encode(state, output);

    public void EncodeMessage(GrainMessage message, IBufferWriter<byte> output) =>
        sound.EncodeMessage(message, output);

    public GrainMessage DecodeMessage(ReadOnlySpan<byte> stored) => sound.DecodeMessage(stored);

    public virtual bool Concerns(GrainRow row, DataSubject subject) => sound.Concerns(row, subject);

    public virtual Letter? SendBack(GrainMessage message) => sound.SendBack(message);

    public virtual TurnResult Handle(GrainMessage message, Turn turn) => sound.Handle(message, turn);
}
