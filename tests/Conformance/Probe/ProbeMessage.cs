using DToC.Grains;
using DToC.Twin;

namespace DToC.Conformance;

/// <summary>What the probe grain can be told: one case for each part of the contract with a host.</summary>
public abstract record ProbeMessage : GrainMessage
{
    private ProbeMessage()
    {
    }

    /// <summary>
    /// Carried out once for an id, however often it is sent. <paramref name="At"/> is when it happened in the
    /// client's world; commands count in that order, whatever the order of arrival.
    /// </summary>
    public abstract record Command(string Id, Instant At) : ProbeMessage
    {
        /// <summary>
        /// The key the client addressed, when that may have moved since; null for the key of the turn.
        /// </summary>
        public string? Addressee { get; init; }

        /// <summary>What the command adds to the total.</summary>
        public virtual long Weight => 0;
    }

    /// <summary>Adds to the total.</summary>
    public sealed record Add(string Id, Instant At, long Amount) : Command(Id, At)
    {
        /// <inheritdoc/>
        public override long Weight => Amount;
    }

    /// <summary>Writes a row, or with a null value removes it.</summary>
    public sealed record Put(string Id, Instant At, string Row, string? Value) : Command(Id, At);

    /// <summary>
    /// Publishes on <see cref="Topic.Probe"/>; the payload is a <see cref="ProbePublished"/>.
    /// </summary>
    public sealed record Tell(string Id, Instant At) : Command(Id, At);

    /// <summary>Sends an amount to another probe as <see cref="Received"/>.</summary>
    public sealed record Pass(string Id, Instant At, string To, long Amount) : Command(Id, At);

    /// <summary>Asks for a wake-up, or with <see cref="Instant.Never"/> withdraws it.</summary>
    public sealed record Wake(string Id, Instant At, string Name, Instant WakeAt) : Command(Id, At);

    /// <summary>Spends from a lease, all or nothing.</summary>
    public sealed record Spend(string Id, Instant At, string Resource, long Amount) : Command(Id, At);

    /// <summary>Writes its journal anew: the same entries, each with the number of this rewriting.</summary>
    public sealed record Rewrite(string Id, Instant At) : Command(Id, At);

    /// <summary>From now on every message goes to another probe.</summary>
    public sealed record Move(string To) : ProbeMessage;

    /// <summary>Is refused; nothing changes.</summary>
    public sealed record Refuse(string Why) : ProbeMessage;

    /// <summary>A poisoned message: spoils the state in memory, then throws.</summary>
    public sealed record Poison : ProbeMessage;

    /// <summary>What another probe sent.</summary>
    /// <param name="From">The sender.</param>
    /// <param name="Addressee">To whom it was sent, before any move.</param>
    /// <param name="Number">1, 2, 3, ... on this way: shows loss, order and repetition.</param>
    /// <param name="Amount">Is added to the received total.</param>
    public sealed record Received(string From, string Addressee, long Number, long Amount) : ProbeMessage;
}

/// <summary>What the probe grain answers.</summary>
public abstract record ProbeReply : Reply
{
    private ProbeReply()
    {
    }

    /// <summary>Carried out now, by this key.</summary>
    public sealed record Applied(string Key, long Total, long Count) : ProbeReply;

    /// <summary>Was carried out before; nothing changed.</summary>
    public sealed record Repeated : ProbeReply;

    /// <summary>Nothing changed.</summary>
    public sealed record Refused(string Why) : ProbeReply;
}

/// <summary>What a subscriber gets for <see cref="ProbeMessage.Tell"/>.</summary>
/// <param name="Number">1, 2, 3, ... for this sender.</param>
/// <param name="Id">The id of the command.</param>
public sealed record ProbePublished(long Number, string Id);

/// <summary>Broken promises of the host that a probe noticed by itself.</summary>
[Flags]
public enum ProbeAlarms
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A turn's now was earlier than that of the turn before.</summary>
    NowWentBack = 1,

    /// <summary>The history given did not have exactly the commands the state counts.</summary>
    HistoryNotWhole = 2,

    /// <summary>A message of another probe came before one sent earlier.</summary>
    OutOfOrder = 4,

    /// <summary>The rows shown were not those the turn before left.</summary>
    RowsNotCurrent = 8,

    /// <summary>The history was not in the order of recording.</summary>
    HistoryNotInOrder = 16,

    /// <summary>An entry of the history was said to be another's.</summary>
    HistoryOfAnother = 32,

    /// <summary>The history has an entry of before the journal was written anew.</summary>
    HistoryNotRewritten = 64,
}
