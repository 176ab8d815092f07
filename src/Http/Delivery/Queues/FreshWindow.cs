using DToC.Grains;
using DToC.Twin;

namespace DToC.Http.Delivery.Queues;

/// <summary>An effect as it was read, on its way to a destination for the first time.</summary>
/// <param name="topic">Its topic.</param>
/// <param name="published">The effect.</param>
/// <param name="since">When it was published.</param>
internal sealed class FreshDelivery(Topic topic, Published published, Instant since)
{
    public Topic Topic => topic;

    public Published Published => published;

    public Instant Since => since;

    /// <summary>Whose it is: effects of one lane go in their order where that is asked for.</summary>
    public ulong Lane { get; } = published.Id.Sender.StableHash();

    /// <summary>Whether an attempt is under way, or it waits to be kept.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Whether the destination has it, or does not get it; of one in a window, the window says so.</summary>
    public bool IsSettled { get; set; }
}

/// <summary>
/// Effects that were read and are not all settled, in the order of reading: the place to resume from moves over those
/// at the beginning that are.
/// </summary>
internal sealed class FreshWindow
{
    /// <summary>Most effects in it.</summary>
    public const int Limit = 256;

    private readonly LinkedList<FreshDelivery> _all = [];
    private readonly HashSet<ulong> _seen = [];

    /// <summary>True when no more are read.</summary>
    public bool IsFull => _all.Count >= Limit;

    /// <summary>Effects that are not settled.</summary>
    public int Open { get; private set; }

    /// <summary>When the first that is not settled was published; null when all are.</summary>
    public Instant? Oldest
    {
        get
        {
            foreach (var fresh in _all)
            {
                if (!fresh.IsSettled) return fresh.Since;
            }
            return null;
        }
    }

    /// <summary>An effect was read.</summary>
    public void Add(FreshDelivery fresh)
    {
        _all.AddLast(fresh);
        if (!fresh.IsSettled) Open++;
    }

    /// <summary>The destination has it, or does not get it.</summary>
    public void Settle(FreshDelivery fresh)
    {
        if (fresh.IsSettled) return;
        fresh.IsSettled = true;
        Open--;
    }

    /// <summary>The next one to try; in order, none of a lane of which an earlier one is not settled.</summary>
    public FreshDelivery? Next(bool isInOrder)
    {
        _seen.Clear();
        foreach (var fresh in _all)
        {
            if (fresh.IsSettled) continue;
            if (!fresh.IsBusy && (!isInOrder || !_seen.Contains(fresh.Lane))) return fresh;
            _seen.Add(fresh.Lane);
        }
        return null;
    }

    /// <summary>Leaves what is settled at the beginning behind: the places after it, one a topic.</summary>
    public Dictionary<Topic, string> Advance()
    {
        Dictionary<Topic, string> places = [];
        // Each topic has a place of its own, so one that is stuck holds up no other.
        HashSet<Topic> stuck = [];
        for (var node = _all.First; node is not null;)
        {
            var (fresh, next) = (node.Value, node.Next);
            if (!fresh.IsSettled) stuck.Add(fresh.Topic);
            else if (!stuck.Contains(fresh.Topic))
            {
                places[fresh.Topic] = fresh.Published.Cursor;
                _all.Remove(node);
            }
            node = next;
        }
        return places;
    }
}
