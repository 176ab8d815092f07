using DToC.Embedded.Storage;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Repair;

/// <summary>
/// Copies every row of some files to the file where its key is looked for among another number of them. Sequences
/// are given anew, in the order of recording; chains, the order of each sender, ids of effects and states stay.
/// </summary>
internal sealed class KeyMove : IDisposable
{
    private readonly IReadOnlyList<Database> _old;
    private readonly PartitionDraft[] _new;
    private readonly Dictionary<ulong, long> _newestOf = [];
    private readonly long[] _last;

    public KeyMove(IReadOnlyList<Database> old, string folder, FolderRecord record, EmbeddedOptions options)
    {
        _old = old;
        _new = new PartitionDraft[record.Partitions];
        _last = new long[record.Partitions];
        for (var i = 0; i < _new.Length; i++)
            _new[i] = new PartitionDraft(Path.Combine(folder, DataFolder.NameOf(i)), record, i, options);
    }

    public void Run(CancellationToken cancellation)
    {
        foreach (var step in (Action[])[
            MoveDefinitions, MoveJournal, MoveGrains, MoveRows, MoveOutbox, MoveSends, MoveWakeUps, MoveLeases])
        {
            cancellation.ThrowIfCancellationRequested();
            Array.Clear(_last);
            step();
        }
        foreach (var draft in _new) draft.Finish();
    }

    public void Dispose()
    {
        foreach (var draft in _new) draft?.Dispose();
    }

    private int HomeOf(GrainKey key) => (int)(key.StableHash() % (ulong)_new.Length);

    private void MoveDefinitions()
    {
        using var rows = new Statement(_old[0].Handle, "SELECT hash, added, current, source FROM definition");
        while (rows.Step()) _new[0].AddDefinition(rows.Int64(0), rows.Int64(1), rows.Int64(2), rows.Blob(3));
        var refolded = _old
            .Select(file => file.Number("SELECT value FROM meta WHERE name='refolded_plan'")).ToHashSet();
        // Where some were still at it, all begin anew: grains have other numbers now.
        if (refolded.Count != 1 || refolded.First() is not { } plan) return;
        foreach (var draft in _new) draft.SetMeta("refolded_plan", plan);
    }

    private void MoveJournal()
    {
        using var rows = new MergedRows(_old, "journal", "seq",
            "key, payload IS NULL, kind, occurred, recorded, keep_until, seed, plan, payload", time: 5);
        while (rows.Next())
        {
            var key = rows.Row.Key(1);
            var hash = StableHash.Of(rows.Row.Blob(1));
            var home = HomeOf(key);
            var entry = StoredJournalRow.Entry(rows.Row, kind: 3, occurred: 4, payload: 9);
            var seq = ++_last[home];
            _new[home].AddJournal(seq, _newestOf.GetValueOrDefault(hash), key, entry, rows.Row.Int64(2) != 0);
            _newestOf[hash] = seq;
        }
    }

    private void MoveGrains()
    {
        foreach (var file in _old)
        {
            using var rows = new Statement(file.Handle, "SELECT version, now, state, key FROM grain ORDER BY id");
            while (rows.Step())
            {
                var key = rows.Key(3);
                var home = HomeOf(key);
                _new[home].AddGrain(
                    ++_last[home], rows.Int64(0), rows.Int64(1),
                    _newestOf.GetValueOrDefault(StableHash.Of(rows.Blob(3))), rows.Blob(2), key);
            }
        }
    }

    private void MoveRows()
    {
        foreach (var file in _old)
        {
            using var rows = new Statement(file.Handle, "SELECT key, row, value FROM row ORDER BY key, row");
            while (rows.Step()) _new[HomeOf(rows.Key(0))].AddRow(rows.Key(0), rows.Text(1), rows.Blob(2));
        }
    }

    private void MoveOutbox()
    {
        // By time, as pruning goes by it too.
        using var rows = new MergedRows(
            _old, "outbox", "seq", "topic, recorded, sender, sequence, payload", time: 2);
        while (rows.Next())
        {
            var row = rows.Row;
            var home = HomeOf(row.Key(3));
            var moved = new OutboxRow(
                ++_last[home], (Topic)row.Int64(1), row.Key(3), row.Int64(4), row.Blob(5).ToArray());
            _new[home].AddOutbox(moved, new Instant(row.Int64(2)));
        }
    }

    private void MoveSends()
    {
        foreach (var file in _old)
        {
            using var rows = new Statement(
                file.Handle, "SELECT sender, sequence, target, message FROM pending_send ORDER BY seq");
            while (rows.Step())
            {
                var home = HomeOf(rows.Key(0));
                _new[home].AddSend(new SendRow(
                    ++_last[home], rows.Key(0), rows.Int64(1), rows.Key(2), rows.Blob(3).ToArray()));
            }
        }
    }

    private void MoveWakeUps()
    {
        foreach (var file in _old)
        {
            using var rows = new Statement(file.Handle, "SELECT key, name, at FROM wake");
            while (rows.Step())
                _new[HomeOf(rows.Key(0))].AddWake(new WakeRow(rows.Key(0), rows.Text(1), rows.Int64(2)));
        }
    }

    /// <summary>What is left of a resource is one amount; it is split anew as a grant is.</summary>
    private void MoveLeases()
    {
        Dictionary<string, long> left = new(StringComparer.Ordinal);
        foreach (var file in _old)
        {
            using var rows = new Statement(file.Handle, "SELECT resource, available FROM lease");
            while (rows.Step()) left[rows.Text(0)] = left.GetValueOrDefault(rows.Text(0)) + rows.Int64(1);
        }
        foreach (var (resource, amount) in left)
        {
            var (share, rest) = Math.DivRem(amount, _new.Length);
            for (var i = 0; i < _new.Length; i++) _new[i].AddLease(resource, i < rest ? share + 1 : share);
        }
    }
}
