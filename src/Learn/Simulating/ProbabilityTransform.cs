using DToC.Twin;

namespace DToC.Learn.Simulating;

/// <summary>
/// The randomised probability integral transform of counts: where what came lies among what was simulated, uniform on
/// [0, 1) when it is one more draw of the same distribution. J. Smith, "Diagnostic checks of non-standard time series
/// models", Journal of Forecasting 4, 1985; C. Czado, T. Gneiting and L. Held, "Predictive model assessment for count
/// data", Biometrics 65, 2009.
/// </summary>
public static class ProbabilityTransform
{
    private const ulong TieStream = 0x5054_4945_5331;

    /// <summary>
    /// The transform by ranks among draws: (draws below + u (draws equal + 1)) / (draws + 1), u uniform. What came and
    /// n draws alike are in any order equally likely, so it is uniform for every n, not only for many.
    /// </summary>
    /// <param name="below">Draws below what came.</param>
    /// <param name="equal">Draws equal to it.</param>
    /// <param name="draws">All draws.</param>
    /// <param name="unit">u, in [0, 1).</param>
    public static double OfRank(int below, int equal, int draws, double unit)
    {
        if (below < 0 || equal < 0 || below + equal > draws)
            throw new ArgumentException($"{below} below and {equal} equal of {draws} draws.", nameof(below));
        return (below + unit * (equal + 1)) / (draws + 1);
    }

    /// <summary>The transform of one customer's count.</summary>
    /// <param name="draws">What was simulated, one a world; none is an error.</param>
    /// <param name="came">What came.</param>
    /// <param name="unit">u, in [0, 1): <see cref="UnitOf"/>.</param>
    public static double Of(ReadOnlySpan<long> draws, long came, double unit)
    {
        if (draws.IsEmpty) throw new ArgumentException("No draws to compare with.", nameof(draws));
        var (below, equal) = (0, 0);
        foreach (var draw in draws)
        {
            below += draw < came ? 1 : 0;
            equal += draw == came ? 1 : 0;
        }
        return OfRank(below, equal, draws.Length, unit);
    }

    /// <summary>The u of a customer: a function of the seed and the id alone.</summary>
    public static double UnitOf(ulong seed, string customer) =>
        StableHash.ToUnit(StableHash.Of(customer, StableHash.Combine(seed, TieStream)));
}
