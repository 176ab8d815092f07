using System.Numerics;

namespace DToC.Twin.Segments;

/// <summary>
/// Counts of the buckets of many sketches in one table by (sketch, bucket): open addressing, linear probing. Counts go
/// up and down; those at 0 give their place back when the table is laid out anew.
/// </summary>
public sealed class BucketCounts
{
    private const int Smallest = 64;

    private uint[] _keys = new uint[Smallest]; // 0 is free, so a key is one more
    private int[] _counts = new int[Smallest];
    private int _used;

    /// <summary>Bytes of the table.</summary>
    public long Bytes => _keys.Length * 8L;

    /// <summary>Adds to a bucket of a sketch.</summary>
    public void Add(int sketch, int bucket, int amount)
    {
        var key = (uint)(sketch * QuantileSketch.Buckets + bucket) + 1;
        var place = PlaceOf(key);
        if (_keys[place] == 0)
        {
            if ((_used + 1) * 4 > _keys.Length * 3)
            {
                LayOutAnew();
                place = PlaceOf(key);
            }
            _keys[place] = key;
            _used++;
        }
        _counts[place] += amount;
    }

    /// <summary>Adds all of another.</summary>
    /// <param name="other">It.</param>
    /// <param name="except">By sketch: whether it is left out; empty for none.</param>
    public void Add(BucketCounts other, ReadOnlySpan<bool> except = default)
    {
        for (var i = 0; i < other._keys.Length; i++)
        {
            if (other._counts[i] == 0) continue;
            var (sketch, bucket) = Math.DivRem((int)(other._keys[i] - 1), QuantileSketch.Buckets);
            if (except.IsEmpty || !except[sketch]) Add(sketch, bucket, other._counts[i]);
        }
    }

    /// <summary>Adds the buckets of one sketch to an array of them.</summary>
    /// <param name="sketch">Which.</param>
    /// <param name="into">By bucket, <see cref="QuantileSketch.Buckets"/> of them.</param>
    public void AddTo(int sketch, Span<long> into)
    {
        var first = (uint)(sketch * QuantileSketch.Buckets) + 1;
        for (var i = 0; i < _keys.Length; i++)
        {
            var bucket = _keys[i] - first; // wraps around below the first
            if (_counts[i] != 0 && bucket < QuantileSketch.Buckets) into[(int)bucket] += _counts[i];
        }
    }

    private int PlaceOf(uint key)
    {
        var mask = _keys.Length - 1;
        var place = (int)(key * 2_654_435_769u >> (32 - BitOperations.Log2((uint)_keys.Length)));
        while (_keys[place] != 0 && _keys[place] != key) place = (place + 1) & mask;
        return place;
    }

    private void LayOutAnew()
    {
        var (keys, counts) = (_keys, _counts);
        var live = 0;
        foreach (var count in counts) live += count != 0 ? 1 : 0;
        var size = Smallest;
        while (size < live * 2 + 2) size *= 2;
        (_keys, _counts, _used) = (new uint[size], new int[size], live);
        for (var i = 0; i < keys.Length; i++)
        {
            if (counts[i] == 0) continue;
            var place = PlaceOf(keys[i]);
            (_keys[place], _counts[place]) = (keys[i], counts[i]);
        }
    }
}
