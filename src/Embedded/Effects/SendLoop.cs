using System.Collections.Concurrent;
using DToC.Embedded.Storage;
using DToC.Embedded.Turns;
using DToC.Grains;
using Microsoft.Extensions.Logging;

namespace DToC.Embedded.Effects;

/// <summary>
/// Delivers a partition's effects to other grains. It goes in rounds: of the rows it holds, the first of
/// every sender is on its way at one time, so a sender's order holds whatever is refused. A row goes when the
/// turn it caused is durable: in the same commit when the target lies in this partition, in a later one
/// otherwise.
/// </summary>
internal sealed class SendLoop(Partition partition)
{
    private static readonly Func<StoreReader, (long After, int Limit), List<SendRow>> ReadRows =
        static (reader, page) => reader.PendingSends(page.After, page.Limit);

    private readonly AsyncSignal _committed = new();
    private readonly GrainInstances _grains = new(partition.Options.Catalog);
    private readonly List<SendRow> _window = [];
    private readonly HashSet<GrainKey> _senders = [];
    private readonly List<(SendRow Row, Delivery Delivery)> _round = [];
    private readonly List<long> _done = [];
    private readonly ConcurrentDictionary<long, bool> _setAside = [];
    private long _last;

    /// <summary>Whether a row is tried again at the next start only.</summary>
    public bool IsSetAside(long seq) => _setAside.ContainsKey(seq);

    /// <summary>Rows were committed.</summary>
    public void Committed() => _committed.Pulse();

    /// <summary>Delivers until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var committed = _committed.Next;
            var refused = !await RemoveDoneAsync();
            await FillAsync(cancellation);
            if (_window.Count > 0) refused |= !await RoundAsync();
            else if (!refused) await committed.WaitAsync(cancellation);
            if (refused) await Task.Delay(partition.Options.RetryDelay, partition.Options.Time, cancellation);
        }
    }

    private async ValueTask FillAsync(CancellationToken cancellation)
    {
        // Filled at half: reading a row for every row delivered would be a query each.
        var room = partition.Options.SendWindow - _window.Count;
        if (room < (partition.Options.SendWindow + 1) / 2) return;
        foreach (var row in await partition.Readers.ReadAsync(ReadRows, (_last, room), cancellation))
        {
            _last = row.Seq;
            if (row.Problem is { } problem)
            {
                // It stays on disk, and those behind it go on.
                _setAside[row.Seq] = true;
                partition.Host.NoteFailedRead(partition.Index, problem);
                continue;
            }
            _window.Add(row);
        }
    }

    /// <summary>False when something was refused and must be tried again.</summary>
    private async ValueTask<bool> RoundAsync()
    {
        _senders.Clear();
        _round.Clear();
        foreach (var row in _window)
        {
            if (_senders.Add(row.Sender)) Dispatch(row);
        }
        var accepted = true;
        HashSet<long> settled = [];
        foreach (var (row, delivery) in _round)
        {
            var reply = await delivery.Completion;
            if (reply is Reply.Busy or Reply.Unavailable)
            {
                accepted = false;
                continue;
            }
            settled.Add(row.Seq);
            // A row whose turn failed stays on disk, behind the place read to: it is tried again at the next
            // start.
            if (reply is Reply.Failed)
            {
                _setAside[row.Seq] = true;
                partition.Log.EffectSetAside(
                    partition.Host.NameOf(row.Sender), row.Sequence, partition.Host.NameOf(row.Target));
            }
            else if (!delivery.Settled) _done.Add(row.Seq);
        }
        _window.RemoveAll(row => settled.Contains(row.Seq));
        return accepted;
    }

    private void Dispatch(SendRow row)
    {
        if (partition.Host.Ledger.IsOfBefore(row.Sender, row.Sequence))
        {
            // Of one who was let in again: nothing of before goes anywhere.
            Settle(row, Reply.Erased.Instance);
            return;
        }
        GrainMessage message;
        try
        {
            message = _grains.Of(row.Target.Kind).DecodeMessage(row.Message.Span);
        }
#pragma warning disable CA1031 // a message that cannot be read concerns its own effect only
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Settle(row, new Reply.Failed($"the message could not be read ({exception.GetType().Name})"));
            return;
        }
        var delivery = new Delivery(row.Target, message, admittedBy: null)
        {
            Origin = new Origin.Send(partition.Index, row.Seq),
        };
        _round.Add((row, delivery));
        partition.Host.Deliver(delivery);
    }

    /// <summary>Answers a row that goes to nobody.</summary>
    private void Settle(SendRow row, Reply reply)
    {
        var delivery = new Delivery(row.Target, new GrainMessage.Refold(), admittedBy: null);
        _round.Add((row, delivery));
        delivery.Complete(reply);
    }

    /// <summary>Removes rows whose turns are durable elsewhere; false when that was not committed.</summary>
    private async ValueTask<bool> RemoveDoneAsync()
    {
        if (_done.Count == 0) return true;
        var removal = new Chore(batch => batch.SendsDone.AddRange(_done), inTransaction: null);
        if (await partition.DoAsync(removal) is not null) return false;
        _done.Clear();
        return true;
    }
}
