namespace DToC.Embedded.Sealing;

/// <summary>
/// Keys as bytes, a bounded number, so that one which is not ready for use need not be read from the vault again. As
/// their numbers are dense, a key's place is its number modulo the limit: the customers of one folder meet in no place
/// until there are more of them than places. Used by any thread.
/// </summary>
/// <param name="limit">Places; 40 bytes each, taken some thousands at a time.</param>
internal sealed class KeyMemory(int limit)
{
    private const int ChunkPlaces = 4_096;

    private readonly Chunk?[] _chunks = new Chunk?[(limit + ChunkPlaces - 1) / ChunkPlaces];

    public bool TryRead(long id, Span<byte> key)
    {
        var (chunk, place) = Find(id, makes: false);
        if (chunk is null) return false;
        lock (chunk)
        {
            if (chunk.Ids[place] != id) return false;
            chunk.KeyAt(place).CopyTo(key);
            return true;
        }
    }

    public void Keep(long id, ReadOnlySpan<byte> key)
    {
        var (chunk, place) = Find(id, makes: true);
        lock (chunk!) // made
        {
            chunk.Ids[place] = id;
            key.CopyTo(chunk.KeyAt(place));
        }
    }

    /// <summary>Overwrites a key.</summary>
    public void Remove(long id)
    {
        var (chunk, place) = Find(id, makes: false);
        if (chunk is null) return;
        lock (chunk)
        {
            if (chunk.Ids[place] != id) return;
            chunk.Ids[place] = 0;
            chunk.KeyAt(place).Clear();
        }
    }

    /// <summary>Overwrites all keys.</summary>
    public void Clear()
    {
        foreach (var chunk in _chunks)
        {
            if (chunk is null) continue;
            lock (chunk) chunk.Clear();
        }
    }

    private (Chunk? Chunk, int Place) Find(long id, bool makes)
    {
        var place = (int)(id % limit);
        ref var chunk = ref _chunks[place / ChunkPlaces];
        if (chunk is null && makes) Interlocked.CompareExchange(ref chunk, new Chunk(), null);
        return (Volatile.Read(ref chunk), place % ChunkPlaces);
    }

    private sealed class Chunk
    {
        private readonly byte[] _keys = new byte[ChunkPlaces * MasterKey.KeyBytes];

        public long[] Ids { get; } = new long[ChunkPlaces];

        public Span<byte> KeyAt(int place) => _keys.AsSpan(place * MasterKey.KeyBytes, MasterKey.KeyBytes);

        public void Clear()
        {
            Array.Clear(Ids);
            Array.Clear(_keys);
        }
    }
}
