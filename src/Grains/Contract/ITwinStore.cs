namespace DToC.Grains;

/// <summary>What is committed of single grains.</summary>
public interface ITwinStore
{
    /// <summary>
    /// The last committed state, without waiting for any commit; null when the key was never written.
    /// </summary>
    ValueTask<StoredState?> ReadAsync(GrainKey key, CancellationToken cancellation);

    /// <summary>One committed row, or null.</summary>
    ValueTask<ReadOnlyMemory<byte>?> ReadRowAsync(GrainKey key, string row, CancellationToken cancellation);

    /// <summary>The committed journal of one key, in the order of recording.</summary>
    ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(GrainKey key, CancellationToken cancellation);
}
