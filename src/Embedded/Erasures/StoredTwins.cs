using DToC.Embedded.Storage;
using DToC.Embedded.Turns;
using DToC.Grains;

namespace DToC.Embedded.Erasures;

/// <summary>
/// What lies in the files, of customers who are being erased too; nothing where the key that sealed it is destroyed.
/// </summary>
internal sealed class StoredTwins(HostContext host) : ITwinStore
{
    /// <inheritdoc/>
    public async ValueTask<StoredState?> ReadAsync(GrainKey key, CancellationToken cancellation) =>
        (await FindAsync(key, cancellation))?.State;

    /// <summary>The grain as it lies in its file, or null.</summary>
    public async ValueTask<StoredGrain?> FindAsync(GrainKey key, CancellationToken cancellation)
    {
        try
        {
            return await host.PartitionOf(key).Readers.ReadAsync(
                static (reader, of) => reader.FindGrain(of), key, cancellation);
        }
        catch (StoreException exception) when (exception.KeyIsGone && host.Ledger.IsClosed(key))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadRowAsync(
        GrainKey key, string row, CancellationToken cancellation)
    {
        return await host.PartitionOf(key).Readers.ReadAsync(
            static (reader, place) => reader.FindRow(place.Key, place.Row), (Key: key, Row: row), cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(
        GrainKey key, CancellationToken cancellation)
    {
        try
        {
            var entries = await host.PartitionOf(key).Readers.ReadAsync(
                HistoryReader.ReadCommitted, (key, int.MaxValue - 1), cancellation);
            entries.Reverse();
            return entries;
        }
        catch (StoreException exception) when (exception.KeyIsGone && host.Ledger.IsClosed(key))
        {
            return [];
        }
    }
}
