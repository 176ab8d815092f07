using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>The past of a twin, with that of those merged into it.</summary>
public static class TwinJournal
{
    /// <summary>The journals of a customer and of those merged into it as one, in the order of recording.</summary>
    /// <param name="store">Where they are kept.</param>
    /// <param name="key">The customer.</param>
    /// <param name="today">Its state as it stands: it names those merged into it.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static async ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(
        this ITwinStore store, GrainKey key, CustomerState today, CancellationToken cancellation)
    {
        var own = await store.ReadJournalAsync(key, cancellation);
        if (today.Merged.Count == 0) return own;
        var all = new List<JournalEntry>(own);
        foreach (var merged in today.Merged)
            all.AddRange(await store.ReadJournalAsync(GrainKey.Customer(merged), cancellation));
        // Stable, so that entries of one turn stay in their order.
        return [.. all.OrderBy(entry => entry.RecordedAt.UnixMs)];
    }

    /// <summary>The committed journals of several keys as a turn is given them.</summary>
    /// <param name="store">Where they are kept.</param>
    /// <param name="keys">Whose.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static async ValueTask<History> ReadHistoryAsync(
        this ITwinStore store, IReadOnlyList<GrainKey> keys, CancellationToken cancellation)
    {
        var rows = new List<(JournalEntry, GrainKey)>();
        foreach (var key in keys)
        {
            foreach (var entry in await store.ReadJournalAsync(key, cancellation)) rows.Add((entry, key));
        }
        return InOrder(rows);
    }

    /// <summary>Entries with their owners, put into the order of recording; those of one turn stay in theirs.</summary>
    internal static History InOrder(IReadOnlyList<(JournalEntry Entry, GrainKey Owner)> rows)
    {
        List<(JournalEntry Entry, GrainKey Owner)> ordered = [.. rows.OrderBy(row => row.Entry.RecordedAt.UnixMs)];
        return new History(ordered.ConvertAll(row => row.Entry)) { Owners = ordered.ConvertAll(row => row.Owner) };
    }
}
