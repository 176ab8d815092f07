using DToC.Embedded.Storage;
using DToC.Embedded.Turns;
using DToC.Grains;
using DToC.Twin.Plan;

namespace DToC.Embedded.Repair;

/// <summary>
/// Journals and merges as far as they are known: of the partition at hand from its new file, of others from theirs.
/// </summary>
internal sealed class FamilyJournals(
    StoreReader draft, JournalSalvage journal, FolderSnapshot snapshot, int number, PlanCatalog plans,
    EmbeddedOptions options)
{
    private const int Page = 5_000;

    private Dictionary<string, string>? _mergedInto;

    /// <summary>The journals of a key and of the customers merged into it, in the order of recording.</summary>
    /// <exception cref="StoreException">One of another partition cannot be read.</exception>
    public History Of(GrainKey key, IReadOnlyList<string> merged)
    {
        List<(JournalEntry Entry, GrainKey Owner)> all = [];
        foreach (var owner in merged.Select(GrainKey.Customer).Prepend(key))
        {
            var entries = EntriesOf(owner);
            for (var i = entries.Count - 1; i >= 0; i--) all.Add((entries[i], owner));
        }
        return History.InOrder(all);
    }

    /// <summary>The customer whose state says that this one was merged into it, or null.</summary>
    public string? MergedInto(GrainKey key) => (_mergedInto ??= ReadMerges()).GetValueOrDefault(key.Id);

    private List<JournalEntry> EntriesOf(GrainKey owner)
    {
        var home = (int)(owner.StableHash() % (ulong)snapshot.Partitions);
        if (home != number)
        {
            return snapshot.Find(home) is { } other
                ? HistoryReader.ReadCommitted(other, (owner, options.HistoryLimit)) : [];
        }
        List<JournalEntry> entries = [];
        for (var seq = journal.NewestOf(owner); seq != 0;)
        {
            if (draft.FindJournal(seq) is not { } row) break;
            if (row.Entry is not null) entries.Add(row.Entry);
            seq = row.Previous;
        }
        return entries;
    }

    private Dictionary<string, string> ReadMerges()
    {
        var merges = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < snapshot.Partitions; i++)
        {
            if ((i == number ? draft : snapshot.Find(i)) is not { } reader) continue;
            var after = "";
            while (reader.Keys(GrainKind.Customer, after, Page) is { Count: > 0 } keys)
            {
                foreach (var key in keys) ReadMerges(key, reader, merges);
                after = keys[^1].Id;
            }
        }
        return merges;
    }

    private void ReadMerges(GrainKey key, StoreReader reader, Dictionary<string, string> merges)
    {
        try
        {
            if (reader.FindGrain(key) is not { } grain) return;
            var state = CustomerCodec.Read(grain.State.Bytes.Span, plans).Twin;
            if (state.MovedTo is not null) return;
            foreach (var merged in state.Merged) merges.TryAdd(merged, key.Id);
        }
        catch (Exception exception) when (exception is StoreException { Damaged: true } or InvalidDataException)
        {
            // Whom it took in is not known from it; a check names it.
        }
    }
}
