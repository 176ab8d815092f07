using System.Text.Json;
using DToC.Twin.Draws;

namespace DToC.Twin.Models.Affinity;

/// <summary>
/// What a customer's next basket holds. Each customer has for each token a probability of its own that a basket holds
/// it, which over customers follows the beta distribution of mean the population's share p and of strength s (the
/// Dirichlet of two cells, in the basket or not; a basket holds many tokens, so that one multinomial over all would be
/// wrong). After n baskets of which x held it: probability = (x + s p) / (n + s), and a beta posterior of (x + s p,
/// n - x + s (1 - p)). Baskets count less the older they are, in x and n alike (M. West and J. Harrison, "Bayesian
/// Forecasting and Dynamic Models", 1997, section 6.3: power discounting): who has not come for long is as the
/// population.
/// </summary>
/// <remarks>
/// The inputs are those of a feature of kind basket: decayed number of baskets, then code and count for each token
/// kept. Tokens that the population's table does not hold are not forecast. The value is the probability of one
/// token by name, or of the likeliest one.
/// </remarks>
public sealed class AffinityModel : PredictiveModel
{
    /// <summary>Word of its stored form.</summary>
    public const string KindWord = "affinity";

    /// <summary>Most tokens of the population.</summary>
    public const int MaxTokens = 20_000;

    private readonly PopulationToken[] _population;
    private readonly double[] _codes;
    private readonly int[] _byCode;
    private readonly int _asked;

    /// <summary>A model of a population.</summary>
    /// <param name="inputs">Names of the numbers of a basket feature, an odd number of them.</param>
    /// <param name="population">The tokens; sorted here by falling share.</param>
    /// <param name="strength">Baskets that the population counts as much as, s; above 0.</param>
    /// <param name="token">The token whose probability is the value; null for the likeliest.</param>
    /// <exception cref="ArgumentException">They do not make a model.</exception>
    public AffinityModel(
        IReadOnlyList<string> inputs, IEnumerable<PopulationToken> population, double strength, string? token = null)
        : base(inputs)
    {
        _population =
            [.. population.OrderByDescending(t => t.Share).ThenBy(t => t.Name, StringComparer.Ordinal)];
        if (Validate(inputs.Count, _population, strength) is { } wrong)
            throw new ArgumentException(wrong, nameof(population));
        (Strength, Token) = (strength, token);
        _byCode = [.. Enumerable.Range(0, _population.Length).OrderBy(i => NameCode.Of(_population[i].Name))];
        _codes = [.. _byCode.Select(i => NameCode.Of(_population[i].Name))];
        if (_codes.Zip(_codes.Skip(1)).Any(pair => pair.First == pair.Second))
            throw new ArgumentException("A token is there twice.", nameof(population));
        _asked = token is null ? 0 : Array.FindIndex(_population, t => t.Name == token);
        if (_asked < 0)
            throw new ArgumentException($"The token '{token}' is none of the population's.", nameof(token));
    }

    /// <inheritdoc/>
    public override string Kind => KindWord;

    /// <inheritdoc/>
    public override ReasonScale Scale => ReasonScale.LogOdds;

    /// <summary>Baskets that the population counts as much as.</summary>
    public double Strength { get; }

    /// <summary>The token whose probability is the value; null for the likeliest.</summary>
    public string? Token { get; }

    /// <summary>The population, the most common token first.</summary>
    public ReadOnlySpan<PopulationToken> Population => _population;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<double> inputs)
    {
        var (a, b, _, _) = Chosen(inputs);
        return a / (a + b);
    }

    /// <summary>The tokens that the next basket holds most probably, the likeliest first.</summary>
    /// <param name="inputs">As for <see cref="Score"/>.</param>
    /// <param name="count">Most tokens.</param>
    /// <param name="level">Probability of the intervals, in (0, 1).</param>
    public IReadOnlyList<AffinityChance> Top(ReadOnlySpan<double> inputs, int count, double level)
    {
        var baskets = Baskets(inputs);
        return [.. Likeliest(inputs, count).Select(t => ChanceOf(t.Token, t.Count, baskets, level))];
    }

    /// <summary>Names of the same, which are had much faster without intervals.</summary>
    public IReadOnlyList<string> TopNames(ReadOnlySpan<double> inputs, int count) =>
        [.. Likeliest(inputs, count).Select(t => _population[t.Token].Name)];

    private List<(int Token, double Count)> Likeliest(ReadOnlySpan<double> inputs, int count)
    {
        var (baskets, own) = (Baskets(inputs), new Dictionary<int, double>());
        for (var i = 1; i + 1 < inputs.Length; i += 2)
        {
            if (Find(inputs[i]) is >= 0 and var token) own[token] = Count(inputs[i + 1], baskets);
        }
        // Of those never bought, the more common one is the likelier.
        var candidates = Enumerable.Range(0, Math.Min(_population.Length, count + own.Count)).Union(own.Keys);
        return
        [
            .. candidates.Select(token => (Token: token, Count: own.GetValueOrDefault(token)))
                .OrderByDescending(t => t.Count + Strength * _population[t.Token].Share).ThenBy(t => t.Token)
                .Take(count),
        ];
    }

    /// <inheritdoc/>
    public override bool Draw(ReadOnlySpan<double> inputs, Xoshiro256 random, Span<double> draws)
    {
        ArgumentNullException.ThrowIfNull(random);
        var (a, b, _, _) = Chosen(inputs);
        foreach (ref var draw in draws) draw = random.Beta(a, b);
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Against a customer without baskets: first what baskets say that do not hold the token, then what those say that
    /// do.
    /// </remarks>
    public override Explanation Explain(ReadOnlySpan<double> inputs)
    {
        var (a, b, token, at) = Chosen(inputs);
        var contributions = new double[Inputs.Count];
        var share = _population[token].Share;
        var baseline = Logistic.LogOddsOf(_population[_asked].Share);
        var without = Logistic.LogOddsOf(Strength * share / (a + b));
        contributions[0] = without - baseline;
        if (at > 0) contributions[at] = Math.Log(a / b) - without;
        return new Explanation(Scale, baseline, contributions);
    }

    /// <inheritdoc/>
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumber("strength", Strength);
        if (Token is not null) writer.WriteString("token", Token);
        writer.WriteTexts("tokens", _population.Select(token => token.Name));
        writer.WriteNumbers("shares", _population.Select(token => token.Share));
    }

    /// <summary>Makes a model of its stored parameters.</summary>
    /// <exception cref="InvalidDataException">They do not make one.</exception>
    public static AffinityModel Read(IReadOnlyList<string> inputs, ModelFields parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var (tokens, shares) = (parameters.Texts("tokens"), parameters.Numbers("shares"));
        if (tokens.Length != shares.Length)
            throw new InvalidDataException($"{parameters.Path}.shares: {shares.Length} for {tokens.Length} tokens.");
        return new AffinityModel(
            inputs, tokens.Zip(shares, (token, share) => new PopulationToken(token, share)),
            parameters.Number("strength"), parameters.TextOrNull("token"));
    }

    private static string? Validate(int inputs, PopulationToken[] population, double strength)
    {
        if (inputs % 2 == 0) return $"{inputs} inputs; there must be baskets, and code and count of each token";
        if (population.Length is 0 or > MaxTokens) return $"{population.Length} tokens; there must be 1 to {MaxTokens}";
        foreach (var (name, share) in population)
        {
            if (!(share is > 1e-12 and < 1)) return $"token '{name}': share is {share}; it must lie in (0, 1)";
        }
        return ModelParameter.Check("strength", strength, 1e9);
    }

    // The token whose probability is the value with its beta posterior, and where its count is; 0 for nowhere.
    private (double A, double B, int Token, int At) Chosen(ReadOnlySpan<double> inputs)
    {
        var baskets = Baskets(inputs);
        var (token, count, at) = (_asked, 0.0, 0);
        for (var i = 1; i + 1 < inputs.Length; i += 2)
        {
            if (Find(inputs[i]) is not (>= 0 and var found)) continue;
            if (found != _asked && Token is not null) continue;
            var x = Count(inputs[i + 1], baskets);
            var lead = x - count + Strength * (_population[found].Share - _population[token].Share);
            if (found != token && lead <= 0) continue;
            (token, count, at) = (found, x, i + 1);
        }
        var a = count + Strength * _population[token].Share;
        return (a, baskets + Strength - a, token, at);
    }

    private AffinityChance ChanceOf(int token, double x, double baskets, double level)
    {
        var share = _population[token].Share;
        var (a, b) = (x + Strength * share, baskets - x + Strength * (1 - share));
        var draws = new double[IntervalDraws];
        var random = new Xoshiro256(StableHash.Of(_population[token].Name));
        foreach (ref var draw in draws.AsSpan()) draw = random.Beta(a, b);
        var (name, chance) = (_population[token].Name, a / (a + b));
        return new AffinityChance(name, chance, share, x, Interval.Shortest(draws, level).Including(chance));
    }

    private int Find(double code)
    {
        var place = Array.BinarySearch(_codes, code);
        return place < 0 ? -1 : _byCode[place];
    }

    // No customer has so many; the bound keeps what is left of a probability above the rounding of a double.
    private static double Baskets(ReadOnlySpan<double> inputs) => inputs[0] > 0 ? Math.Min(inputs[0], 1e6) : 0;

    private static double Count(double count, double baskets) => count > 0 ? Math.Min(count, baskets) : 0;
}
