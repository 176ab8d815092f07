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
    /// Published effects: the next rows of the outbox, and the last one of them; 0 at its end.
    /// </summary>
    public (List<OutboxRow> Rows, long Last) OutboxAfter(long after, int limit)
    {
        var query = Prepared("""
            SELECT seq, sender, sequence, payload, recorded, crc, topic FROM outbox WHERE seq>? ORDER BY seq LIMIT ?
            """);
        try
        {
            query.Bind(1, after).Bind(2, limit);
            List<OutboxRow> rows = [];
            while (query.Step()) rows.Add(OutboxRowOf(query));
            return (rows, rows.Count < limit ? 0 : rows[^1].Seq);
        }
        finally
        {
            query.Reset();
        }
    }

    /// <inheritdoc cref="TableRows.All"/>
    public List<(GrainKey Key, string Stored, GrainRow Row)> AllRows(
        (GrainKey Key, string Stored)? after, int limit) => _rows.All(after, limit);

    /// <inheritdoc cref="TableRows.Traced"/>
    public List<(GrainKey Key, string Stored, GrainRow Row)> TracedRows(
        GrainKind kind, IReadOnlyList<byte[]>? traces, (GrainKey Key, string Stored)? after, int limit) =>
        _rows.Traced(kind, traces, after, limit);

    /// <summary>Most senders that <see cref="OutboxOf"/> looks for.</summary>
    public const int MostSenders = 8;

    /// <summary>
    /// Published effects of some senders after a row, at most so many. SQLite looks at the senders, which is faster
    /// than to read each row.
    /// </summary>
    public List<OutboxRow> OutboxOf(GrainKey[] senders, long after, int limit)
    {
        var query = Prepared("""
            SELECT seq, sender, sequence, payload, recorded, crc, topic FROM outbox
            WHERE seq>? AND sender IN (?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ORDER BY seq LIMIT ?2
            """);
        try
        {
            query.Bind(1, after).Bind(2, limit);
            for (var i = 0; i < MostSenders; i++) query.BindKey(3 + i, senders[Math.Min(i, senders.Length - 1)]);
            List<OutboxRow> rows = [];
            while (query.Step()) rows.Add(OutboxRowOf(query));
            return rows;
        }
        finally
        {
            query.Reset();
        }
    }

    private OutboxRow OutboxRowOf(Statement query)
    {
        var row = new OutboxRow(
            query.Int64(0), (Topic)query.Int64(6), query.Key(1), query.Int64(2), ReadOnlyMemory<byte>.Empty);
        return StoredEffect.Open(row, new Instant(query.Int64(4)), query, _seals, _place);
    }

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
