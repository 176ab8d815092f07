using System.Collections.Concurrent;
using DToC.Grains;

namespace DToC.Embedded.Turns;

/// <summary>
/// The grains of one partition in memory, under a limit of bytes. Looked up by any thread; added and put out
/// by the turn loop. Eviction is CLOCK (F. Corbato, 1968): a hand goes round and takes what was not used
/// since its last pass, which costs one flag a use instead of a list.
/// </summary>
internal sealed class Activations(long limitBytes)
{
    private readonly ConcurrentDictionary<GrainKey, Activation> _byKey = new(1, 1_024, KeyEquality.Instance);
    private readonly List<Activation> _ring = [];
    private readonly int[] _countByKind = new int[256];
    private int _hand;
    private long _bytes;
    private long _evictions;
    private long _activated;

    /// <summary>Bytes of the grains in memory.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Grains put out of memory since the start.</summary>
    public long Evictions => Volatile.Read(ref _evictions);

    /// <summary>Grains taken into memory since the start.</summary>
    public long Activated => Volatile.Read(ref _activated);

    /// <summary>Grains in memory of each kind that has any.</summary>
    public Dictionary<GrainKind, int> CountByKind()
    {
        Dictionary<GrainKind, int> counts = [];
        for (var kind = 0; kind < _countByKind.Length; kind++)
        {
            var count = Volatile.Read(ref _countByKind[kind]);
            if (count > 0) counts[(GrainKind)kind] = count;
        }
        return counts;
    }

    public Activation? Find(GrainKey key)
    {
        if (!_byKey.TryGetValue(key, out var activation)) return null;
        activation.Referenced = true;
        return activation;
    }

    public void Add(Activation activation)
    {
        _byKey[activation.Key] = activation;
        activation.Slot = _ring.Count;
        _ring.Add(activation);
        _countByKind[(byte)activation.Key.Kind]++;
        Volatile.Write(ref _activated, _activated + 1);
        Grow(activation.Size);
    }

    /// <summary>Notes that grains grew by so many bytes, or shrank.</summary>
    public void Grow(long bytes) => Volatile.Write(ref _bytes, _bytes + bytes);

    /// <summary>Takes a grain out of memory; the next message reads it from disk.</summary>
    public void Remove(Activation activation)
    {
        if (activation.Slot >= _ring.Count || _ring[activation.Slot] != activation) return;
        _byKey.TryRemove(activation.Key, out _);
        var last = _ring[^1];
        _ring[activation.Slot] = last;
        last.Slot = activation.Slot;
        _ring.RemoveAt(_ring.Count - 1);
        _countByKind[(byte)activation.Key.Kind]--;
        Grow(-activation.Size);
    }

    /// <summary>
    /// Puts out cold grains until the limit holds. Those with changes that are not committed stay, so the
    /// limit is exceeded by at most what two batches touch. Called between batches.
    /// </summary>
    public void Evict(long lastCommitted)
    {
        // Twice round: the first pass may do no more than clear the flags.
        for (var steps = 2 * _ring.Count; steps > 0 && _bytes > limitBytes && _ring.Count > 0; steps--)
        {
            if (_hand >= _ring.Count) _hand = 0;
            var candidate = _ring[_hand];
            if (candidate.ChangedIn > lastCommitted || candidate.Referenced)
            {
                candidate.Referenced = false;
                _hand++;
                continue;
            }
            // The last of the ring moves to this slot, so the hand stays.
            Remove(candidate);
            Volatile.Write(ref _evictions, _evictions + 1);
        }
    }

    /// <summary>
    /// Comparing without the generated code of a record struct, which goes through comparers by field.
    /// </summary>
    private sealed class KeyEquality : IEqualityComparer<GrainKey>
    {
        public static readonly KeyEquality Instance = new();

        public bool Equals(GrainKey left, GrainKey right) =>
            left.Kind == right.Kind && string.Equals(left.Id, right.Id, StringComparison.Ordinal);

        public int GetHashCode(GrainKey key) =>
            string.GetHashCode(key.Id, StringComparison.Ordinal) ^ ((int)key.Kind << 24);
    }
}
