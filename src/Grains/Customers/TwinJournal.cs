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
}
