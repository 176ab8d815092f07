using DToC.Grains;
using DToC.Http.Console.Figures;

namespace DToC.Http.Quarantine;

/// <summary>The buckets of the quarantine as one shelf, in the order of receipt.</summary>
internal sealed class QuarantineShelf(ITwinHost host)
{
    private const int RowsPerRead = 256;

    // Bounds the reads of one request whose source is rare; the page then ends early and names where to go
    // on.
    private const int MaxRounds = 40;

    /// <summary>The event with an id, or null.</summary>
    public async ValueTask<QuarantinedEvent?> FindAsync(string id, CancellationToken cancellation)
    {
        if (!QuarantinedEvent.TryParseId(id, out _, out var hash)) return null;
        var row = await host.ReadRowAsync(
            QuarantineGrain.KeyOf(hash), QuarantineGrain.RowOf(id), cancellation);
        return row is { } value ? QuarantinedEvent.FromBytes(value) : null;
    }

    /// <summary>How many events wait, by source; of a full bucket only the oldest are looked at.</summary>
    public async ValueTask<QuarantineCounts> CountBySourceAsync(CancellationToken cancellation)
    {
        var (counts, isAll) = (new Dictionary<string, int>(StringComparer.Ordinal), true);
        for (var bucket = 0; bucket < QuarantineGrain.Buckets; bucket++)
        {
            var rows = await host.ReadRowsAsync(
                QuarantineGrain.KeyOfBucket(bucket), QuarantineGrain.EventPrefix, RowsPerRead, cancellation);
            var waiting = rows.TakeWhile(
                row => row.Row.StartsWith(QuarantineGrain.EventPrefix, StringComparison.Ordinal)).ToList();
            isAll &= waiting.Count < RowsPerRead;
            foreach (var row in waiting)
            {
                var source = QuarantinedEvent.FromBytes(row.Value).Source ?? "";
                counts[source] = counts.GetValueOrDefault(source) + 1;
            }
        }
        var ordered = counts.OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal);
        return new QuarantineCounts([.. ordered.Select(count => (count.Key, count.Value))], isAll);
    }

    /// <summary>Forgets an event.</summary>
    public ValueTask<Reply> RemoveAsync(string id, CancellationToken cancellation) =>
        QuarantinedEvent.TryParseId(id, out _, out var hash)
            ? host.SendAsync(QuarantineGrain.KeyOf(hash), new QuarantineMessage.Remove(id), cancellation)
            : ValueTask.FromResult<Reply>(new QuarantineReply.Removed(false));

    /// <summary>A page of events, of one source or of all.</summary>
    public async ValueTask<QuarantinePage> ListAsync(
        string? source, int limit, string? after, CancellationToken cancellation)
    {
        var events = new List<QuarantinedForm>(limit);
        var place = after;
        for (var round = 0; round < MaxRounds; round++)
        {
            var (rows, isEnd) = await ReadAsync(place, Math.Min(RowsPerRead, limit + 1), cancellation);
            foreach (var row in rows)
            {
                if (events.Count == limit) return new QuarantinePage(events, place);
                place = row.Row[QuarantineGrain.EventPrefix.Length..];
                var kept = QuarantinedEvent.FromBytes(row.Value);
                if (source is null || kept.Source == source) events.Add(QuarantinedForm.Of(kept));
            }
            if (isEnd) return new QuarantinePage(events, Next: null);
        }
        return new QuarantinePage(events, place);
    }

    /// <summary>Rows behind a place, in order, up to where every bucket is known to have been read.</summary>
    private async ValueTask<(List<GrainRow> Rows, bool IsEnd)> ReadAsync(
        string? after, int limit, CancellationToken cancellation)
    {
        // '~' sorts behind every character of an id: rows strictly behind the last one read.
        var from = after is null ? QuarantineGrain.EventPrefix : QuarantineGrain.RowOf(after) + "~";
        var rows = new List<GrainRow>();
        string? horizon = null;
        for (var bucket = 0; bucket < QuarantineGrain.Buckets; bucket++)
        {
            var read = await host.ReadRowsAsync(
                QuarantineGrain.KeyOfBucket(bucket), from, limit, cancellation);
            var events = read.TakeWhile(
                row => row.Row.StartsWith(QuarantineGrain.EventPrefix, StringComparison.Ordinal)).ToList();
            rows.AddRange(events);
            if (events.Count < limit) continue;
            var last = events[^1].Row;
            if (horizon is null || string.CompareOrdinal(last, horizon) < 0) horizon = last;
        }
        rows.Sort(static (a, b) => string.CompareOrdinal(a.Row, b.Row));
        if (horizon is null) return (rows, true);
        rows.RemoveAll(row => string.CompareOrdinal(row.Row, horizon) > 0);
        return (rows, false);
    }
}
