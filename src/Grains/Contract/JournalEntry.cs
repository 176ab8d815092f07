using DToC.Twin;

namespace DToC.Grains;

/// <summary>Kinds of journal entry. The numbers are stored; they never change.</summary>
public enum JournalKind : byte
{
    /// <summary>A touchpoint event that was folded; the payload is its JSON.</summary>
    Event = 1,

    /// <summary>Consents given, denied or withdrawn.</summary>
    Consents = 2,

    /// <summary>Attributes declared, enriched or inferred.</summary>
    Attributes = 3,

    /// <summary>A decision, with or without a winner.</summary>
    Decision = 4,

    /// <summary>Another customer's twin was merged into this one.</summary>
    Merge = 5,

    /// <summary>The state up to some event; older checkpoints and events past their retention may be removed.</summary>
    Checkpoint = 6,

    /// <summary>
    /// An event that one of those united here has and that was sent to another of them too: counted once, but once on
    /// each side if they are split. The payload names the other.
    /// </summary>
    AlsoSent = 7,

    /// <summary>A customer that had been merged was split off; it has its own journal again.</summary>
    Split = 8,

    /// <summary>An entry of the probe grain in the tests of hosts.</summary>
    Probe = 250,
}

/// <summary>An entry of a grain's journal.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="OccurredAt">When it happened in the world.</param>
/// <param name="RecordedAt">The turn's now.</param>
/// <param name="KeepUntil">End of retention of its data category; the host removes it after a checkpoint.</param>
/// <param name="Seed">The turn's seed.</param>
/// <param name="PlanHash">Content hash of the definition and models the turn ran under.</param>
/// <param name="Payload">What happened, in the form of its kind, inside the envelope.</param>
public sealed record JournalEntry(
    JournalKind Kind, Instant OccurredAt, Instant RecordedAt, Instant KeepUntil, ulong Seed, ulong PlanHash,
    ReadOnlyMemory<byte> Payload);
