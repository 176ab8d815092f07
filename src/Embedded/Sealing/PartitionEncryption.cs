using DToC.Embedded.Storage;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Sealing;

/// <summary>
/// Seals every plain row of one partition's file, some thousands a transaction. Holds the key number of each grain:
/// about 50 bytes a grain.
/// </summary>
internal sealed class PartitionEncryption(Database file, Seals seals, int checkpointPages)
{
    private const int RowsAtOnce = 4_000;

    private readonly Sealer _sealer = new(seals);
    private readonly byte[] _place = new byte[SealPlace.MostBytes];
    private readonly Dictionary<ulong, long> _keys = [];
    private long _pages;

    /// <summary>Rows sealed.</summary>
    public long Sealed { get; private set; }

    /// <summary>Plain rows that are not what was written.</summary>
    public long Damaged { get; private set; }

    public void Run(CancellationToken cancellation)
    {
        // Grains first: their rows say which key each has.
        Sweep("grain", "id, version, now, journal_head, state, crc, key", "id", "state", 4, SealGrain, cancellation);
        Sweep("journal", "seq, prev, key, kind, payload, crc, occurred, recorded, keep_until, seed, plan", "seq",
            "payload", 4, SealJournal, cancellation);
        Sweep("outbox", "seq, topic, recorded, sender, payload, crc, sequence", "seq", "payload", 4, SealOutbox,
            cancellation);
        Sweep("pending_send", "seq, sender, sequence, target, message, crc", "seq", "message", 4, SealSend,
            cancellation);
        SweepRows(cancellation);
    }

    private delegate long SealRow(Statement row, out ReadOnlySpan<byte> bytes);

    /// <param name="table">The table.</param>
    /// <param name="columns">What is read of a row, its number first, and its checksum behind the content.</param>
    /// <param name="id">The number's name.</param>
    /// <param name="content">The column to be sealed.</param>
    /// <param name="place">Its place among the columns.</param>
    /// <param name="seal">Seals a plain row: gives its new checksum, or -1 when it is damaged.</param>
    /// <param name="cancellation">Gives up between transactions.</param>
    private void Sweep(
        string table, string columns, string id, string content, int place, SealRow seal,
        CancellationToken cancellation)
    {
        using var rows = new Statement(
            file.Handle, $"SELECT {columns} FROM {table} WHERE {id}>? ORDER BY {id} LIMIT {RowsAtOnce}");
        using var update = new Statement(file.Handle, $"UPDATE {table} SET {content}=?2, crc=?3 WHERE {id}=?1");
        var (last, count) = (long.MinValue, RowsAtOnce);
        while (count == RowsAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            count = 0;
            InTransaction(() =>
            {
                rows.Bind(1, last);
                for (; rows.Step(); count++)
                {
                    last = rows.Int64(0);
                    if (rows.IsNull(place)) continue;
                    if (SealedForm.IsSealed(rows.Blob(place)))
                    {
                        if (table == "grain") Know(rows.Blob(6), SealedForm.KeyOf(rows.Blob(place)));
                        continue;
                    }
                    var crc = seal(rows, out var bytes);
                    if (crc < 0) Damaged++;
                    else
                    {
                        update.Bind(1, last).Bind(2, bytes).Bind(3, crc).Run();
                        Sealed++;
                    }
                }
                rows.Reset();
            });
        }
    }

    private long SealGrain(Statement row, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        var (id, version, now, head) = (row.Int64(0), row.Int64(1), row.Int64(2), row.Int64(3));
        if (!row.IsNull(5)
            && row.Int64(5) != RowChecksum.OfGrain(id, version, now, head, row.Blob(4), row.Blob(6))) return -1;
        var key = row.Key(6);
        bytes = _sealer.Seal(KeyOf(row.Blob(6), key), SealPlace.OfGrain(_place, key, version, now), row.Blob(4));
        return RowChecksum.OfGrain(id, version, now, head, bytes, row.Blob(6));
    }

    private long SealJournal(Statement row, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        var (seq, previous, key) = (row.Int64(0), row.Int64(1), row.Key(2));
        var entry = StoredJournalRow.Entry(row, kind: 3, occurred: 6, payload: 4);
        if (!row.IsNull(5) && row.Int64(5) != RowChecksum.OfJournal(seq, previous, entry, row.Blob(2))) return -1;
        bytes = _sealer.Seal(
            KeyOf(row.Blob(2), key), SealPlace.OfJournal(_place, key, entry), entry.Payload.Span);
        return RowChecksum.OfJournal(seq, previous, entry, bytes, row.Blob(2));
    }

    private long SealOutbox(Statement row, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        var recorded = new Instant(row.Int64(2));
        var found = new OutboxRow(
            row.Int64(0), (Topic)row.Int64(1), row.Key(3), row.Int64(6), ReadOnlyMemory<byte>.Empty);
        if (!row.IsNull(5) && row.Int64(5) != RowChecksum.OfOutbox(found, recorded, row.Blob(4))) return -1;
        var place = SealPlace.OfOutbox(_place, found.Sender, found.Sequence, found.Topic, recorded);
        bytes = _sealer.Seal(KeyOf(row.Blob(3), found.Sender), place, row.Blob(4));
        return RowChecksum.OfOutbox(found, recorded, bytes);
    }

    private long SealSend(Statement row, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        var found = new SendRow(row.Int64(0), row.Key(1), row.Int64(2), row.Key(3), ReadOnlyMemory<byte>.Empty);
        if (!row.IsNull(5) && row.Int64(5) != RowChecksum.OfSend(found, row.Blob(4))) return -1;
        var place = SealPlace.OfSend(_place, found.Sender, found.Sequence, found.Target);
        bytes = _sealer.Seal(KeyOf(row.Blob(1), found.Sender), place, row.Blob(4));
        return RowChecksum.OfSend(found, bytes);
    }

    /// <summary>Rows of tables, which have no number; a hidden name puts a row elsewhere in its table.</summary>
    private void SweepRows(CancellationToken cancellation)
    {
        using var rows = new Statement(file.Handle,
            $"SELECT key, row, value, crc FROM row WHERE (key, row) > (?, ?) ORDER BY key, row LIMIT {RowsAtOnce}");
        var sealing = new RowSealing(file, seals, _sealer);
        var (lastKey, lastRow, count) = (Array.Empty<byte>(), "", RowsAtOnce);
        while (count == RowsAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            List<(GrainKey Key, string Row, byte[] Value, long SealKey)> plain = [];
            rows.Bind(1, lastKey).BindText(2, lastRow);
            for (count = 0; rows.Step(); count++)
            {
                (lastKey, lastRow) = (rows.Blob(0).ToArray(), rows.Text(1));
                if (SealedForm.IsSealed(rows.Blob(2))) continue;
                var key = rows.Key(0);
                if (!rows.IsNull(3) && rows.Int64(3) != RowChecksum.OfRow(key, rows.Blob(1), rows.Blob(2))) Damaged++;
                else plain.Add((key, lastRow, rows.Blob(2).ToArray(), KeyOf(rows.Blob(0), key)));
            }
            rows.Reset();
            InTransaction(() =>
            {
                foreach (var (key, row, value, sealKey) in plain) sealing.Write(key, row, value, sealKey);
            });
            Sealed += plain.Count;
        }
    }

    private void InTransaction(Action action)
    {
        file.Execute("BEGIN IMMEDIATE");
        try
        {
            action();
            file.Execute("COMMIT");
        }
        catch
        {
            file.RollBack();
            throw;
        }
        _pages += file.TakePagesWritten();
        if (_pages < checkpointPages) return;
        file.MoveLog();
        _pages = 0;
    }

    private void Know(ReadOnlySpan<byte> stored, long key) => _keys[StableHash.Of(stored)] = key;

    private long KeyOf(ReadOnlySpan<byte> stored, GrainKey key)
    {
        var hash = StableHash.Of(stored);
        if (_keys.TryGetValue(hash, out var known)) return known;
        return _keys[hash] = seals.NewKeyFor(key);
    }
}
