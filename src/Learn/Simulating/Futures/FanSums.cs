using DToC.Twin.Simulation;
using Units = DToC.Twin.Simulation.Measures;

namespace DToC.Learn.Simulating.Futures;

/// <summary>What one customer's paths come to, kept by scenario, week and world.</summary>
internal sealed class FanSums
{
    private readonly IReadOnlyList<ResultMeasure> _measures;
    private readonly long[][][] _totals;
    private readonly long[][][] _orders;
    private readonly long[][][] _spend;
    private readonly long[][][] _satisfaction;
    private readonly int[][] _there;
    private readonly int _scenarios;
    private readonly int _weeks;
    private readonly int _paths;

    public FanSums(ScenarioSet scenarios, int paths, double discountRate)
    {
        (_scenarios, _weeks, _paths) = (scenarios.Count, scenarios.Weeks, paths);
        _measures = ResultMeasure.All(discountRate);
        _totals = Cells(_measures.Count);
        (_orders, _spend, _satisfaction) = (Cells(_weeks), Cells(_weeks), Cells(_weeks));
        _there = [.. Enumerable.Range(0, _scenarios).Select(_ => new int[_weeks])];
    }

    /// <summary>Takes what the one member came to in a world.</summary>
    public void Take(int world, Tally tally)
    {
        for (var s = 0; s < _scenarios; s++)
        {
            for (var m = 0; m < _measures.Count; m++) _totals[s][m][world] = _measures[m].Total(tally, s);
            var (orders, spend) = (0L, 0L);
            for (var week = 0; week < _weeks; week++)
            {
                _orders[s][week][world] = orders += tally.Of(s, week, Measure.Orders);
                _spend[s][week][world] = spend += tally.Of(s, week, Measure.RevenueMinor);
                // Those that are there come first, so that the others need no mark.
                if (tally.Of(s, week, Measure.Active) == 0) continue;
                _satisfaction[s][week][_there[s][week]++] = tally.Of(s, week, Measure.SatisfactionMicro);
            }
        }
    }

    /// <summary>Discounted margin by world.</summary>
    public long[] Values(int scenario) => Totals(scenario, "value");

    /// <summary>Amount of all orders by world.</summary>
    public long[] Spend(int scenario) => Totals(scenario, "revenue");

    /// <summary>All quantities over all weeks.</summary>
    public Dictionary<string, QuantityResult> Totals(int scenario, double level)
    {
        Dictionary<string, QuantityResult> totals = new(StringComparer.Ordinal);
        for (var m = 0; m < _measures.Count; m++)
        {
            var (measure, place) = (_measures[m], m);
            if (!measure.Always && _totals.All(of => Array.TrueForAll(of[place], value => value == 0))) continue;
            totals[measure.Name] = new QuantityResult(
                WorldSummary.Of(_totals[scenario][m], measure.Scale, level),
                scenario == 0 ? null
                    : WorldDifference.Of(_totals[scenario][m], _totals[0][m], measure.Scale, level));
        }
        return totals;
    }

    /// <summary>The fan of a scenario.</summary>
    /// <param name="scenario">Slot of the scenario.</param>
    /// <param name="withSatisfaction">Whether anything is known of satisfaction.</param>
    public List<FanWeek> Fan(int scenario, bool withSatisfaction) =>
    [
        .. Enumerable.Range(0, _weeks).Select(week =>
        {
            var there = _there[scenario][week];
            return new FanWeek(
                week + 1, Of(_orders[scenario][week], 1),
                Of(_spend[scenario][week], 1 / Units.Scale(Measure.RevenueMinor)), 1 - (double)there / _paths,
                withSatisfaction && there > 0
                    ? Of(_satisfaction[scenario][week].AsSpan(0, there), 1 / Units.Scale(Measure.SatisfactionMicro))
                    : null);
        }),
    ];

    private static FanQuantity Of(Span<long> values, double scale)
    {
        var (sorted, sum) = (values.ToArray(), 0.0);
        Array.Sort(sorted);
        foreach (var value in sorted) sum += value;
        return new FanQuantity(
            sum / sorted.Length * scale,
            [.. WorldSummary.Levels.Select(share => WorldSummary.QuantileOf(sorted, share) * scale)]);
    }

    private long[] Totals(int scenario, string name)
    {
        for (var m = 0; m < _measures.Count; m++)
        {
            if (_measures[m].Name == name) return _totals[scenario][m];
        }
        throw new InvalidOperationException($"There is no quantity {name}.");
    }

    private long[][][] Cells(int rows) =>
    [
        .. Enumerable.Range(0, _scenarios).Select(
            _ => Enumerable.Range(0, rows).Select(_ => new long[_paths]).ToArray()),
    ];
}
