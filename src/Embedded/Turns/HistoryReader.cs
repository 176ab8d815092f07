using DToC.Embedded.Storage;
using DToC.Grains;

namespace DToC.Embedded.Turns;

/// <summary>
/// Reads journals for a turn along their back-pointers: uncommitted rows of this partition from the batches
/// in memory, all others from disk. Used by the turn loop only.
/// </summary>
internal sealed class HistoryReader(Partition partition, StoreReader reader, Activations activations, int limit)
{
    /// <summary>
    /// All that is kept of the journals of these keys, in the order of recording; entries of one moment stand in
    /// the order of the keys.
    /// </summary>
    /// <exception cref="StoreException">A journal could not be read.</exception>
    /// <exception cref="InvalidOperationException">There are more entries than a turn may be
    /// given.</exception>
    public History Read(IReadOnlyList<GrainKey> keys, Batch folding, Batch? committing)
    {
        List<JournalEntry> entries = [];
        List<GrainKey> owners = [];
        foreach (var key in keys)
        {
            var place = entries.Count;
            if (partition.Host.PartitionOf(key) == partition) Walk(key, folding, committing, entries);
            else entries.AddRange(partition.Host.PartitionOf(key).Readers.Read(ReadCommitted, (key, limit)));
            if (entries.Count > limit)
                throw new InvalidOperationException($"The history has more than {limit} entries (HistoryLimit).");
            entries.Reverse(place, entries.Count - place);
            while (owners.Count < entries.Count) owners.Add(key);
        }
        if (keys.Count <= 1) return new History(entries) { Owners = owners };
        return History.InOrder(entries.Zip(owners));
    }

    /// <summary>The committed journal of a key, the newest first; ends one entry above a limit.</summary>
    public static List<JournalEntry> ReadCommitted(StoreReader reader, (GrainKey Key, int Limit) asked)
    {
        List<JournalEntry> entries = [];
        for (var seq = reader.FindHead(asked.Key); seq != 0 && entries.Count <= asked.Limit;)
        {
            if (reader.FindJournal(seq) is not { } row) break;
            if (row.Entry is not null) entries.Add(row.Entry);
            seq = row.Previous;
        }
        return entries;
    }

    private void Walk(GrainKey key, Batch folding, Batch? committing, List<JournalEntry> entries)
    {
        var head = activations.Find(key)?.JournalHead ?? reader.FindHead(key);
        for (var seq = head; seq != 0 && entries.Count <= limit;)
        {
            JournalEntry? entry;
            if ((folding.FindJournal(seq) ?? committing?.FindJournal(seq)) is { } pending)
            {
                (entry, seq) = (pending.Entry, pending.Previous);
            }
            else
            {
                if (reader.FindJournal(seq) is not { } stored) break;
                (entry, seq) = (stored.Entry, stored.Previous);
            }
            if (entry is not null) entries.Add(entry);
        }
    }
}
