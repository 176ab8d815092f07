using DToC.Grains;

namespace DToC.Embedded.Storage;

/// <summary>A grain as read from its file.</summary>
internal readonly record struct StoredGrain(long Id, StoredState State, long NowMs, long JournalHead, long SealKey);

/// <summary>
/// A journal row as read; without an entry when its payload was removed after its retention.
/// </summary>
internal readonly record struct StoredJournal(long Seq, long Previous, JournalKind Kind, JournalEntry? Entry);

/// <summary>A journal row with its place in its key's chain, to be written, and the key that seals it or 0.</summary>
internal readonly record struct JournalRow(
    long Seq, long Previous, GrainKey Key, JournalEntry Entry, long SealKey);

/// <summary>A journal row without its content.</summary>
internal readonly record struct ChainLink(long Seq, long Previous, JournalKind Kind, bool HasPayload);

/// <summary>Whose row it is, and whether it is past its retention and still has its payload.</summary>
internal readonly record struct ExpiredRow(long Seq, GrainKey Key, bool Expired);

/// <summary>A row of a table grain written, or removed when it has no value.</summary>
internal readonly record struct RowWrite(GrainKey Key, string Row, ReadOnlyMemory<byte>? Value, long SealKey);

/// <summary>A published effect.</summary>
internal readonly record struct OutboxRow(
    long Seq, Topic Topic, GrainKey Sender, long Sequence, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The key that seals it where it is written; 0 for none.</summary>
    public long SealKey { get; init; }

    /// <summary>Why it cannot be read; null when it can.</summary>
    public StoreException? Problem { get; init; }
}

/// <summary>An effect on its way to another grain.</summary>
internal sealed record SendRow(
    long Seq, GrainKey Sender, long Sequence, GrainKey Target, ReadOnlyMemory<byte> Message)
{
    /// <inheritdoc cref="OutboxRow.SealKey"/>
    public long SealKey { get; init; }

    /// <inheritdoc cref="OutboxRow.Problem"/>
    public StoreException? Problem { get; init; }
}

/// <summary>A wake-up: written, or removed at exactly that moment, or (at never) removed by name.</summary>
internal readonly record struct WakeRow(GrainKey Key, string Name, long AtMs);

/// <summary>A definition as kept.</summary>
internal readonly record struct DefinitionRow(ulong Hash, bool Current, byte[] Source);
