using System.Runtime.CompilerServices;
using DToC.Embedded.Storage;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Effects;

/// <summary>
/// A subscriber's way through the outboxes. It reads from disk at its own pace, a page of each partition at a
/// time, so a slow one holds nothing up; where it has caught up it waits for the next commit that publishes.
/// </summary>
internal sealed class Subscription(HostContext host, Topic topic, long[] places)
{
    private static readonly Func<StoreReader, (Topic Topic, long After, int Limit), List<OutboxRow>> ReadPage =
        static (reader, page) => reader.Outbox(page.Topic, page.After, page.Limit);

    /// <summary>Ends with the host, or throws when cancelled by the subscriber.</summary>
    public async IAsyncEnumerable<Published> RunAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, host.Stopping);
        using var reading = host.Subscriptions.Enter(topic, places, Instant.From(host.Options.Time.GetUtcNow()));
        while (!host.Stopping.IsCancellationRequested)
        {
            var published = host.Published.Next;
            var found = false;
            for (var i = 0; i < places.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                if (host.Stopping.IsCancellationRequested) yield break;
                var page = (topic, places[i], host.Options.SubscriberPage);
                var last = host.Partitions[i].LastPublished;
                var rows = await host.Partitions[i].Readers.ReadAsync(ReadPage, page, cancellation);
                if (rows.Count == 0) reading.CaughtUp(i, last);
                foreach (var row in rows)
                {
                    found = true;
                    places[i] = row.Seq;
                    if (host.Ledger.IsGone(row.Sender, row.Sequence)) continue;
                    if (row.Problem is { } problem)
                    {
                        // The others are not held up by it; what it said cannot be told.
                        host.NoteFailedRead(i, problem);
                        continue;
                    }
                    var cursor = Cursor.Write(host.FolderId, places);
                    yield return new Published(new EffectId(row.Sender, row.Sequence), cursor, row.Payload);
                }
            }
            if (!found && !await ComesAsync(published, either.Token)) cancellation.ThrowIfCancellationRequested();
        }
    }

    private static async ValueTask<bool> ComesAsync(Task published, CancellationToken cancellation)
    {
        await published.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellation.IsCancellationRequested;
    }
}
