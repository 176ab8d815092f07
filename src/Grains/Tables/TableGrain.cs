using System.Buffers;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>State of a <see cref="TableGrain"/>.</summary>
public sealed class TableState : GrainState;

/// <summary>
/// A kind of grain that has nothing but rows: its root is their version and the number of its effects.
/// </summary>
public abstract class TableGrain : IGrain
{
    private const byte Format = 1;

    /// <inheritdoc/>
    public abstract GrainKind Kind { get; }

    /// <inheritdoc/>
    public GrainState Create(GrainKey key, TwinPlan plan) => new TableState();

    /// <inheritdoc/>
    public GrainState Decode(GrainKey key, ReadOnlySpan<byte> stored, PlanCatalog plans)
    {
        var reader = new BinaryFormReader(stored);
        var format = reader.Byte();
        return format == Format
            ? new TableState { Version = (long)reader.Unsigned(), EffectSequence = (long)reader.Unsigned() }
            : throw new InvalidDataException($"Table format {format} is not known; this build knows {Format}.");
    }

    /// <inheritdoc/>
    public void Encode(GrainState state, IBufferWriter<byte> output)
    {
        var writer = new BinaryFormWriter(output);
        writer.Byte(Format);
        writer.Unsigned((ulong)state.Version);
        writer.Unsigned((ulong)state.EffectSequence);
    }

    /// <inheritdoc/>
    public virtual void EncodeMessage(GrainMessage message, IBufferWriter<byte> output) =>
        throw new ArgumentException($"{message.GetType().Name} does not travel as an effect.", nameof(message));

    /// <inheritdoc/>
    public virtual GrainMessage DecodeMessage(ReadOnlySpan<byte> stored) =>
        throw new InvalidDataException($"No message to a grain of {Kind} travels as an effect.");

    /// <inheritdoc/>
    public virtual bool Concerns(GrainRow row, DataSubject subject) => false;

    /// <inheritdoc/>
    public virtual IReadOnlyList<byte[]>? TracesOf(DataSubject subject) => null;

    /// <inheritdoc/>
    public abstract TurnResult Handle(GrainMessage message, Turn turn);
}
