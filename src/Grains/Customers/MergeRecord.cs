using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>What a journal says of a customer that was taken in.</summary>
/// <param name="Customer">Who.</param>
/// <param name="State">Its state when it was merged, in the form of a checkpoint.</param>
public sealed record MergeRecord(string Customer, ReadOnlyMemory<byte> State)
{
    /// <summary>The <see cref="CustomerState.MoveNumber"/> it leads here by.</summary>
    public long Move { get; init; }

    /// <summary>
    /// The customer it was merged into, where that one had been merged itself and sent it on; null for the journal's
    /// owner.
    /// </summary>
    public string? Into { get; init; }

    /// <summary>
    /// The owner's state before it, in the form of a checkpoint, where the owner was alone until then; else empty.
    /// </summary>
    public ReadOnlyMemory<byte> Before { get; init; }

    /// <summary>Reads <see cref="State"/>, carried over to the current plan.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a state.</exception>
    public CustomerState Read(PlanCatalog plans) => CheckpointForm.Read(State, plans);
}
