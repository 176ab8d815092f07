using DToC.Grains;

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

    /// <summary>
    /// Published effects of some senders among the next rows of the outbox, and the last row looked at; 0 at its end.
    /// </summary>
    public (List<OutboxRow> Rows, long Last) OutboxOf(HashSet<GrainKey> senders, long after, int limit)
    {
        // The payload is the last column: of rows that are not asked for it is not read.
        var query = Prepared("""
            SELECT seq, topic, sender, sequence, payload FROM outbox WHERE seq>? ORDER BY seq LIMIT ?
            """);
        try
        {
            query.Bind(1, after).Bind(2, limit);
            List<OutboxRow> rows = [];
            var (last, count) = (0L, 0);
            for (; query.Step(); count++)
            {
                last = query.Int64(0);
                if (senders.Contains(query.Key(2)))
                    rows.Add(new OutboxRow(
                        last, (Topic)query.Int64(1), query.Key(2), query.Int64(3), query.Blob(4).ToArray()));
            }
            return (rows, count < limit ? 0 : last);
        }
        finally
        {
            query.Reset();
        }
    }

    /// <summary>Rows of all tables after one, in the order they lie.</summary>
    public List<(GrainKey Key, GrainRow Row)> AllRows((GrainKey Key, string Row)? after, int limit)
    {
        var query = after is null
            ? Prepared("SELECT key, row, value, crc FROM row ORDER BY key, row LIMIT ?1")
            : Prepared("SELECT key, row, value, crc FROM row WHERE (key, row) > (?2, ?3) ORDER BY key, row LIMIT ?1");
        try
        {
            query.Bind(1, limit);
            if (after is { } place) query.BindKey(2, place.Key).BindText(3, place.Row);
            List<(GrainKey, GrainRow)> rows = [];
            while (query.Step())
            {
                CheckRow(query.Key(0), query, value: 2, crc: 3, name: 1);
                rows.Add((query.Key(0), new GrainRow(query.Text(1), query.Blob(2).ToArray())));
            }
            return rows;
        }
        finally
        {
            query.Reset();
        }
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
