using DToC.Grains;

namespace DToC.Embedded.Checks;

/// <summary>
/// The chains of all journals of a partition, followed in one pass: rows come in the order of their sequences, so the
/// row before is the last one seen of the key. Only the old end of a chain may be gone: retention removes from there.
/// </summary>
internal sealed class JournalChains
{
    private readonly Dictionary<ulong, long> _newest = [];
    private long _last;

    /// <summary>Newest rows of keys that no grain has claimed.</summary>
    public IEnumerable<long> Unclaimed => _newest.Values;

    /// <summary>Takes the next row; says what is wrong with its place, or null.</summary>
    public string? Add(long seq, long previous, ulong key)
    {
        _last = seq;
        var known = _newest.TryGetValue(key, out var before);
        _newest[key] = seq;
        if (previous >= seq) return $"Journal row {seq} points ahead, to {previous}.";
        return known && previous != before
            ? $"Journal row {seq} points to {previous}; the row before of its key is {before}."
            : null;
    }

    /// <summary>A grain says which row is its newest; says what is wrong with it, or null.</summary>
    public string? Claim(ulong key, long head, GrainKey name)
    {
        if (_newest.Remove(key, out var newest))
        {
            return head == newest ? null
                : $"{name} says its newest journal row is {head}; it is {newest}.";
        }
        return head > _last ? $"{name} says its newest journal row is {head}; there is none after {_last}." : null;
    }
}
