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
        if (today.Merged.Count == 0) return await store.ReadJournalAsync(key, cancellation);
        var history = await store.ReadHistoryAsync(
            [key, .. today.Merged.Select(GrainKey.Customer)], cancellation);
        return history.Entries;
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
        return History.InOrder(rows);
    }
}
