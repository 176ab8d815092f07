namespace DToC.Embedded.Turns;

/// <summary>Where an item waits.</summary>
internal enum Lane
{
    /// <summary>Messages from outside that were sent alone.</summary>
    Request,

    /// <summary>Messages from outside that were sent with others.</summary>
    Bulk,

    /// <summary>The host's own.</summary>
    Own,
}

/// <summary>
/// What waits for a partition's turn loop. Messages of the host itself (effects, wake-ups, upkeep) have a
/// lane of their own with up to half of every batch, so that neither starves the other; those that were sent alone
/// (a decision, a consent, an event) have another, with three quarters of what is left, so that they do not queue
/// behind streams and batches. It holds no limit: senders are admitted before, and the host's own messages are
/// bounded by their windows.
/// </summary>
/// <param name="gate">The partition's gate; held by the turn loop, taken here by senders.</param>
/// <param name="bell">The turn loop's.</param>
internal sealed class Mailbox(Lock gate, Doorbell bell)
{
    private readonly Queue<MailItem> _requests = new();
    private readonly Queue<MailItem> _bulk = new();
    private readonly Queue<MailItem> _own = new();
    private int _length;

    /// <summary>Items waiting.</summary>
    public int Length => Volatile.Read(ref _length);

    /// <summary>Under the gate.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Under the gate.</summary>
    public bool IsEmpty => _requests.Count == 0 && _bulk.Count == 0 && _own.Count == 0;

    /// <summary>Adds an item; false when the partition has stopped.</summary>
    public bool Post(MailItem item, Lane lane)
    {
        bool isFirst;
        lock (gate)
        {
            if (IsClosed) return false;
            (lane switch { Lane.Own => _own, Lane.Bulk => _bulk, _ => _requests }).Enqueue(item);
            // The loop only sleeps when there is nothing, or while a commit runs, which wakes it.
            isFirst = ++_length == 1;
        }
        if (isFirst) bell.Ring();
        return true;
    }

    /// <summary>Adds messages sent together; false when the partition has stopped.</summary>
    public bool Post(List<Delivery> bulk)
    {
        bool wasEmpty;
        lock (gate)
        {
            if (IsClosed) return false;
            wasEmpty = _length == 0;
            foreach (var delivery in bulk) _bulk.Enqueue(delivery);
            _length += bulk.Count;
        }
        if (wasEmpty) bell.Ring();
        return true;
    }

    /// <summary>Under the gate: moves up to so many items; false when there are none.</summary>
    public bool Take(int limit, List<MailItem> taken)
    {
        var own = _requests.Count + _bulk.Count == 0 ? limit : (limit + 1) / 2;
        while (taken.Count < own && _own.TryDequeue(out var item)) taken.Add(item);
        var requests = _bulk.Count == 0 ? limit : limit - ((limit - taken.Count) / 4);
        while (taken.Count < requests && _requests.TryDequeue(out var item)) taken.Add(item);
        while (taken.Count < limit && _bulk.TryDequeue(out var item)) taken.Add(item);
        while (taken.Count < limit && _requests.TryDequeue(out var item)) taken.Add(item);
        while (taken.Count < limit && _own.TryDequeue(out var item)) taken.Add(item);
        _length -= taken.Count;
        return taken.Count > 0;
    }

    /// <summary>Takes nothing more; what waits is still done.</summary>
    public void Close()
    {
        lock (gate) IsClosed = true;
        bell.Ring();
    }
}
