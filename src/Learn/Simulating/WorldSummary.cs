using DToC.Twin.Models;

namespace DToC.Learn.Simulating;

/// <summary>What a quantity comes to over the worlds of a simulation.</summary>
/// <param name="Worlds">Worlds it was counted in, 1 or more.</param>
/// <param name="Mean">Its mean.</param>
/// <param name="StandardError">
/// How far the mean may be off for want of worlds: deviation / sqrt(worlds). Null of one world.
/// </param>
/// <param name="Deviation">Its standard deviation between worlds (n - 1 below). Null of one world.</param>
/// <param name="Interval">
/// The interval it lies in with the stated level, equally likely above and below; null where there are too few worlds
/// to bound it (<see cref="WorldsFor"/>).
/// </param>
/// <param name="Quantiles">The quantiles of <see cref="Levels"/>.</param>
public sealed record WorldSummary(
    int Worlds, double Mean, double? StandardError, double? Deviation, Interval? Interval,
    IReadOnlyList<double> Quantiles)
{
    /// <summary>Shares of worlds that <see cref="Quantiles"/> are of.</summary>
    public static IReadOnlyList<double> Levels { get; } = [0.05, 0.25, 0.5, 0.75, 0.95];

    /// <summary>
    /// Least worlds that an interval of a level is bounded by: one world more, drawn alike, falls outside of all of n
    /// worlds with probability 2 / (n + 1).
    /// </summary>
    public static int WorldsFor(double level) => (int)Math.Ceiling(2 / (1 - level) - 1 - 1e-9);

    /// <summary>The summary of a quantity.</summary>
    /// <param name="values">Its value in each world, in whole units; at least one.</param>
    /// <param name="scale">What a whole unit is worth: 0.01 for cents.</param>
    /// <param name="level">Probability of the interval, in (0, 1).</param>
    public static WorldSummary Of(ReadOnlySpan<long> values, double scale, double level)
    {
        if (values.IsEmpty) throw new ArgumentException("No worlds to summarise.", nameof(values));
        if (level is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(level), level, "A level lies between 0 and 1.");
        var sorted = values.ToArray();
        Array.Sort(sorted);
        var sum = Int128.Zero;
        foreach (var value in sorted) sum += value;
        var mean = (double)sum / sorted.Length;
        var squares = 0.0;
        foreach (var value in sorted) squares += (value - mean) * (value - mean);
        double? deviation = sorted.Length == 1 ? null : Math.Sqrt(squares / (sorted.Length - 1)) * scale;
        var tail = (1 - level) / 2;
        Interval? interval = sorted.Length < WorldsFor(level) ? null
            : new Interval(QuantileOf(sorted, tail) * scale, QuantileOf(sorted, 1 - tail) * scale, level);
        return new WorldSummary(
            sorted.Length, mean * scale, deviation / Math.Sqrt(sorted.Length), deviation, interval,
            [.. Levels.Select(share => QuantileOf(sorted, share) * scale)]);
    }

    /// <summary>
    /// The quantile that one more draw is below with a probability: definition 6 of R. Hyndman and Y. Fan, "Sample
    /// Quantiles in Statistical Packages", American Statistician 50, 1996 (position p (n + 1)).
    /// </summary>
    /// <param name="sorted">Values in rising order, at least one.</param>
    /// <param name="probability">In (0, 1); beyond what so many values tell, the outermost one.</param>
    public static double QuantileOf(ReadOnlySpan<long> sorted, double probability)
    {
        var position = probability * (sorted.Length + 1);
        var below = (int)Math.Floor(position);
        if (below < 1) return sorted[0];
        if (below >= sorted.Length) return sorted[^1];
        return sorted[below - 1] + (position - below) * ((double)sorted[below] - sorted[below - 1]);
    }
}

/// <summary>A scenario beside the baseline, world by world.</summary>
/// <param name="Difference">Scenario minus baseline in the same world.</param>
/// <param name="ShareAbove">Share of worlds in which the scenario is above the baseline.</param>
/// <param name="ShareBelow">Share of worlds in which it is below.</param>
/// <param name="Relative">
/// Mean difference over the mean of the baseline; null where that is 0.
/// </param>
public sealed record WorldDifference(WorldSummary Difference, double ShareAbove, double ShareBelow, double? Relative)
{
    /// <summary>The difference of two quantities that were counted in the same worlds.</summary>
    /// <param name="scenario">Values of the scenario by world.</param>
    /// <param name="baseline">Values of the baseline by world, as many.</param>
    /// <param name="scale">What a whole unit is worth.</param>
    /// <param name="level">Probability of the interval, in (0, 1).</param>
    public static WorldDifference Of(
        ReadOnlySpan<long> scenario, ReadOnlySpan<long> baseline, double scale, double level)
    {
        if (scenario.Length != baseline.Length)
            throw new ArgumentException(
                $"{scenario.Length} worlds of a scenario beside {baseline.Length}.", nameof(scenario));
        var differences = new long[scenario.Length];
        var (above, below, sum) = (0, 0, Int128.Zero);
        for (var world = 0; world < differences.Length; world++)
        {
            differences[world] = scenario[world] - baseline[world];
            above += differences[world] > 0 ? 1 : 0;
            below += differences[world] < 0 ? 1 : 0;
            sum += baseline[world];
        }
        var summary = WorldSummary.Of(differences, scale, level);
        var mean = (double)sum / baseline.Length * scale;
        return new WorldDifference(
            summary, (double)above / differences.Length, (double)below / differences.Length,
            mean == 0 ? null : summary.Mean / mean);
    }
}
