using System.Numerics;
using System.Runtime.CompilerServices;
using DToC.Twin.Definitions;

namespace DToC.Twin.Segments;

/// <summary>A set of segments by their slots; at most <see cref="DefinitionLimits.Segments"/>.</summary>
public struct SegmentMask : IEquatable<SegmentMask>
{
    private const int Words = DefinitionLimits.Segments / 64;

    private Bits _bits;

    [InlineArray(Words)]
    private struct Bits
    {
        private ulong _first;
    }

    /// <summary>Number of segments in the set.</summary>
    public readonly int Count
    {
        get
        {
            var count = 0;
            for (var word = 0; word < Words; word++) count += BitOperations.PopCount(_bits[word]);
            return count;
        }
    }

    /// <summary>Whether a segment is in the set.</summary>
    public readonly bool Has(int slot) => (_bits[slot >> 6] >> (slot & 63) & 1) != 0;

    /// <summary>Puts a segment into the set.</summary>
    public void Add(int slot) => _bits[slot >> 6] |= 1UL << (slot & 63);

    /// <summary>Takes a segment out of the set.</summary>
    public void Remove(int slot) => _bits[slot >> 6] &= ~(1UL << (slot & 63));

    /// <summary>The first segment of the set from a slot on, or -1.</summary>
    public readonly int Next(int from)
    {
        for (var word = from >> 6; word < Words; word++)
        {
            var left = _bits[word];
            if (word == from >> 6) left &= ulong.MaxValue << (from & 63);
            if (left != 0) return word * 64 + BitOperations.TrailingZeroCount(left);
        }
        return -1;
    }

    /// <inheritdoc/>
    public readonly bool Equals(SegmentMask other)
    {
        for (var word = 0; word < Words; word++)
        {
            if (_bits[word] != other._bits[word]) return false;
        }
        return true;
    }

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is SegmentMask other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode()
    {
        var hash = 0UL;
        for (var word = 0; word < Words; word++) hash = StableHash.Combine(hash, _bits[word]);
        return unchecked((int)hash);
    }
}
