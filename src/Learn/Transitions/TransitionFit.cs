using DToC.Learn.CustomerBase;
using DToC.Twin.Models;
using DToC.Twin.Models.Transitions;

namespace DToC.Learn.Transitions;

/// <summary>
/// Fits a <see cref="TransitionForecast"/> to spells. What follows on each has a Dirichlet prior whose mean is what
/// follows on all together and whose strength is the most probable one by the marginal likelihood (the
/// Dirichlet-multinomial; empirical Bayes: T. Minka, "Estimating a Dirichlet distribution", 2000).
/// </summary>
public static class TransitionFit
{
    private const double Least = 0.01;
    private const double Most = 1_000;

    /// <summary>Fits a forecast.</summary>
    /// <param name="subject">What it is about.</param>
    /// <param name="inputs">Names of the inputs: code, days.</param>
    /// <param name="names">What there may be and what may follow, by the spells' index.</param>
    /// <param name="spells">What was seen.</param>
    /// <param name="canFollow">Whether one may follow on another; null for all on all.</param>
    /// <param name="horizonDays">Days ahead, above 0.</param>
    /// <param name="target">What the value is about; null for anything.</param>
    /// <param name="cancellation">Ends the searches.</param>
    /// <exception cref="ArgumentException">Nothing that followed was seen, or the target is none of the
    /// names.</exception>
    public static TransitionForecast Of(
        TransitionSubject subject, IReadOnlyList<string> inputs, IReadOnlyList<string> names,
        IReadOnlyList<Spell> spells, Func<int, int, bool>? canFollow, double horizonDays, string? target = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(spells);
        if (!spells.Any(spell => spell.Next >= 0))
            throw new ArgumentException("Nothing that followed on something was seen.", nameof(spells));
        var counts = new double[names.Count][];
        for (var i = 0; i < counts.Length; i++) counts[i] = new double[names.Count];
        foreach (var spell in spells.Where(spell => spell.Next >= 0)) counts[spell.From][spell.Next]++;
        var means = PriorMeans(counts, canFollow ?? ((_, _) => true));
        var strength = StrengthOf(counts, means, cancellation);
        var rows = new List<TransitionRow>();
        foreach (var group in spells.GroupBy(spell => spell.From).OrderBy(group => group.Key))
        {
            var (count, mean) = (counts[group.Key], means[group.Key]);
            rows.Add(new TransitionRow(
                names[group.Key], [.. count.Zip(mean, (n, share) => n + strength * share)],
                WaitingFit.Of([.. group.Select(spell => (spell.Days, spell.Next >= 0))], cancellation)));
        }
        return new TransitionForecast(subject, inputs, names, rows, horizonDays, target);
    }

    // Of each row what follows on all, among what may follow on it. Half a count each: nothing is impossible for not
    // having been seen.
    private static double[][] PriorMeans(double[][] counts, Func<int, int, bool> canFollow)
    {
        var means = new double[counts.Length][];
        for (var i = 0; i < counts.Length; i++)
        {
            means[i] = [.. Enumerable.Range(0, counts.Length)
                .Select(j => canFollow(i, j) || counts[i][j] > 0 ? 0.5 + counts.Sum(row => row[j]) : 0)];
            var total = means[i].Sum();
            for (var j = 0; j < counts.Length && total > 0; j++) means[i][j] /= total;
        }
        return means;
    }

    private static double StrengthOf(double[][] counts, double[][] means, CancellationToken cancellation)
    {
        var rows = counts.Count(row => row.Sum() > 0);
        return LikelihoodSearch.Maximise(
            at => LogMarginal(at[0]), rows, [1], [(Least, Most)], cancellation).Parameters[0];

        double LogMarginal(double strength)
        {
            // Few rows say little of it: 1 / (1 + strength), the prior's share after one spell, is uniform beforehand.
            var sum = -2 * SpecialFunctions.Log1P(strength);
            for (var i = 0; i < counts.Length; i++)
            {
                var total = counts[i].Sum();
                if (total == 0) continue;
                sum += SpecialFunctions.LogGamma(strength) - SpecialFunctions.LogGamma(strength + total);
                for (var j = 0; j < counts.Length; j++)
                {
                    if (counts[i][j] == 0) continue;
                    var prior = strength * means[i][j];
                    sum += SpecialFunctions.LogGamma(counts[i][j] + prior) - SpecialFunctions.LogGamma(prior);
                }
            }
            return sum;
        }
    }
}
