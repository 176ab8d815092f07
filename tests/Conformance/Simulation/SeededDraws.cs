namespace DToC.Conformance;

/// <summary>
/// Draws from a seed: SplitMix64 (Steele, Lea, Flood 2014), the same on every machine and release.
/// </summary>
internal sealed class SeededDraws(ulong seed)
{
    private ulong _state = seed;

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15UL;
        var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9UL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>0 to <paramref name="limit"/> - 1.</summary>
    public int Below(int limit) => (int)(Next() % (ulong)limit);

    /// <summary>Both ends included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>True in so many of 100 cases.</summary>
    public bool Percent(int chance) => Below(100) < chance;
}
