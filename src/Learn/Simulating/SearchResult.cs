using DToC.Twin.Models;
using DToC.Twin.Simulation;

namespace DToC.Learn.Simulating;

/// <summary>What a search found.</summary>
/// <param name="Parameter">The number that was searched.</param>
/// <param name="Measure">What there is to be more of.</param>
/// <param name="Best">The value that is best on average among those that keep to the constraints; null where none
/// does.</param>
/// <param name="Optimum">
/// Where the best value of a world lies with the stated level: from the least to the greatest value tried that are
/// best in the worlds between.
/// </param>
/// <param name="IsAtEdge">Whether the best value is the least or the greatest tried, so that a better one may lie
/// beyond.</param>
/// <param name="NoEffect">Share of worlds in which no value changes anything; they count for no value.</param>
/// <param name="Values">The values tried, rising.</param>
public sealed record SearchResult(
    string Parameter, SearchMeasure Measure, double? Best, Interval? Optimum, bool IsAtEdge, double NoEffect,
    IReadOnlyList<SearchedValue> Values)
{
    internal static SearchResult Of(LeverSearch search, double discountRate, double level, Tally[] worlds)
    {
        var values = search.Values;
        var measure = ResultMeasure.Of(search.Measure, discountRate);
        var totals = Enumerable.Range(0, values.Count + 1).Select(s => measure.Totals(worlds, s)).ToArray();
        var allowed = values.Select((_, v) => search.Constraints.All(
            constraint => Keeps(constraint, ResultMeasure.Of(constraint.Measure, discountRate), worlds, v + 1)))
            .ToArray();
        var (wins, still) = (new int[values.Count], 0);
        for (var w = 0; w < worlds.Length; w++)
        {
            var won = BestOf(totals, allowed, w);
            if (won < 0) still++;
            else wins[won]++;
        }
        var shares = wins.Select(count => (double)count / worlds.Length).ToArray();
        var searched = values.Select((value, v) => new SearchedValue(
            value, allowed[v], shares[v],
            WorldDifference.Of(totals[v + 1], totals[0], measure.Scale, level))).ToList();
        var best = searched.Where(v => v.IsAllowed).MaxBy(v => v.Difference.Difference.Mean);
        var isAtEdge = best is not null && (best.Value == values[0] || best.Value == values[^1]);
        return new SearchResult(
            search.Parameter, search.Measure, best?.Value, OptimumOf(values, wins, level), isAtEdge,
            (double)still / worlds.Length, searched);
    }

    private static bool Keeps(SearchConstraint constraint, ResultMeasure measure, Tally[] worlds, int scenario)
    {
        var kept = worlds.Count(tally =>
            measure.Total(tally, scenario) >= constraint.AtLeast * measure.Total(tally, 0));
        return kept >= constraint.Probability * worlds.Length;
    }

    // The value with the most in one world; -1 where all that are allowed come to the same.
    private static int BestOf(long[][] totals, bool[] allowed, int world)
    {
        var (best, differs) = (-1, false);
        for (var v = 0; v < allowed.Length; v++)
        {
            if (!allowed[v]) continue;
            if (best < 0)
            {
                best = v;
                continue;
            }
            var (one, other) = (totals[v + 1][world], totals[best + 1][world]);
            differs |= one != other;
            if (one > other) best = v;
        }
        return differs || allowed.Count(a => a) == 1 ? best : -1;
    }

    private static Interval? OptimumOf(IReadOnlyList<double> values, int[] wins, double level)
    {
        var all = wins.Sum();
        if (all == 0) return null;
        var tail = (1 - level) / 2 * all;
        int low = 0, high = values.Count - 1;
        for (var below = wins[low]; below <= tail; below += wins[low]) low++;
        for (var above = wins[high]; above <= tail; above += wins[high]) high--;
        return new Interval(values[low], values[high], level);
    }
}

/// <summary>A value that was tried.</summary>
/// <param name="Value">The value.</param>
/// <param name="IsAllowed">Whether it keeps to all constraints.</param>
/// <param name="ShareBest">Share of worlds in which it is the best of those that do.</param>
/// <param name="Difference">What it comes to, beside doing nothing.</param>
public sealed record SearchedValue(double Value, bool IsAllowed, double ShareBest, WorldDifference Difference);
