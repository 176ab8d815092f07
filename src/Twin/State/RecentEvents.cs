namespace DToC.Twin.State;

/// <summary>
/// The newest <see cref="Capacity"/> events a state has folded, by (occurred at, key hash): what tells a duplicate
/// without asking the journal. Which ones are kept does not depend on the order of arrival.
/// </summary>
public sealed class RecentEvents
{
    /// <summary>Events kept.</summary>
    public const int Capacity = 32;

    private readonly ulong[] _hashes = new ulong[Capacity];
    private readonly long[] _timesMs = new long[Capacity];

    /// <summary>Events kept now.</summary>
    public int Count { get; private set; }

    /// <summary>The newest occurrence among events that fell out, or <see cref="long.MinValue"/>.</summary>
    public long NewestForgottenMs { get; private set; } = long.MinValue;

    /// <summary>What is known of an event.</summary>
    public enum Standing
    {
        /// <summary>Never folded.</summary>
        New,

        /// <summary>Folded before.</summary>
        Duplicate,

        /// <summary>Too old to say without the journal.</summary>
        Unknown,
    }

    /// <summary>Whether an event was folded before.</summary>
    public Standing Check(ulong hash, Instant occurredAt)
    {
        if (_hashes.AsSpan(0, Count).Contains(hash)) return Standing.Duplicate;
        return occurredAt.UnixMs > NewestForgottenMs ? Standing.New : Standing.Unknown;
    }

    /// <summary>Remembers an event that was folded.</summary>
    public void Add(ulong hash, Instant occurredAt)
    {
        if (Count == Capacity)
        {
            if (!IsAfter(occurredAt.UnixMs, hash, 0))
            {
                NewestForgottenMs = Math.Max(NewestForgottenMs, occurredAt.UnixMs);
                return;
            }
            NewestForgottenMs = Math.Max(NewestForgottenMs, _timesMs[0]);
            _hashes.AsSpan(1, Count - 1).CopyTo(_hashes);
            _timesMs.AsSpan(1, Count - 1).CopyTo(_timesMs);
            Count--;
        }
        var at = Count;
        while (at > 0 && !IsAfter(occurredAt.UnixMs, hash, at - 1)) at--;
        _hashes.AsSpan(at, Count - at).CopyTo(_hashes.AsSpan(at + 1));
        _timesMs.AsSpan(at, Count - at).CopyTo(_timesMs.AsSpan(at + 1));
        (_hashes[at], _timesMs[at]) = (hash, occurredAt.UnixMs);
        Count++;
    }

    /// <summary>Adds what another state remembers.</summary>
    public void Merge(RecentEvents other)
    {
        for (var i = 0; i < other.Count; i++)
        {
            if (!_hashes.AsSpan(0, Count).Contains(other._hashes[i]))
                Add(other._hashes[i], new Instant(other._timesMs[i]));
        }
        NewestForgottenMs = Math.Max(NewestForgottenMs, other.NewestForgottenMs);
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => (Count, NewestForgottenMs) = (0, long.MinValue);

    internal void Write(BinaryFormWriter writer)
    {
        writer.Signed(NewestForgottenMs);
        writer.Unsigned((ulong)Count);
        var previous = 0L;
        for (var i = 0; i < Count; i++)
        {
            writer.Signed(_timesMs[i] - previous);
            writer.Fixed(_hashes[i]);
            previous = _timesMs[i];
        }
    }

    internal void Read(ref BinaryFormReader reader)
    {
        NewestForgottenMs = reader.Signed();
        Count = reader.Count(Capacity);
        var previous = 0L;
        for (var i = 0; i < Count; i++)
        {
            previous += reader.Signed();
            _timesMs[i] = previous;
            _hashes[i] = reader.Fixed();
        }
    }

    private bool IsAfter(long timeMs, ulong hash, int slot) =>
        timeMs != _timesMs[slot] ? timeMs > _timesMs[slot] : hash > _hashes[slot];
}
