using DToC.Twin.Models.CustomerBase;

namespace DToC.Learn.CustomerBase;

/// <summary>Customers who signed contracts, by how many renewals came of them.</summary>
/// <param name="Left">Customers who left after 0, 1, 2, ... renewals.</param>
/// <param name="Still">Customers still there after 0, 1, 2, ... renewals, whose next one is not due yet.</param>
public sealed record RenewalCounts(IReadOnlyList<double> Left, IReadOnlyList<double> Still)
{
    /// <summary>
    /// Customers who were first seen after 0, 1, 2, ... renewals: that they had come so far is taken as given. Empty
    /// where all were seen from the beginning.
    /// </summary>
    public IReadOnlyList<double> Entered { get; init; } = [];

    /// <summary>Single periods of customers.</summary>
    /// <param name="periods">How many renewals each had behind it, and whether it was the last.</param>
    public static RenewalCounts OfPeriods(IEnumerable<(int Renewals, bool HasLeft)> periods)
    {
        ArgumentNullException.ThrowIfNull(periods);
        var all = periods.ToList();
        var size = all.Select(period => period.Renewals).DefaultIfEmpty(0).Max() + 2;
        var (left, still, entered) = (new double[size], new double[size], new double[size]);
        foreach (var (renewals, hasLeft) in all)
        {
            entered[renewals]++;
            if (hasLeft) left[renewals]++;
            else still[renewals + 1]++;
        }
        return new RenewalCounts(left, still) { Entered = entered };
    }

    /// <summary>A cohort of one age: what it lost at each renewal, the rest still there.</summary>
    public static RenewalCounts OfCohort(double size, IReadOnlyList<double> lost)
    {
        ArgumentNullException.ThrowIfNull(lost);
        var still = new double[lost.Count + 1];
        still[^1] = size - lost.Sum();
        return new RenewalCounts(lost, still);
    }
}

/// <summary>Fits the shifted-beta-geometric model of contracts by maximum likelihood.</summary>
public static class RetentionFit
{
    /// <summary>Fits on counts of customers.</summary>
    public static Fit<ShiftedBetaGeometric> Of(RenewalCounts counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var all = counts.Left.Concat(counts.Still).Concat(counts.Entered);
        if (all.Any(count => !(count >= 0 && double.IsFinite(count))))
            return new Fit<ShiftedBetaGeometric>.Invalid("a count of customers is a finite number from 0");
        var (left, customers) = (counts.Left.Sum(), counts.Left.Sum() + counts.Still.Sum());
        var known = counts.Entered.Skip(1).Sum();
        if (!(left > 0 && left < customers + Math.Max(0, counts.Left.Skip(1).Sum() - known)))
            return new Fit<ShiftedBetaGeometric>.Invalid("nobody left, or nobody renewed: there are no rates to learn");
        (double, double)[] bounds = [(1e-3, 5_000), (1e-3, 5_000)];
        var optimum = LikelihoodSearch.Maximise(
            p => LogLikelihood(new ShiftedBetaGeometric(p[0], p[1]), counts), customers, [1, 2], bounds);
        return Identification.Judge(
            optimum, ["alpha", "beta"], bounds, ["spread of retention", "spread of retention"],
            p => new ShiftedBetaGeometric(p[0], p[1]));
    }

    private static double LogLikelihood(in ShiftedBetaGeometric model, RenewalCounts counts)
    {
        var sum = 0.0;
        for (var n = 0; n < counts.Left.Count; n++)
        {
            if (counts.Left[n] > 0) sum += counts.Left[n] * model.LogLeft(n);
        }
        for (var n = 0; n < counts.Still.Count; n++)
        {
            if (counts.Still[n] > 0) sum += counts.Still[n] * model.LogSurvival(n);
        }
        for (var n = 0; n < counts.Entered.Count; n++)
        {
            if (counts.Entered[n] > 0) sum -= counts.Entered[n] * model.LogSurvival(n);
        }
        return sum;
    }
}
