namespace DToC.Embedded.Turns;

/// <summary>
/// What waits for a partition's turn loop. Messages of the host itself (effects, wake-ups, upkeep) have a
/// lane of their own with up to half of every batch, so that neither starves the other. It holds no limit:
/// senders are admitted before, and the host's own messages are bounded by their windows.
/// </summary>
/// <param name="gate">The partition's gate; held by the turn loop, taken here by senders.</param>
internal sealed class Mailbox(object gate)
{
    private readonly Queue<MailItem> _requests = new();
    private readonly Queue<MailItem> _own = new();
    private int _length;

    /// <summary>Items waiting.</summary>
    public int Length => Volatile.Read(ref _length);

    /// <summary>Under the gate.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Under the gate.</summary>
    public bool IsEmpty => _requests.Count == 0 && _own.Count == 0;

    /// <summary>Adds an item; false when the partition has stopped.</summary>
    public bool Post(MailItem item, bool own)
    {
        lock (gate)
        {
            if (IsClosed) return false;
            (own ? _own : _requests).Enqueue(item);
            // The loop only waits when there is nothing, or while a commit runs, which wakes it.
            if (++_length == 1) Monitor.PulseAll(gate);
            return true;
        }
    }

    /// <summary>Adds messages from outside; false when the partition has stopped.</summary>
    public bool Post(List<Delivery> requests)
    {
        lock (gate)
        {
            if (IsClosed) return false;
            var wasEmpty = _length == 0;
            foreach (var request in requests) _requests.Enqueue(request);
            _length += requests.Count;
            if (wasEmpty) Monitor.PulseAll(gate);
            return true;
        }
    }

    /// <summary>Under the gate: moves up to so many items; false when there are none.</summary>
    public bool Take(int limit, List<MailItem> taken)
    {
        var share = _requests.Count == 0 ? limit : (limit + 1) / 2;
        while (taken.Count < share && _own.TryDequeue(out var item)) taken.Add(item);
        while (taken.Count < limit && _requests.TryDequeue(out var item)) taken.Add(item);
        while (taken.Count < limit && _own.TryDequeue(out var item)) taken.Add(item);
        _length -= taken.Count;
        return taken.Count > 0;
    }

    /// <summary>Takes nothing more; what waits is still done.</summary>
    public void Close()
    {
        lock (gate)
        {
            IsClosed = true;
            Monitor.PulseAll(gate);
        }
    }
}
