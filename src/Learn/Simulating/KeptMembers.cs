using DToC.Twin;

namespace DToC.Learn.Simulating;

/// <summary>
/// Members in memory, as they are stored: a state takes a tenth of what it takes decoded, and decoding it costs less
/// than one path.
/// </summary>
public sealed class KeptMembers
{
    private const int ChunkBytes = 1 << 20;

    // Object header, length and the two ends of a string, and the entry itself.
    private const int OverheadBytes = 26 + 32;

    private readonly List<byte[]> _chunks = [];
    private readonly List<Entry> _entries = [];
    private int _used = ChunkBytes;

    /// <summary>Members kept.</summary>
    public int Count => _entries.Count;

    /// <summary>Bytes they take, about.</summary>
    public long Bytes { get; private set; }

    /// <summary>
    /// The same for the same members in the same states, in whatever order they came; another, almost surely, for
    /// others.
    /// </summary>
    public ulong Fingerprint { get; private set; }

    /// <summary>Keeps a copy of one more.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="stored">Its state, as stored.</param>
    /// <param name="groups">Groups it is counted in.</param>
    public void Add(string id, ReadOnlySpan<byte> stored, ulong groups)
    {
        var (chunk, offset) = Place(stored.Length);
        stored.CopyTo(_chunks[chunk].AsSpan(offset));
        _entries.Add(new Entry(id, chunk, offset, stored.Length, groups));
        Bytes += OverheadBytes + 2L * id.Length + stored.Length;
        // A sum: the order of partitions is nothing to it.
        unchecked
        {
            Fingerprint += PrintOf(id, stored);
        }
    }

    /// <summary>What a member adds to <see cref="Fingerprint"/>.</summary>
    public static ulong PrintOf(string id, ReadOnlySpan<byte> stored) => StableHash.Of(stored, StableHash.Of(id));

    /// <summary>Members from a place on, at most so many.</summary>
    public Member[] Slice(int from, int most)
    {
        var slice = new Member[Math.Clamp(_entries.Count - from, 0, most)];
        for (var i = 0; i < slice.Length; i++) slice[i] = At(from + i);
        return slice;
    }

    /// <summary>All members, one after the other.</summary>
    public IEnumerable<Member> All()
    {
        for (var i = 0; i < _entries.Count; i++) yield return At(i);
    }

    private Member At(int number)
    {
        var entry = _entries[number];
        return new Member(
            number, entry.Id, _chunks[entry.Chunk].AsMemory(entry.Offset, entry.Length), entry.Groups);
    }

    private (int Chunk, int Offset) Place(int length)
    {
        if (_used + length > ChunkBytes)
        {
            // A state longer than a chunk has one of its own, which is full with it.
            _chunks.Add(GC.AllocateUninitializedArray<byte>(Math.Max(ChunkBytes, length)));
            _used = 0;
        }
        var place = (_chunks.Count - 1, _used);
        _used += length;
        return place;
    }

    private readonly record struct Entry(string Id, int Chunk, int Offset, int Length, ulong Groups);
}
