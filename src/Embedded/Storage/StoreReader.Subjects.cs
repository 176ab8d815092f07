using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Storage;

/// <content>What export and erasure look for.</content>
internal sealed partial class StoreReader
{
    /// <summary>Effects on their way from a grain.</summary>
    public List<SendRow> SendsOf(GrainKey sender)
    {
        var query = Prepared("""
            SELECT seq, sender, sequence, target, message, crc FROM pending_send WHERE sender=? ORDER BY seq
            """);
        query.BindKey(1, sender);
        return Sends(query);
    }

    /// <summary>The version of a grain's state, which is not looked at; 0 without one.</summary>
    public long VersionOf(GrainKey key)
    {
        var query = Prepared("SELECT version FROM grain WHERE key=?");
        try
        {
            return query.BindKey(1, key).Step() ? query.Int64(0) : 0;
        }
        finally
        {
            query.Reset();
        }
    }

    /// <summary>
    /// Published effects of some senders, or of all, among the next rows of the outbox, and the last row looked at; 0
    /// at its end.
    /// </summary>
    public (List<OutboxRow> Rows, long Last) OutboxOf(HashSet<GrainKey>? senders, long after, int limit)
    {
        var query = Prepared("""
            SELECT seq, sender, sequence, payload, recorded, crc, topic FROM outbox WHERE seq>? ORDER BY seq LIMIT ?
            """);
        try
        {
            query.Bind(1, after).Bind(2, limit);
            List<OutboxRow> rows = [];
            var (last, count) = (0L, 0);
            for (; query.Step(); count++)
            {
                last = query.Int64(0);
                if (senders?.Contains(query.Key(1)) == false) continue;
                var row = new OutboxRow(
                    last, (Topic)query.Int64(6), query.Key(1), query.Int64(2), ReadOnlyMemory<byte>.Empty);
                rows.Add(StoredEffect.Open(row, new Instant(query.Int64(4)), query, _seals, _place));
            }
            return (rows, count < limit ? 0 : last);
        }
        finally
        {
            query.Reset();
        }
    }

    /// <inheritdoc cref="TableRows.All"/>
    public List<(GrainKey Key, string Stored, GrainRow Row)> AllRows(
        (GrainKey Key, string Stored)? after, int limit) => _rows.All(after, limit);

    /// <summary>Wake-ups of a grain.</summary>
    public List<WakeRow> WakesOf(GrainKey key)
    {
        var query = Prepared("SELECT key, name, at FROM wake WHERE key=? ORDER BY name");
        try
        {
            query.BindKey(1, key);
            List<WakeRow> rows = [];
            while (query.Step()) rows.Add(new WakeRow(query.Key(0), query.Text(1), query.Int64(2)));
            return rows;
        }
        finally
        {
            query.Reset();
        }
    }
}
