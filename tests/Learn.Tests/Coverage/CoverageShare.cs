namespace DToC.Coverage;

/// <summary>How often intervals held what they were of.</summary>
/// <param name="Held">Intervals that held the truth.</param>
/// <param name="Count">Intervals.</param>
internal readonly record struct CoverageShare(int Held, int Count)
{
    /// <summary>The share that held.</summary>
    public double Share => (double)Held / Count;

    /// <summary>Experiments of consecutive seeds from 1 on, together.</summary>
    public static double Over(int seeds, Func<ulong, CoverageShare> experiment)
    {
        var (held, count) = (0, 0);
        for (var seed = 1; seed <= seeds; seed++)
        {
            var share = experiment((ulong)seed);
            held += share.Held;
            count += share.Count;
        }
        return (double)held / count;
    }
}
