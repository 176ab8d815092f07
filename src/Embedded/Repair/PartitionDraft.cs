using System.Globalization;
using DToC.Embedded.Storage;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Repair;

/// <summary>
/// A partition's file written anew, in one transaction and without syncing: until it is finished it is nobody's.
/// </summary>
internal sealed class PartitionDraft : IDisposable
{
    private readonly Database _database;
    private readonly Statement _grain, _journal, _row, _outbox, _send, _wake, _lease, _definition;

    public PartitionDraft(string path, FolderRecord folder, int partition, EmbeddedOptions options)
    {
        _database = Database.CreateCopy(path, options);
        try
        {
            _database.Execute($"""
                PRAGMA page_size=4096; PRAGMA cache_size=-65536;
                BEGIN IMMEDIATE;
                {Schema.Create}
                INSERT INTO meta(name, value) VALUES
                    ('folder', '{folder.FolderId}'), ('partition', {partition}), ('partitions', {folder.Partitions}),
                    ('clean', 1);
                PRAGMA application_id={Schema.ApplicationId};
                PRAGMA user_version={Schema.Version};
                """);
            _grain = _database.Prepare(
                "INSERT INTO grain(id, version, now, journal_head, state, crc, key) VALUES(?,?,?,?,?,?,?)");
            _journal = _database.Prepare("""
                INSERT INTO journal(seq, prev, key, kind, occurred, recorded, keep_until, seed, plan, payload, crc)
                VALUES(?,?,?,?,?,?,?,?,?,?,?)
                """);
            _row = _database.Prepare("INSERT OR IGNORE INTO row(key, row, value, crc) VALUES(?,?,?,?)");
            _outbox = _database.Prepare(
                "INSERT INTO outbox(seq, topic, recorded, sender, sequence, payload, crc) VALUES(?,?,?,?,?,?,?)");
            _send = _database.Prepare(
                "INSERT INTO pending_send(seq, sender, sequence, target, message, crc) VALUES(?,?,?,?,?,?)");
            _wake = _database.Prepare("INSERT OR IGNORE INTO wake(key, name, at) VALUES(?,?,?)");
            _lease = _database.Prepare("INSERT OR IGNORE INTO lease(resource, available) VALUES(?,?)");
            _definition = _database.Prepare(
                "INSERT OR IGNORE INTO definition(hash, added, current, source) VALUES(?,?,?,?)");
        }
        catch
        {
            _database.Dispose();
            throw;
        }
    }

    /// <summary>What is written so far, to be read while it is.</summary>
    public Database Database => _database;

    /// <summary>Rows of table grains written.</summary>
    public long Rows { get; private set; }

    public void AddGrain(long id, long version, long nowMs, long head, ReadOnlySpan<byte> state, GrainKey key)
    {
        _grain.Bind(1, id).Bind(2, version).Bind(3, nowMs).Bind(4, head).Bind(5, state)
            .Bind(6, RowChecksum.OfGrain(id, version, nowMs, head, state, key)).BindKey(7, key).Run();
    }

    /// <param name="seq">Its sequence.</param>
    /// <param name="previous">The row before of its key, or 0.</param>
    /// <param name="key">Whose.</param>
    /// <param name="entry">The entry; its payload is not looked at when it was emptied.</param>
    /// <param name="isEmptied">Whether retention has removed the payload.</param>
    public void AddJournal(long seq, long previous, GrainKey key, JournalEntry entry, bool isEmptied)
    {
        _journal.Bind(1, seq).Bind(2, previous).BindKey(3, key).Bind(4, (long)entry.Kind)
            .Bind(5, entry.OccurredAt.UnixMs).Bind(6, entry.RecordedAt.UnixMs).Bind(7, entry.KeepUntil.UnixMs)
            .Bind(8, unchecked((long)entry.Seed)).Bind(9, unchecked((long)entry.PlanHash));
        if (isEmptied) _journal.BindNull(10).BindNull(11).Run();
        else
        {
            _journal.Bind(10, entry.Payload.Span)
                .Bind(11, RowChecksum.OfJournal(seq, previous, entry, key)).Run();
        }
    }

    public void AddRow(GrainKey key, string row, ReadOnlySpan<byte> value)
    {
        _row.BindRow(key, row, value).Run();
        Rows += _database.Changes();
    }

    public void AddOutbox(OutboxRow row, Instant recorded) =>
        _outbox.Bind(1, row.Seq).Bind(2, (long)row.Topic).Bind(3, recorded.UnixMs).BindKey(4, row.Sender)
            .Bind(5, row.Sequence).Bind(6, row.Payload.Span).Bind(7, RowChecksum.OfOutbox(row, recorded)).Run();

    public void AddSend(SendRow row) =>
        _send.Bind(1, row.Seq).BindKey(2, row.Sender).Bind(3, row.Sequence).BindKey(4, row.Target)
            .Bind(5, row.Message.Span).Bind(6, RowChecksum.OfSend(row)).Run();

    public void AddWake(WakeRow wake) => _wake.BindKey(1, wake.Key).BindText(2, wake.Name).Bind(3, wake.AtMs).Run();

    public void AddLease(string resource, long available) => _lease.BindText(1, resource).Bind(2, available).Run();

    public void AddDefinition(long hash, long added, long current, ReadOnlySpan<byte> source) =>
        _definition.Bind(1, hash).Bind(2, added).Bind(3, current).Bind(4, source).Run();

    public void SetMeta(string name, long value) => _database.Execute(string.Create(
        CultureInfo.InvariantCulture, $"INSERT OR REPLACE INTO meta(name, value) VALUES('{name}', {value})"));

    /// <summary>Commits, and gives the file the log it will be used with.</summary>
    public void Finish() => _database.Execute("COMMIT; PRAGMA journal_mode=WAL;");

    public void Dispose() => _database.Dispose();
}
