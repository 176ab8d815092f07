using DToC.Embedded.Sealing;
using DToC.Embedded.Storage;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Turns;

/// <summary>Seals a batch and writes it in one transaction. Used by the commit loop only.</summary>
internal sealed class BatchWriter : IDisposable
{
    private static readonly Comparison<SealedState> ById = static (a, b) => a.Grain.Id.CompareTo(b.Grain.Id);

    private readonly Database _database;
    private readonly Sealer _sealer;
    private readonly RowSealing _rows;
    private readonly ChainRemoval _chains;
    private readonly byte[] _place = new byte[SealPlace.MostBytes];
    private readonly Statement _begin, _commit;
    private readonly Statement _insertGrain, _updateGrain;
    private readonly Statement _insertJournal, _insertOutbox;
    private readonly Statement _insertSend, _deleteSend;
    private readonly Statement _upsertWake, _deleteWake, _deleteWakeAt, _upsertLease;

    public BatchWriter(Database database, Seals seals)
    {
        _database = database;
        _sealer = new Sealer(seals);
        _rows = new RowSealing(database, seals, _sealer);
        _begin = database.Prepare("BEGIN IMMEDIATE");
        _commit = database.Prepare("COMMIT");
        _insertGrain = database.Prepare(
            "INSERT INTO grain(id, version, now, journal_head, state, crc, key) VALUES(?,?,?,?,?,?,?)");
        _updateGrain = database.Prepare(
            "UPDATE grain SET version=?2, now=?3, journal_head=?4, state=?5, crc=?6 WHERE id=?1");
        _insertJournal = database.Prepare("""
            INSERT INTO journal(seq, prev, key, kind, occurred, recorded, keep_until, seed, plan, payload, crc)
            VALUES(?,?,?,?,?,?,?,?,?,?,?)
            """);
        _chains = new ChainRemoval(
            database.Prepare(ChainRemoval.PreviousOf), database.Prepare(ChainRemoval.Delete));
        _insertOutbox = database.Prepare(
            "INSERT INTO outbox(seq, topic, recorded, sender, sequence, payload, crc) VALUES(?,?,?,?,?,?,?)");
        _insertSend = database.Prepare(
            "INSERT INTO pending_send(seq, sender, sequence, target, message, crc) VALUES(?,?,?,?,?,?)");
        _deleteSend = database.Prepare("DELETE FROM pending_send WHERE seq=?");
        _upsertWake = database.Prepare(
            "INSERT INTO wake(key, name, at) VALUES(?,?,?) ON CONFLICT DO UPDATE SET at=excluded.at");
        _deleteWake = database.Prepare("DELETE FROM wake WHERE key=? AND name=?");
        _deleteWakeAt = database.Prepare("DELETE FROM wake WHERE key=? AND name=? AND at=?");
        _upsertLease = database.Prepare("""
            INSERT INTO lease(resource, available) VALUES(?,?)
            ON CONFLICT DO UPDATE SET available=excluded.available
            """);
    }

    public Database Database => _database;

    /// <summary>Writes and commits; rolls back before it throws.</summary>
    /// <exception cref="StoreException">Nothing of the batch is kept.</exception>
    public void Write(Batch batch)
    {
        try
        {
            _begin.Run();
            WriteStates(batch);
            WriteJournal(batch);
            foreach (var newest in batch.Cuts) _chains.Run(newest);
            WriteRows(batch);
            WriteEffects(batch);
            foreach (var (resource, available) in batch.Leases)
                _upsertLease.BindText(1, resource).Bind(2, available).Run();
            foreach (var chore in batch.Chores) chore.InTransaction(_database);
            _commit.Run();
        }
        catch
        {
            _database.RollBack();
            throw;
        }
    }

    public void Dispose() => _database.Dispose();

    private void WriteStates(Batch batch)
    {
        // In the order of the leaves: neighbours share a page, and pages go to the log once.
        batch.States.Sort(ById);
        foreach (var state in batch.States)
        {
            var statement = state.IsNew ? _insertGrain : _updateGrain;
            var (id, key, version) = (state.Grain.Id, state.Grain.Key, state.State.Version);
            var place = SealPlace.OfGrain(_place, key, version, state.NowMs);
            var bytes = _sealer.Seal(state.Grain.SealKey, place, state.State.Span);
            var crc = RowChecksum.OfGrain(id, version, state.NowMs, state.JournalHead, bytes, key);
            statement.Bind(1, id).Bind(2, version).Bind(3, state.NowMs).Bind(4, state.JournalHead).Bind(5, bytes)
                .Bind(6, crc);
            if (state.IsNew) statement.BindKey(7, key);
            statement.Run();
        }
    }

    private void WriteJournal(Batch batch)
    {
        foreach (var row in batch.Journal)
        {
            var entry = row.Entry;
            var place = SealPlace.OfJournal(_place, row.Key, entry);
            var payload = _sealer.Seal(row.SealKey, place, entry.Payload.Span);
            _insertJournal.Bind(1, row.Seq).Bind(2, row.Previous).BindKey(3, row.Key).Bind(4, (long)entry.Kind)
                .Bind(5, entry.OccurredAt.UnixMs).Bind(6, entry.RecordedAt.UnixMs).Bind(7, entry.KeepUntil.UnixMs)
                .Bind(8, unchecked((long)entry.Seed)).Bind(9, unchecked((long)entry.PlanHash))
                .Bind(10, payload)
                .Bind(11, RowChecksum.OfJournal(row.Seq, row.Previous, entry, payload, row.Key)).Run();
        }
    }

    private void WriteRows(Batch batch)
    {
        foreach (var row in batch.Rows)
        {
            if (row.Value is { } value) _rows.Write(row.Key, row.Row, value.Span, row.SealKey);
            else _rows.Remove(row.Key, row.Row);
        }
    }

    private void WriteEffects(Batch batch)
    {
        foreach (var row in batch.Outbox)
        {
            var place = SealPlace.OfOutbox(_place, row.Sender, row.Sequence, row.Topic, batch.Now);
            var payload = _sealer.Seal(row.SealKey, place, row.Payload.Span);
            _insertOutbox.Bind(1, row.Seq).Bind(2, (long)row.Topic).Bind(3, batch.Now.UnixMs).BindKey(4, row.Sender)
                .Bind(5, row.Sequence).Bind(6, payload).Bind(7, RowChecksum.OfOutbox(row, batch.Now, payload)).Run();
        }
        foreach (var row in batch.Sends)
        {
            var place = SealPlace.OfSend(_place, row.Sender, row.Sequence, row.Target);
            var message = _sealer.Seal(row.SealKey, place, row.Message.Span);
            _insertSend.Bind(1, row.Seq).BindKey(2, row.Sender).Bind(3, row.Sequence).BindKey(4, row.Target)
                .Bind(5, message).Bind(6, RowChecksum.OfSend(row, message)).Run();
        }
        foreach (var seq in batch.SendsDone) _deleteSend.Bind(1, seq).Run();
        foreach (var (wake, delivered) in batch.Wakes)
        {
            if (delivered)
                _deleteWakeAt.BindKey(1, wake.Key).BindText(2, wake.Name).Bind(3, wake.AtMs).Run();
            else if (wake.AtMs == Instant.Never.UnixMs)
                _deleteWake.BindKey(1, wake.Key).BindText(2, wake.Name).Run();
            else
                _upsertWake.BindKey(1, wake.Key).BindText(2, wake.Name).Bind(3, wake.AtMs).Run();
        }
    }
}
