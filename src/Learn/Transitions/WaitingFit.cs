using DToC.Learn.CustomerBase;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Models.Transitions;

namespace DToC.Learn.Transitions;

/// <summary>
/// Fits a <see cref="WaitingTime"/> by maximum likelihood: of a wait that ended its density, of one that has not the
/// probability of waiting longer (Kalbfleisch and Prentice 2002, equation 3.2). The family is the one of higher
/// likelihood; both have two parameters.
/// </summary>
public static class WaitingFit
{
    /// <summary>Fewest waits that ended from which a shape is fitted; of fewer, the rate is taken to be constant.</summary>
    public const int LeastEnded = 8;

    // A second: two events of one moment have a density, too.
    private const double ShortestDays = 1 / 86_400.0;

    private static readonly (double Low, double High)[] Bounds = [(0.02, 100), (1e-6, 1e8)];

    /// <summary>Fits a distribution.</summary>
    /// <param name="waits">Days, 0 or more, and whether it ended then.</param>
    public static WaitingTime Of(IReadOnlyList<(double Days, bool Ended)> waits)
    {
        ArgumentNullException.ThrowIfNull(waits);
        (double Days, bool Ended)[] days = [.. waits.Select(w => (Math.Max(w.Days, ShortestDays), w.Ended))];
        var ended = days.Count(w => w.Ended);
        var constant = Constant(ended, days.Sum(w => w.Days));
        if (ended < LeastEnded) return constant;
        var best = Enum.GetValues<WaitingFamily>()
            .Select(family => (Family: family, Optimum: LikelihoodSearch.Maximise(
                at => LogLikelihood(family, at[0], at[1], days), days.Length, [1, constant.Scale], Bounds)))
            .Where(fit => IsPeak(fit.Optimum))
            .OrderByDescending(fit => fit.Optimum.LogLikelihood).FirstOrDefault();
        if (best.Optimum is null) return constant;
        var covariance = best.Optimum.Information.Inverse();
        return new WaitingTime(
            best.Family, best.Optimum.Parameters[0], best.Optimum.Parameters[1],
            new LogCovariance(2, [.. covariance.ToRowMajorArray()]));
    }

    // A gamma posterior of the rate under Jeffreys' prior, its logarithm taken for normal.
    private static WaitingTime Constant(int ended, double exposure) => new(
        WaitingFamily.Weibull, 1, Math.Clamp(exposure / (ended + 0.5), Bounds[1].Low, Bounds[1].High),
        new LogCovariance(2, [0, 0, 0, 1 / (ended + 0.5)]));

    private static bool IsPeak(Optimum optimum)
    {
        if (!optimum.Information.ForAll(double.IsFinite)) return false;
        var (a, b, c) = (optimum.Information[0, 0], optimum.Information[0, 1], optimum.Information[1, 1]);
        return a > 0 && c > 0 && a * c - b * b > 1e-9 * a * c;
    }

    private static double LogLikelihood(
        WaitingFamily family, double shape, double scale, (double Days, bool Ended)[] waits)
    {
        var sum = 0.0;
        foreach (var (days, ended) in waits)
        {
            var (density, survival) = WaitingTime.Logs(family, shape, scale, days);
            sum += ended ? density : survival;
        }
        return sum;
    }
}
