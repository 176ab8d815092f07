using DToC.Embedded.Storage;
using DToC.Embedded.Turns;
using DToC.Grains;
using DToC.Twin;
using Microsoft.Extensions.Logging;

namespace DToC.Embedded.Effects;

/// <summary>
/// Sends a partition's wake-ups when they are due, the earliest first and a bounded number at a time. The row
/// goes in the commit of the turn it causes.
/// </summary>
internal sealed class WakeLoop(Partition partition)
{
    // The clock is looked at anew at least so often, in case it was set.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private static readonly Func<StoreReader, int, List<WakeRow>> ReadRows =
        static (reader, limit) => reader.Wakes(limit);

    private readonly AsyncSignal _changed = new();
    private readonly HashSet<WakeRow> _setAside = [];
    private long _plannedMs = long.MaxValue;

    /// <summary>A wake-up at this moment was committed.</summary>
    public void Committed(long atMs)
    {
        if (atMs < Volatile.Read(ref _plannedMs)) _changed.Pulse();
    }

    /// <summary>Delivers until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            Volatile.Write(ref _plannedMs, long.MaxValue);
            var changed = _changed.Next;
            var limit = partition.Options.WakeWindow + _setAside.Count;
            var next = await partition.Readers.ReadAsync(ReadRows, limit, cancellation);
            next.RemoveAll(_setAside.Contains);
            var now = NowMs();
            var due = next.FindAll(wake => wake.AtMs <= now);
            if (due.Count == 0)
            {
                await WaitAsync(next.Count > 0 ? next[0].AtMs : null, changed, cancellation);
            }
            else if (!await DeliverAsync(due))
            {
                await Task.Delay(partition.Options.RetryDelay, partition.Options.Time, cancellation);
            }
        }
    }

    private long NowMs() => partition.Options.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private async ValueTask WaitAsync(long? atMs, Task changed, CancellationToken cancellation)
    {
        if (atMs is not { } at)
        {
            await changed.WaitAsync(cancellation);
            return;
        }
        Volatile.Write(ref _plannedMs, at);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var wait = TimeSpan.FromMilliseconds(Math.Clamp(at - NowMs(), 1, LongestWait.TotalMilliseconds));
        var timer = Task.Delay(wait, partition.Options.Time, waiting.Token);
        // The moment may have come between looking at the clock and setting the timer.
        if (NowMs() < at) await Task.WhenAny(timer, changed);
        await waiting.CancelAsync();
    }

    /// <summary>False when something was refused and must be tried again.</summary>
    private async ValueTask<bool> DeliverAsync(List<WakeRow> due)
    {
        List<(WakeRow Row, Delivery Delivery)> sent = [];
        foreach (var row in due)
        {
            var at = new Instant(row.AtMs);
            var delivery = new Delivery(row.Key, new GrainMessage.WokenUp(row.Name, at), admittedBy: null)
            {
                Origin = new Origin.Wake(partition.Index, row.Key, row.Name, at),
            };
            sent.Add((row, delivery));
            partition.Host.Deliver(delivery);
        }
        var accepted = true;
        List<WakeWrite> elsewhere = [];
        foreach (var (row, delivery) in sent)
        {
            var reply = await delivery.Completion;
            if (reply is Reply.Busy or Reply.Unavailable) accepted = false;
            else if (reply is Reply.Failed) SetAside(row);
            else if (!delivery.Settled) elsewhere.Add(new WakeWrite(row, Delivered: true));
        }
        if (elsewhere.Count == 0) return accepted;
        // The grain was merged into one of another partition, whose commit could not remove this row.
        var removal = new Chore(batch => batch.Wakes.AddRange(elsewhere), inTransaction: null);
        return await partition.DoAsync(removal) is null && accepted;
    }

    private void SetAside(WakeRow row)
    {
        partition.Log.WakeUpSetAside(partition.Host.NameOf(row.Key), row.Name);
        if (_setAside.Count < partition.Options.SetAsideLimit) _setAside.Add(row);
    }
}
