using DToC.Learn.CustomerBase;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Models.Transitions;

namespace DToC.Learn.Transitions;

/// <summary>
/// Fits a <see cref="WaitingTime"/> by maximum likelihood: of a wait that ended its density, of one that has not the
/// probability of waiting longer (Kalbfleisch and Prentice 2002, equation 3.2). Each family is as probable
/// as its likelihood says (Akaike weights; both have two parameters): to settle for one would be to know too much.
/// </summary>
public static class WaitingFit
{
    /// <summary>Fewest waits that ended from which a shape is fitted; of fewer, the rate is taken to be
    /// constant.</summary>
    public const int LeastEnded = 8;

    private const double Negligible = 1e-12;

    // A second: two events of one moment have a density, too.
    private const double ShortestDays = 1 / 86_400.0;

    private static readonly (double Low, double High)[] Bounds = [(0.02, 100), (1e-6, 1e8)];

    /// <summary>Fits a distribution.</summary>
    /// <param name="waits">Days, 0 or more, and whether it ended then.</param>
    /// <param name="cancellation">Ends the searches.</param>
    public static IReadOnlyList<WaitingTime> Of(
        IReadOnlyList<(double Days, bool Ended)> waits, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(waits);
        (double Days, bool Ended)[] days = [.. waits.Select(w => (Math.Max(w.Days, ShortestDays), w.Ended))];
        var ended = days.Count(w => w.Ended);
        var constant = Constant(ended, days.Sum(w => w.Days));
        if (ended < LeastEnded) return [constant];
        var fits = Enum.GetValues<WaitingFamily>()
            .Select(family => (Family: family, Optimum: LikelihoodSearch.Maximise(
                at => LogLikelihood(family, at[0], at[1], days), days.Length, [1, constant.Scale], Bounds,
                cancellation)))
            .Where(fit => IsPeak(fit.Optimum)).OrderByDescending(fit => fit.Optimum.LogLikelihood).ToList();
        if (fits.Count == 0) return [constant];
        double[] odds =
            [.. fits.Select(fit => Math.Exp(fit.Optimum.LogLikelihood - fits[0].Optimum.LogLikelihood))];
        return
        [
            .. fits.Select((fit, i) => new WaitingTime(
                fit.Family, fit.Optimum.Parameters[0], fit.Optimum.Parameters[1],
                new LogCovariance(2, fit.Optimum.Information.Inverse().ToRowMajorArray()), odds[i] / odds.Sum()))
                .Where(wait => wait.Share > Negligible),
        ];
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
