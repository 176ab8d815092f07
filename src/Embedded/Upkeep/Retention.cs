using DToC.Embedded.Storage;
using DToC.Embedded.Turns;
using DToC.Grains;
using DToC.Twin;
using Microsoft.Extensions.Logging;

namespace DToC.Embedded.Upkeep;

/// <summary>
/// Removes journal entries past their retention. It walks the journal in steps; keys with such entries write
/// a checkpoint first, and once that is durable the payloads go. The emptied rows keep the chain together;
/// those at its old end go too. A key's newest checkpoint stays whatever its age; older ones go whatever
/// theirs, as it stands for them and they may hold what is past its retention.
/// </summary>
internal sealed class Retention(Partition partition)
{
    private static readonly Func<StoreReader, (long After, Instant Now, int Limit), List<ExpiredRow>> ReadRows =
        static (reader, page) => reader.JournalAfter(page.After, page.Now, page.Limit);

    private long _place;

    /// <summary>One step; true at the end of the journal, where the next step begins anew.</summary>
    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        var options = partition.Options;
        var page = (_place, Instant.From(options.Time.GetUtcNow()), options.SweepRows);
        var rows = await partition.Readers.ReadAsync(ReadRows, page, cancellation);
        var expired = rows.FindAll(row => row.Expired);
        if (expired.Count > 0 && !await RemoveAsync(expired, cancellation)) return true;
        var end = rows.Count < options.SweepRows;
        _place = end ? 0 : rows[^1].Seq;
        return end;
    }

    /// <summary>False when something was refused; the step is taken again later.</summary>
    private async Task<bool> RemoveAsync(List<ExpiredRow> expired, CancellationToken cancellation)
    {
        var bySeq = expired.ToLookup(row => row.Key, row => row.Seq);
        List<GrainKey> keys = [.. bySeq.Select(group => group.Key)];
        var (done, failed) = await Requests.SendAsync(
            partition.Host, keys, new GrainMessage.TakeCheckpoint(), cancellation);
        foreach (var key in failed) partition.Log.CheckpointFailed(partition.Host.NameOf(key));
        List<long> emptied = [];
        List<long> removed = [];
        foreach (var key in done)
        {
            var chain = await partition.Readers.ReadAsync(Chain, key, cancellation);
            Choose(chain, bySeq[key].ToHashSet(), emptied, removed);
        }
        if (emptied.Count + removed.Count == 0) return done.Count + failed.Count == keys.Count;
        var chore = new Chore(onTurnLoop: null, database => Write(database, emptied, removed));
        if (await partition.DoAsync(chore) is not null) return false;
        partition.Log.RetentionApplied(partition.Index, emptied.Count, done.Count);
        return done.Count + failed.Count == keys.Count;
    }

    /// <summary>The rows of a key's journal, the newest first.</summary>
    private static List<ChainLink> Chain(StoreReader reader, GrainKey key)
    {
        List<ChainLink> chain = [];
        for (var seq = reader.FindHead(key); seq != 0;)
        {
            if (reader.FindLink(seq) is not { } link) break;
            chain.Add(link);
            seq = link.Previous;
        }
        return chain;
    }

    private static void Choose(List<ChainLink> chain, HashSet<long> expired, List<long> emptied, List<long> removed)
    {
        var newest = chain.Find(link => link.Kind == JournalKind.Checkpoint && link.HasPayload).Seq;
        var isTail = true;
        for (var i = chain.Count - 1; i >= 0; i--)
        {
            var link = chain[i];
            var isOld = expired.Contains(link.Seq) || link.Kind == JournalKind.Checkpoint;
            var goes = link.HasPayload && link.Seq != newest && isOld;
            isTail &= goes || !link.HasPayload;
            if (isTail) removed.Add(link.Seq);
            else if (goes) emptied.Add(link.Seq);
        }
    }

    private static void Write(Database database, List<long> emptied, List<long> removed)
    {
        using var empty = new Statement(database.Handle, "UPDATE journal SET payload=NULL, crc=NULL WHERE seq=?");
        foreach (var seq in emptied) empty.Bind(1, seq).Run();
        // The newest row of the file is emptied only: the next sequence after a start is one more than the
        // largest.
        using var remove = new Statement(
            database.Handle, "DELETE FROM journal WHERE seq=?1 AND seq < (SELECT max(seq) FROM journal)");
        foreach (var seq in removed)
        {
            remove.Bind(1, seq).Run();
            if (database.Changes() == 0) empty.Bind(1, seq).Run();
        }
    }
}
