namespace DToC.Twin.State;

/// <summary>
/// The wake-ups a customer has asked for and not had, one a trigger. A wake-up that comes is taken out, so that the
/// same one delivered twice, or one that a later event has moved, finds nothing.
/// </summary>
public sealed class PendingWakeUps
{
    /// <summary>Most of them: a definition has at most so many triggers.</summary>
    public const int Capacity = 64;

    private readonly List<(ulong Trigger, Instant At)> _pending = []; // sorted, so that the bytes tell no order

    /// <summary>Number of wake-ups pending.</summary>
    public int Count => _pending.Count;

    /// <summary>When the wake-up of a trigger (by the hash of its name) is due; null when none is pending.</summary>
    public Instant? Find(ulong trigger)
    {
        var place = PlaceOf(trigger);
        return place >= 0 ? _pending[place].At : null;
    }

    /// <summary>Remembers that a wake-up was asked for, in place of an earlier one of the trigger.</summary>
    public void Ask(ulong trigger, Instant at)
    {
        var place = PlaceOf(trigger);
        if (place >= 0) _pending[place] = (trigger, at);
        else if (_pending.Count < Capacity) _pending.Insert(~place, (trigger, at));
    }

    /// <summary>Takes out the wake-up that has come; false when it is not the pending one.</summary>
    public bool Take(ulong trigger, Instant at)
    {
        var place = PlaceOf(trigger);
        if (place < 0 || _pending[place].At != at) return false;
        _pending.RemoveAt(place);
        return true;
    }

    /// <summary>Adds what another state waits for; of one trigger the later stays.</summary>
    public void Merge(PendingWakeUps other)
    {
        foreach (var (trigger, at) in other._pending)
        {
            if (Find(trigger) is not { } mine || at > mine) Ask(trigger, at);
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => _pending.Clear();

    internal void Write(BinaryFormWriter writer)
    {
        writer.Unsigned((ulong)_pending.Count);
        foreach (var (trigger, at) in _pending)
        {
            writer.Fixed(trigger);
            writer.Signed(at.UnixMs);
        }
    }

    internal void Read(ref BinaryFormReader reader)
    {
        for (var left = reader.Count(Capacity); left > 0; left--)
        {
            _pending.Add((reader.Fixed(), new Instant(reader.Signed())));
        }
    }

    private int PlaceOf(ulong trigger)
    {
        for (var i = 0; i < _pending.Count; i++)
        {
            if (_pending[i].Trigger >= trigger) return _pending[i].Trigger == trigger ? i : ~i;
        }
        return ~_pending.Count;
    }
}
