using System.Numerics;

namespace DToC.Twin.Draws;

/// <summary>
/// xoshiro256** 1.0 (D. Blackman and S. Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS
/// 47(4), 2021), seeded by SplitMix64 as its authors advise. The same seed gives the same numbers on every
/// machine and in every release, which the generators of the runtime do not promise.
/// </summary>
public sealed class Xoshiro256
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>A generator whose 256 bits of state are the first four outputs of SplitMix64.</summary>
    public Xoshiro256(ulong seed)
        : this(SplitMix64(ref seed), SplitMix64(ref seed), SplitMix64(ref seed), SplitMix64(ref seed))
    {
    }

    /// <summary>A generator in a given state; not all four words may be zero.</summary>
    public Xoshiro256(ulong s0, ulong s1, ulong s2, ulong s3)
    {
        if ((s0 | s1 | s2 | s3) == 0)
            throw new ArgumentException("The state of xoshiro256** may not be all zero.", nameof(s0));
        (_s0, _s1, _s2, _s3) = (s0, s1, s2, s3);
    }

    /// <summary>
    /// The generator of one purpose of one customer. It depends on these three numbers alone, so no other
    /// customer and no other purpose can shift what it draws.
    /// </summary>
    public static Xoshiro256 For(ulong seed, long customer, int purpose) =>
        new(StableHash.Combine(StableHash.Combine(seed, (ulong)customer), (ulong)purpose));

    /// <summary>Begins anew, as one made of this seed would.</summary>
    public void Reset(ulong seed) =>
        (_s0, _s1, _s2, _s3) =
            (SplitMix64(ref seed), SplitMix64(ref seed), SplitMix64(ref seed), SplitMix64(ref seed));

    /// <summary>The next 64 bits.</summary>
    public ulong NextBits()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), a multiple of 2^-53.</summary>
    public double NextUnit() => StableHash.ToUnit(NextBits());

    /// <summary>Uniform in (0, 1): safe under a logarithm.</summary>
    public double NextOpen() => ((NextBits() >> 12) + 0.5) * (1.0 / (1UL << 52));

    /// <summary>One step of SplitMix64 (G. Steele, D. Lea, C. Flood, OOPSLA 2014).</summary>
    public static ulong SplitMix64(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9UL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
        return mixed ^ (mixed >> 31);
    }
}
