using DToC.Learn.Affinity;
using DToC.Twin;
using DToC.Twin.Models.Affinity;

namespace DToC.Published;

/// <summary>
/// Which product categories the next basket of a household holds (<see cref="CompleteJourney"/>). All that is fitted,
/// the half-life among it, is fitted to baskets until the end of September 2017. Graded is each later basket of a
/// household that had one before, forecast from all baskets before it: which share of its categories is among the five
/// named (recall@5, mean over baskets).
/// </summary>
/// <remarks>
/// The two baselines are: the five categories in most baskets until September, for all alike; and the five in most of the
/// household's own baskets before the graded one, the more recent ones first where that is equal. The latter count exactly; the
/// model's counts are those of a twin, which keeps 32 tokens.
/// </remarks>
internal static class NextBasket
{
    private const int Named = 5;
    private const int Capacity = 32;

    private static readonly DateTime Cut = new(2017, 10, 1);
    private static readonly double[] HalfLivesDays = [60, 120, 240, 480, 960];

    /// <summary>Recall@5 of the model, of what is popular, of the household's own most frequent categories.</summary>
    public static double[] Figures(DataFolder folder)
    {
        var households = CompleteJourney.Baskets(folder);
        var (model, halfLife) = Fitted(households);
        string[] popular = [.. model.Population[..Named].ToArray().Select(token => token.Name)];
        var (blend, popularity, personal, graded) = (0.0, 0.0, 0.0, 0);
        foreach (var baskets in households)
        {
            var trail = Trail(halfLife);
            for (var i = 0; i < baskets.Count; i++)
            {
                var (at, held) = (Ms(baskets[i].At), baskets[i].Categories);
                if (i > 0 && baskets[i].At >= Cut)
                {
                    blend += Recall(model.TopNames(trail.At(at), Named), held);
                    popularity += Recall(popular, held);
                    personal += Recall(Own(baskets.Take(i)), held);
                    graded++;
                }
                trail.Add(at, held);
            }
        }
        return [blend / graded, popularity / graded, personal / graded];
    }

    private static (AffinityModel Model, double HalfLifeDays) Fitted(List<List<Basket>> households)
    {
        var fits = HalfLivesDays.Select(days => (Days: days, Fit: FitOf(households, days))).ToList();
        var (halfLife, (model, _)) = fits.MaxBy(fit => fit.Fit.LogLikelihood);
        return (model, halfLife);
    }

    private static (AffinityModel Model, double LogLikelihood) FitOf(
        List<List<Basket>> households, double halfLifeDays)
    {
        var cases = new List<BasketCase>();
        foreach (var baskets in households)
        {
            var trail = Trail(halfLifeDays);
            foreach (var basket in baskets.TakeWhile(basket => basket.At < Cut))
            {
                cases.Add(new BasketCase(trail.At(Ms(basket.At)), basket.Categories));
                trail.Add(Ms(basket.At), basket.Categories);
            }
        }
        return AffinityFit.Of(BasketTrail.Inputs("categories", Capacity), cases);
    }

    private static IEnumerable<string> Own(IEnumerable<Basket> baskets) => baskets
        .SelectMany(basket => basket.Categories.Select(category => (Category: category, basket.At)))
        .GroupBy(line => line.Category, StringComparer.Ordinal)
        .OrderByDescending(lines => lines.Count()).ThenByDescending(lines => lines.Max(line => line.At))
        .ThenBy(lines => lines.Key, StringComparer.Ordinal).Take(Named).Select(lines => lines.Key);

    private static double Recall(IEnumerable<string> named, IReadOnlyList<string> held) =>
        named.Count(held.Contains) / (double)held.Count;

    private static BasketTrail Trail(double halfLifeDays) => new(Capacity, halfLifeDays * Instant.DayMs);

    private static long Ms(DateTime at) => new DateTimeOffset(at, TimeSpan.Zero).ToUnixTimeMilliseconds();
}
