using DToC.Embedded.Storage;
using DToC.Embedded.Turns;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Erasures;

/// <summary>A record that concerns a subject, and where it lies.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Seq">Its row's sequence; 0 where the table has none.</param>
/// <param name="Record">The record.</param>
internal readonly record struct KeptRow(int Partition, long Seq, KeptRecord Record);

/// <summary>
/// Finds all that the partitions keep of a subject: the one enumerator that both export and erasure go by. What lies
/// under the subject's keys is found by them; published effects and rows of tables are looked through, as no index
/// leads from a customer to them.
/// </summary>
internal sealed class KeptRows(HostContext host)
{
    private readonly GrainInstances _grains = new(host.Options.Catalog);

    /// <summary>All of it, committed; partition by partition.</summary>
    public async Task<List<KeptRow>> ReadAsync(DataSubject subject, CancellationToken cancellation)
    {
        List<KeptRow> found = [];
        foreach (var partition in host.Partitions)
        {
            List<GrainKey> keys = [.. subject.Keys.Where(key => host.PartitionOf(key) == partition)];
            var index = partition.Index;
            foreach (var key in keys)
            {
                found.AddRange(await partition.Readers.ReadAsync(ReadOwn, (index, key), cancellation));
            }
            foreach (var some in keys.Chunk(StoreReader.MostSenders))
                await ReadOutboxAsync(partition, some, found, cancellation);
            foreach (var kind in host.Options.Catalog.Kinds.Order())
                await ReadTableAsync(partition, kind, subject, found, cancellation);
        }
        return found;
    }

    /// <summary>
    /// Effects on their way that decide how far the erasure of a subject reaches: those that are its own, and those to
    /// customers. Without those that nobody delivers before the next start.
    /// </summary>
    public async Task<List<SendUnderWay>> SendsAsync(DataSubject subject, CancellationToken cancellation)
    {
        HashSet<GrainKey> keys = [.. subject.Keys];
        List<SendUnderWay> sends = [];
        foreach (var partition in host.Partitions)
        {
            var after = 0L;
            for (;;)
            {
                var page = await partition.Readers.ReadAsync(
                    static (reader, place) => reader.PendingSends(place.After, place.Limit),
                    (After: after, Limit: host.Options.SweepRows), cancellation);
                foreach (var row in page)
                {
                    if (row.Target.Kind != GrainKind.Customer && !keys.Contains(row.Sender)) continue;
                    if (row.Problem is not null || partition.IsSetAside(row.Seq)) continue;
                    var message = _grains.Of(row.Target.Kind).DecodeMessage(row.Message.Span);
                    sends.Add(new SendUnderWay(row.Sender, row.Target, message));
                }
                if (page.Count < host.Options.SweepRows) break;
                after = page[^1].Seq;
            }
        }
        return sends;
    }

    private static List<KeptRow> ReadOwn(StoreReader reader, (int Partition, GrainKey Key) of)
    {
        List<KeptRow> own = [];
        void Add(long seq, KeptRecord record) => own.Add(new KeptRow(of.Partition, seq, record));
        try
        {
            if (reader.FindGrain(of.Key) is { } grain) Add(grain.Id, new KeptRecord.State(of.Key, grain.State));
            var entries = HistoryReader.ReadCommitted(reader, (of.Key, int.MaxValue - 1));
            for (var i = entries.Count - 1; i >= 0; i--) Add(0, new KeptRecord.Journal(of.Key, entries[i]));
        }
        catch (StoreException exception) when (exception.KeyIsGone)
        {
            // Of a backup from before it was erased: what is there says nothing, but it is there.
            Add(0, new KeptRecord.State(of.Key, new StoredState(ReadOnlyMemory<byte>.Empty, Version: 0)));
        }
        foreach (var row in reader.SendsOf(of.Key))
            Add(row.Seq, new KeptRecord.Pending(of.Key, row.Sequence, row.Target, row.Message));
        foreach (var wake in reader.WakesOf(of.Key))
            Add(0, new KeptRecord.WakeUp(of.Key, wake.Name, new Instant(wake.AtMs)));
        return own;
    }

    private async Task ReadOutboxAsync(
        Partition partition, GrainKey[] senders, List<KeptRow> found, CancellationToken cancellation)
    {
        for (var after = 0L; ;)
        {
            var rows = await partition.Readers.ReadAsync(
                static (reader, page) => reader.OutboxOf(page.Senders, page.After, page.Limit),
                (Senders: senders, After: after, Limit: host.Options.SweepRows), cancellation);
            foreach (var row in rows)
            {
                found.Add(new KeptRow(partition.Index, row.Seq,
                    new KeptRecord.Published(row.Sender, row.Sequence, row.Topic, row.Payload)));
            }
            if (rows.Count < host.Options.SweepRows) return;
            after = rows[^1].Seq;
        }
    }

    private async Task ReadTableAsync(
        Partition partition, GrainKind kind, DataSubject subject, List<KeptRow> found, CancellationToken cancellation)
    {
        var grain = _grains.Of(kind);
        var traces = grain.TracesOf(subject);
        (GrainKey Key, string Stored)? after = null;
        for (;;)
        {
            var page = await partition.Readers.ReadAsync(
                static (reader, place) => reader.TracedRows(place.Kind, place.Traces, place.After, place.Limit),
                (Kind: kind, Traces: traces, After: after, Limit: host.Options.SweepRows), cancellation);
            foreach (var (key, _, row) in page)
            {
                if (grain.Concerns(row, subject))
                    found.Add(new KeptRow(partition.Index, 0, new KeptRecord.Row(key, row)));
            }
            if (page.Count < host.Options.SweepRows) return;
            after = (page[^1].Key, page[^1].Stored);
        }
    }
}
