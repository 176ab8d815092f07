using DToC.Twin;

namespace DToC.Grains;

/// <summary>What a turn asks its host to do after the commit; at least once, in order per sender.</summary>
/// <param name="Sequence">The sender's <see cref="GrainState.EffectSequence"/>: with the key, the stable id.</param>
public abstract record Effect(long Sequence)
{
    /// <summary>A message to subscribers, for example a next-best-action.</summary>
    /// <param name="Sequence">See <see cref="Effect"/>.</param>
    /// <param name="Topic">What it is about; subscribers choose by it.</param>
    /// <param name="Payload">The content, in the topic's form, inside the envelope.</param>
    public sealed record Publish(long Sequence, Topic Topic, ReadOnlyMemory<byte> Payload) : Effect(Sequence);

    /// <summary>A message to another grain, written by <see cref="IGrain.EncodeMessage"/> of its kind.</summary>
    public sealed record Send(long Sequence, GrainKey To, GrainMessage Message) : Effect(Sequence);

    /// <summary>
    /// A wake-up of this name at this moment, replacing an earlier one of the name; <see cref="Instant.Never"/>
    /// withdraws it.
    /// </summary>
    public sealed record WakeUp(long Sequence, string Name, Instant At) : Effect(Sequence);
}

/// <summary>Topics of published effects. The numbers are stored; they never change.</summary>
public enum Topic : byte
{
    /// <summary>Decisions: a <c>DecisionRecord</c>.</summary>
    Decision = 1,

    /// <summary>What may not be used any more: a <c>ConsentNotice</c>.</summary>
    Consent = 2,

    /// <summary>Customers that were erased: an <see cref="ErasureReceipt"/>.</summary>
    Erasure = 3,

    /// <summary>Messages of the probe grain in the tests of hosts.</summary>
    Probe = 250,
}

/// <summary>The stable id of an effect: the same however often it is delivered.</summary>
public readonly record struct EffectId(GrainKey Sender, long Sequence)
{
    /// <summary><c>kind/id#sequence</c>.</summary>
    public override string ToString() => $"{Sender}#{Sequence}";
}

/// <summary>A lease on a shared resource: how much of it this partition may still spend.</summary>
public readonly record struct Lease(string Resource, long Available);

/// <summary>What a turn spent of a lease; committed with the turn.</summary>
public readonly record struct LeaseSpend(string Resource, long Amount);

/// <summary>The leases a turn sees.</summary>
public sealed class Leases
{
    /// <summary>No lease at all.</summary>
    public static readonly Leases None = new([]);

    private readonly IReadOnlyList<Lease> _held;

    /// <summary>Leases as held, at most one a resource.</summary>
    public Leases(IReadOnlyList<Lease> held) => _held = held;

    /// <summary>How much of a resource may be spent now; 0 when no lease is held.</summary>
    public long Available(string resource)
    {
        foreach (var lease in _held)
        {
            if (lease.Resource == resource) return lease.Available;
        }
        return 0;
    }
}
