using DToC.Embedded.Storage;
using DToC.Grains;

namespace DToC.Embedded.Erasures;

/// <summary>Removes, within a transaction, all that lies under some keys of a partition.</summary>
/// <param name="keys">The keys.</param>
/// <param name="published">Sequences of what they published.</param>
internal sealed class RowRemoval(IReadOnlyList<GrainKey> keys, IReadOnlyList<long> published)
{
    /// <summary>Effects to other grains that were removed, of the last run.</summary>
    public long Sends { get; private set; }

    public void Run(Database database)
    {
        Sends = 0;
        foreach (var key in keys) Remove(database, key);
        if (published.Count == 0) return;
        // Subscribers' places are numbers: none may be given twice, so the newest there was is remembered.
        database.Execute("""
            INSERT INTO meta(name, value) SELECT 'last_outbox', max(seq) FROM outbox WHERE true
            ON CONFLICT DO UPDATE SET value=max(value, excluded.value)
            """);
        using var delete = new Statement(database.Handle, "DELETE FROM outbox WHERE seq=?");
        foreach (var seq in published) delete.Bind(1, seq).Run();
    }

    private void Remove(Database database, GrainKey key)
    {
        RemoveJournal(database, key);
        foreach (var sql in (ReadOnlySpan<string>)[
            "DELETE FROM grain WHERE key=?", "DELETE FROM wake WHERE key=?", "DELETE FROM row WHERE key=?"])
        {
            using var delete = new Statement(database.Handle, sql);
            delete.BindKey(1, key).Run();
        }
        using var sends = new Statement(database.Handle, "DELETE FROM pending_send WHERE sender=?1 OR target=?1");
        sends.BindKey(1, key).Run();
        Sends += database.Changes();
    }

    private static void RemoveJournal(Database database, GrainKey key)
    {
        using var head = new Statement(database.Handle, "SELECT journal_head FROM grain WHERE key=?");
        var seq = head.BindKey(1, key).Step() ? head.Int64(0) : 0;
        head.Reset();
        using var previousOf = new Statement(database.Handle, ChainRemoval.PreviousOf);
        using var delete = new Statement(database.Handle, ChainRemoval.Delete);
        new ChainRemoval(previousOf, delete).Run(seq);
    }
}
