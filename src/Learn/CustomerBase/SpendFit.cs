using DToC.Twin.Models.CustomerBase;

namespace DToC.Learn.CustomerBase;

/// <summary>The mean spend of so many purchases of a customer.</summary>
/// <param name="X">Purchases, from 1.</param>
/// <param name="Mean">Their mean spend, above 0.</param>
public readonly record struct MeanSpend(double X, double Mean);

/// <summary>Fits the Gamma-Gamma model of spend by maximum likelihood.</summary>
public static class SpendFit
{
    /// <summary>
    /// Fits on customers with purchases; those without, or whose purchases were worth nothing, tell nothing of spend
    /// and are left out.
    /// </summary>
    /// <param name="customers">The customers.</param>
    /// <param name="cancellation">Ends the search.</param>
    public static Fit<GammaGamma> Of(
        IEnumerable<MeanSpend> customers, CancellationToken cancellation = default)
    {
        MeanSpend[] spends =
            [.. customers.Where(c => c is { X: > 0, Mean: > 0 }).OrderBy(c => c.X).ThenBy(c => c.Mean)];
        if (spends.Length < 3) return new Fit<GammaGamma>.Invalid($"{spends.Length} customers spent; 3 are the least");
        if (Array.Find(spends, s => !double.IsFinite(s.X * s.Mean)) is { X: > 0 } endless)
            return new Fit<GammaGamma>.Invalid($"a spend of {endless.X} times {endless.Mean} is no finite number");
        var mean = spends.Average(s => s.Mean);
        (double, double)[] bounds = [(1e-2, 1e4), (1e-2, 1e4), (1e-4 * mean, 1e4 * mean)];
        var optimum = LikelihoodSearch.Maximise(
            p => LogLikelihood(new GammaGamma(p[0], p[1], p[2]), spends), spends.Length, [3, 3, mean], bounds,
            cancellation);
        return Identification.Judge(
            optimum, ["p", "q", "v"], bounds, ["spend", "spend", "spend"], p => new GammaGamma(p[0], p[1], p[2]));
    }

    private static double LogLikelihood(in GammaGamma model, MeanSpend[] spends)
    {
        var sum = 0.0;
        foreach (var (x, mean) in spends) sum += model.LogLikelihood(x, mean);
        return sum;
    }
}
