namespace DToC.Coverage;

/// <summary>
/// Whether intervals hold what they say: customers are generated from a truth; a model is fitted on what can be seen
/// of them; and of each customer the 90% interval is asked whether it holds the expected value or probability that
/// only the generator knows.
/// </summary>
/// <param name="Name">Name of the figure, without <c>coverage_</c>.</param>
/// <param name="OfSeed">The experiment of a seed, with so many customers compared.</param>
/// <param name="QuickCustomers">Customers of a quick look, which a test affords.</param>
/// <param name="QuickSeeds">
/// Seeds of it: many where all customers of a seed share one error, that of the fit, and so hold or miss together.
/// </param>
internal sealed record CoverageExperiment(
    string Name, Func<ulong, int, CoverageShare> OfSeed, int QuickCustomers = 500, int QuickSeeds = 3)
{
    private const int Customers = 2_000;
    private const int Seeds = 20;

    /// <summary>Names of <see cref="Figures"/>.</summary>
    public string[] FigureNames => [$"coverage_{Name}", $"coverage_{Name}_min", $"coverage_{Name}_max"];

    /// <summary>Share covered over 20 seeds of 2,000 customers, then the least and the greatest of a seed.</summary>
    public double[] Figures()
    {
        CoverageShare[] seeds = [.. Over(Customers, Seeds)];
        return [Sum(seeds).Share, seeds.Min(seed => seed.Share), seeds.Max(seed => seed.Share)];
    }

    /// <summary>The share of a quick look.</summary>
    public double Quick() => Sum(Over(QuickCustomers, QuickSeeds)).Share;

    private IEnumerable<CoverageShare> Over(int customers, int seeds) =>
        Enumerable.Range(1, seeds).Select(seed => OfSeed((ulong)seed, customers));

    private static CoverageShare Sum(IEnumerable<CoverageShare> seeds) =>
        seeds.Aggregate(default(CoverageShare), (sum, seed) => sum + seed);
}
