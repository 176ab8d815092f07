using DToC.Learn.Affinity;
using DToC.Twin;
using DToC.Twin.Draws;
using DToC.Twin.Models.Affinity;

namespace DToC.Coverage;

/// <summary>
/// Customers with a probability of their own for each of thirty products, who fill two to thirty baskets by them; a
/// model is fitted to the baskets, and the 90% intervals of each customer's five likeliest products are compared with
/// the probabilities. Baskets do not fade: the probabilities stay.
/// </summary>
internal static class AffinityCoverage
{
    private const int Products = 30;
    private const double Strength = 4;
    private const double Forever = 1e15;

    /// <summary>The experiment of one seed.</summary>
    public static CoverageShare Of(ulong seed, int customers)
    {
        var random = new Xoshiro256(seed);
        double[] shares = [.. Enumerable.Range(0, Products).Select(_ => 0.02 + 0.4 * Math.Pow(random.NextUnit(), 3))];
        string[] names = [.. Enumerable.Range(0, Products).Select(i => $"product {i}")];
        var truths = new double[customers][];
        var last = new double[customers][];
        var baskets = new List<BasketCase>();
        for (var i = 0; i < customers; i++)
        {
            truths[i] = [.. shares.Select(share => random.Beta(Strength * share, Strength * (1 - share)))];
            var trail = new BasketTrail(Products, Forever);
            for (var left = 2 + (int)(29 * random.NextUnit()); left > 0; left--)
            {
                string[] tokens = [.. names.Where((_, product) => random.NextUnit() < truths[i][product])];
                baskets.Add(new BasketCase(trail.At(0), tokens));
                trail.Add(0, tokens);
            }
            last[i] = trail.At(0);
        }
        var (model, _) = AffinityFit.Of(BasketTrail.Inputs("b", Products), baskets);
        var sum = default(CoverageShare);
        for (var i = 0; i < customers; i++)
        {
            foreach (var chance in model.Top(last[i], 5, CoverageShare.Level))
                sum += CoverageShare.Of(chance.Interval, truths[i][Array.IndexOf(names, chance.Name)]);
        }
        return sum;
    }
}
