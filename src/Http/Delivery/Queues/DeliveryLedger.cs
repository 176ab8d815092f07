using DToC.Grains;

namespace DToC.Http.Delivery.Queues;

/// <summary>What is kept of a destination's deliveries, durably.</summary>
internal sealed class DeliveryLedger(string destination, PumpParts parts)
{
    private const int RowsAtOnce = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly GrainKey _key = DeliveriesGrain.KeyOf(destination);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Effects that waited when it was read.</summary>
    public IReadOnlySet<string> Known => _known;

    /// <summary>Dead letters.</summary>
    public int Dead { get; private set; }

    /// <summary>Reads it: what waits goes into the index, the places come back.</summary>
    public async ValueTask<IReadOnlyDictionary<Topic, string>> LoadAsync(
        WaitingIndex index, CancellationToken cancellation)
    {
        if (await parts.Host.ReadAsync(_key, cancellation) is not { } stored) return new Dictionary<Topic, string>();
        var state = DeliveriesGrain.Read(stored.Bytes.Span);
        Dead = state.Dead;
        for (var from = KeptDelivery.RowOf(KeptDelivery.Waiting, 0); ;)
        {
            var rows = await parts.Host.ReadRowsAsync(_key, from, RowsAtOnce, cancellation);
            foreach (var row in rows)
            {
                if (row.Row[0] != KeptDelivery.Waiting) return state.Places.AsReadOnly();
                var kept = KeptDelivery.FromBytes(row.Value);
                _known.Add(kept.Effect.ToString());
                index.Add(new WaitingIndex.Waiting(
                    KeptDelivery.NumberOf(row.Row), kept.Effect.Sender.StableHash(), kept.Attempts, kept.At,
                    kept.Since));
            }
            if (rows.Count < RowsAtOnce) return state.Places.AsReadOnly();
            from = rows[^1].Row + "~";
        }
    }

    /// <summary>Whether one more may be given up, beside those that are about to be.</summary>
    public bool HasRoomForDead(IReadOnlyList<TriedDelivery> tried) =>
        Dead + tried.Count(one => one.IsDead) < DeliveriesGrain.MaxDead;

    /// <summary>Commits what became of effects; where the host takes nothing, again and again.</summary>
    /// <returns>The numbers of those that wait from now on.</returns>
    /// <exception cref="InvalidOperationException">The turn broke an invariant.</exception>
    public async ValueTask<IReadOnlyList<long>> SettleAsync(
        DeliveriesMessage.Settle settle, CancellationToken cancellation)
    {
        for (; ; )
        {
            // Not to be given up half-way: whether it is committed would not be known.
            var reply = await parts.Host.SendAsync(_key, settle, CancellationToken.None);
            switch (reply)
            {
                case DeliveriesReply.Settled settled:
                    Dead = settled.Dead;
                    return settled.Numbers;
                case Reply.Busy or Reply.Unavailable:
                    await Task.Delay(Pause, parts.Time, cancellation);
                    break;
                default:
                    throw new InvalidOperationException($"Deliveries to '{destination}' could not be kept: {reply}.");
            }
        }
    }

    /// <summary>
    /// Takes out again what began to wait while its customer was erased: an erasure that comes later finds the row, and
    /// one that came earlier is seen here.
    /// </summary>
    public async ValueTask RemoveErasedAsync(
        IReadOnlyList<KeptDelivery> kept, IReadOnlyList<long> numbers, WaitingIndex index,
        CancellationToken cancellation)
    {
        var erased = new List<string>();
        for (var i = 0; i < kept.Count; i++)
        {
            if (kept[i].Since >= parts.Host.ErasedUntil(kept[i].Effect.Sender)) continue;
            erased.Add(KeptDelivery.RowOf(KeptDelivery.Waiting, numbers[i]));
            index.Remove(numbers[i]);
        }
        if (erased.Count == 0) return;
        while (await parts.Host.SendAsync(_key, new GrainMessage.RemoveRows(erased), CancellationToken.None)
            is Reply.Busy or Reply.Unavailable)
        {
            await Task.Delay(Pause, parts.Time, cancellation);
        }
    }
}
