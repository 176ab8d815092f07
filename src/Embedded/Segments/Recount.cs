using DToC.Embedded.Storage;
using DToC.Embedded.Turns;
using DToC.Embedded.Upkeep;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Plan;

namespace DToC.Embedded.Segments;

/// <summary>
/// Makes a partition's tallies anew from its file, beside commits: at the start, when another definition is in force,
/// and when too many members of a sample have left. Customers that were never looked at under the definition are asked
/// to; their turns bring them in.
/// </summary>
internal sealed class Recount(Partition partition)
{
    private static readonly GrainMessage LookAgain =
        new GrainMessage.WokenUp(SegmentTurn.WakeUpName, Instant.Never);

    private static readonly Func<StoreReader, (long After, int Limit), List<CountedRow>> ReadPage =
        static (reader, page) => Read(reader, page.After, page.Limit);

    /// <summary>Counts whenever it must, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var replaced = partition.Host.Replaced.Next;
            if (!await CountAsync(partition.Host.Plans.Current, cancellation))
            {
                await Task.Delay(partition.Options.RetryDelay, partition.Options.Time, cancellation);
                continue;
            }
            await WaitAsync(replaced, cancellation);
        }
    }

    private async Task WaitAsync(Task replaced, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(partition.Options.UpkeepInterval, partition.Options.Time);
        while (!replaced.IsCompleted && !partition.Segments.WantsRecount)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Task tick = timer.WaitForNextTickAsync(either.Token).AsTask();
            await Task.WhenAny(replaced, tick);
            await either.CancelAsync();
            await tick.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>False when something was refused and it must be counted again.</summary>
    private async Task<bool> CountAsync(TwinPlan plan, CancellationToken cancellation)
    {
        var segments = partition.Segments;
        segments.Begin(plan);
        if (plan.Segmentation.IsAny)
        {
            for (var place = 0L; ;)
            {
                segments.BeginPage();
                var page = await partition.Readers.ReadAsync(
                    ReadPage, (place, partition.Options.UpkeepWindow), cancellation);
                // A commit that the page shows is behind us once this is.
                if (await partition.DoAsync(new Chore(onTurnLoop: null, inTransaction: null)) is not null) return false;
                var unknown = segments.Count(page);
                if (page.Count == 0) break;
                place = page[^1].Id;
                var (done, failed) = await Requests.SendAsync(partition.Host, unknown, LookAgain, cancellation);
                if (done.Count + failed.Count < unknown.Count) return false;
                if (partition.Host.Plans.Current.Hash != plan.Hash) return true;
            }
        }
        return segments.End();
    }

    private static List<CountedRow> Read(StoreReader reader, long after, int limit)
    {
        var keys = reader.KeysById(after, limit);
        List<CountedRow> rows = new(keys.Count);
        foreach (var (id, key) in keys)
        {
            ReadOnlyMemory<byte> state = default;
            try
            {
                if (key.Kind == GrainKind.Customer) state = reader.FindGrain(key)?.State.Bytes ?? default;
            }
            catch (StoreException exception) when (exception.Damaged || exception.KeyIsGone)
            {
                // Its own turns are refused too; `dtoc check` and reads say so.
            }
            rows.Add(new CountedRow(id, key, state));
        }
        return rows;
    }
}
