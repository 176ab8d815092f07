using DToC.Learn.CustomerBase;
using DToC.Twin;
using DToC.Twin.Models.Affinity;

namespace DToC.Learn.Affinity;

/// <summary>A basket, and what was known of the customer before it.</summary>
/// <param name="Before">The numbers of a basket feature just before.</param>
/// <param name="Tokens">What it held, each token once.</param>
public sealed record BasketCase(double[] Before, IReadOnlyList<string> Tokens);

/// <summary>
/// Fits an <see cref="AffinityModel"/> to baskets. The population's shares are counted; the strength of the prior is
/// the one that foretold each basket best from those before it: the likelihood of the Dirichlet-multinomial (here of
/// two cells each token), one basket after the other, which with fading counts is its prequential form (A. Dawid,
/// "Statistical Theory: The Prequential Approach", JRSS A 147, 1984).
/// </summary>
public sealed class AffinityFit
{
    private const int GridSteps = 2_000;

    private readonly PopulationToken[] _population;
    private readonly List<(double Baskets, Cell[] Cells)> _rows = [];
    private readonly double[] _absent = new double[GridSteps + 1];

    private AffinityFit(IReadOnlyList<BasketCase> baskets, Func<string, bool>? isNamed)
    {
        _population = Count(baskets, isNamed);
        var byCode = _population.ToDictionary(token => NameCode.Of(token.Name), token => token.Share);
        foreach (var basket in baskets)
        {
            // Of the first one nothing is known before, whatever the strength.
            if (basket.Before[0] > 0) _rows.Add((basket.Before[0], CellsOf(basket, byCode)));
        }
        // No token with a share below 1 has a probability of 1: the grid's end is finite.
        for (var i = 0; i <= GridSteps; i++)
            _absent[i] = _population.Sum(token => Math.Log(1 - token.Share * i / GridSteps));
    }

    private readonly record struct Cell(double Share, double Count, bool IsPresent);

    /// <summary>Fits a model.</summary>
    /// <param name="inputs">Names of the numbers of the basket feature.</param>
    /// <param name="baskets">Baskets of all customers; of each customer all, in the order of time.</param>
    /// <param name="token">The token whose probability is the value; null for the likeliest.</param>
    /// <param name="isNamed">Whether the model may name a token; null for all. Of others it knows nothing.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>The model, and the log-likelihood of the baskets that others came before.</returns>
    /// <exception cref="ArgumentException">
    /// No customer has two baskets, no token may be named, or the token is none of them.
    /// </exception>
    public static (AffinityModel Model, double LogLikelihood) Of(
        IReadOnlyList<string> inputs, IReadOnlyList<BasketCase> baskets, string? token = null,
        Func<string, bool>? isNamed = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(baskets);
        var fit = new AffinityFit(baskets, isNamed);
        if (fit._rows.Count == 0) throw new ArgumentException("No customer has two baskets.", nameof(baskets));
        if (fit._population.Length == 0)
            throw new ArgumentException("No token was bought by enough customers to be named.", nameof(isNamed));
        var found = LikelihoodSearch.Maximise(
            at => fit.LogLikelihood(at[0]), fit._rows.Count, [5], [(0.05, 1e5)], cancellation);
        return (new AffinityModel(inputs, fit._population, found.Parameters[0], token), found.LogLikelihood);
    }

    private static PopulationToken[] Count(IReadOnlyList<BasketCase> baskets, Func<string, bool>? isNamed)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var token in baskets.SelectMany(basket => basket.Tokens))
            counts[token] = counts.GetValueOrDefault(token) + 1;
        return
        [
            .. counts.Where(count => isNamed is null || isNamed(count.Key))
                .OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal)
                .Take(AffinityModel.MaxTokens)
                .Select(count => new PopulationToken(count.Key, count.Value / (baskets.Count + 1.0))),
        ];
    }

    private static Cell[] CellsOf(BasketCase basket, Dictionary<double, double> shares)
    {
        var present = basket.Tokens.Select(NameCode.Of).Where(shares.ContainsKey).ToHashSet();
        var cells = new List<Cell>();
        for (var i = 1; i + 1 < basket.Before.Length; i += 2)
        {
            if (!shares.TryGetValue(basket.Before[i], out var share)) continue;
            cells.Add(new Cell(share, basket.Before[i + 1], present.Remove(basket.Before[i])));
        }
        cells.AddRange(present.Select(code => new Cell(shares[code], 0, true)));
        return [.. cells];
    }

    private double LogLikelihood(double strength)
    {
        var sum = 0.0;
        foreach (var (baskets, cells) in _rows)
        {
            // As if none were present and none had been; then what is different.
            var rest = strength / (baskets + strength);
            sum += Absent(rest);
            foreach (var (share, count, isPresent) in cells)
            {
                var probability = (count + strength * share) / (baskets + strength);
                sum += Math.Log(isPresent ? probability : 1 - probability) - Math.Log(1 - rest * share);
            }
        }
        return sum;
    }

    private double Absent(double rest)
    {
        var place = rest * GridSteps;
        var step = Math.Min((int)place, GridSteps - 1);
        return _absent[step] + (place - step) * (_absent[step + 1] - _absent[step]);
    }
}
