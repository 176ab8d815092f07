using DToC.Twin;

namespace DToC.Http.Delivery.Queues;

/// <summary>
/// Where deliveries wait for another attempt, in memory: number, lane and moment of each; the rest lies in its row.
/// </summary>
/// <param name="isInOrder">Whether of a lane only the first may go.</param>
internal sealed class WaitingIndex(bool isInOrder)
{
    private readonly Dictionary<long, Waiting> _all = [];
    private readonly SortedSet<(long At, long Number)> _due = [];
    private readonly Dictionary<ulong, SortedSet<long>> _lanes = [];
    private readonly SortedSet<(long Since, long Number)> _oldest = [];

    /// <summary>A delivery that waits.</summary>
    /// <param name="Number">Of its row.</param>
    /// <param name="Lane">Whose it is.</param>
    /// <param name="Attempts">Times it was tried.</param>
    /// <param name="At">When it may go.</param>
    /// <param name="Since">When it was published.</param>
    public readonly record struct Waiting(long Number, ulong Lane, int Attempts, Instant At, Instant Since);

    /// <summary>How many wait, those on their way included.</summary>
    public int Count => _all.Count;

    /// <summary>When the oldest was published; null when none waits.</summary>
    public Instant? Oldest => _oldest.Count == 0 ? null : new Instant(_oldest.Min.Since);

    /// <summary>When the next one may go; null when none may.</summary>
    public Instant? NextAt => _due.Count == 0 ? null : new Instant(_due.Min.At);

    /// <summary>Whether one of a lane waits or is on its way.</summary>
    public bool HasLane(ulong lane) => isInOrder && _lanes.ContainsKey(lane);

    /// <summary>One begins to wait; its number is above all before.</summary>
    public void Add(Waiting waiting)
    {
        _all.Add(waiting.Number, waiting);
        _oldest.Add((waiting.Since.UnixMs, waiting.Number));
        if (!isInOrder)
        {
            _due.Add((waiting.At.UnixMs, waiting.Number));
            return;
        }
        if (!_lanes.TryGetValue(waiting.Lane, out var lane)) _lanes.Add(waiting.Lane, lane = []);
        // Numbers rise: one that comes later stands behind those of its lane.
        if (lane.Count == 0) _due.Add((waiting.At.UnixMs, waiting.Number));
        lane.Add(waiting.Number);
    }

    /// <summary>Takes one that is due out; it stays counted until it is put back or removed.</summary>
    public Waiting? Take(Instant now)
    {
        if (_due.Count == 0 || _due.Min.At > now.UnixMs) return null;
        var next = _due.Min;
        _due.Remove(next);
        return _all[next.Number];
    }

    /// <summary>One waits until another moment.</summary>
    public void PutBack(long number, int attempts, Instant at)
    {
        if (!_all.TryGetValue(number, out var waiting)) return;
        _due.Remove((waiting.At.UnixMs, number));
        _all[number] = waiting with { Attempts = attempts, At = at };
        if (!isInOrder || _lanes[waiting.Lane].Min == number) _due.Add((at.UnixMs, number));
    }

    /// <summary>One waits no more.</summary>
    public void Remove(long number)
    {
        if (!_all.Remove(number, out var waiting)) return;
        _due.Remove((waiting.At.UnixMs, number));
        _oldest.Remove((waiting.Since.UnixMs, number));
        if (!isInOrder || !_lanes.TryGetValue(waiting.Lane, out var lane)) return;
        var wasFirst = lane.Min == number;
        lane.Remove(number);
        if (lane.Count == 0) _lanes.Remove(waiting.Lane);
        else if (wasFirst) _due.Add((_all[lane.Min].At.UnixMs, lane.Min));
    }
}
