using DToC.Learn.Simulating;
using DToC.Twin.Draws;

namespace DToC.Learn.Tests.Simulating;

public sealed class WorldSummaryTests
{
    [Fact]
    public void A_summary_of_known_values_has_their_moments_and_quantiles()
    {
        // 1..99 in another order: mean 50, variance 99 * 100 / 12, the p-quantile at 100 p.
        long[] values = [.. Enumerable.Range(1, 99).Select(i => i * 37L % 100)];

        var summary = WorldSummary.Of(values, 0.01, 0.9);

        Assert.Equal(99, summary.Worlds);
        Assert.Equal(0.5, summary.Mean, 12);
        Assert.Equal(0.01 * Math.Sqrt(825), summary.Deviation!.Value, 12);
        Assert.Equal(0.01 * Math.Sqrt(825 / 99.0), summary.StandardError!.Value, 12);
        Assert.Equal([0.05, 0.25, 0.5, 0.75, 0.95], summary.Quantiles.Select(q => Math.Round(q, 12)));
        var interval = summary.Interval!.Value; // 99 worlds bound it
        Assert.Equal((0.05, 0.95), (Math.Round(interval.Low, 12), Math.Round(interval.High, 12)));
    }

    [Fact]
    public void An_interval_that_the_worlds_cannot_bound_is_not_given()
    {
        Assert.Equal(19, WorldSummary.WorldsFor(0.9));
        Assert.Equal(39, WorldSummary.WorldsFor(0.95));

        Assert.Null(WorldSummary.Of(new long[18], 1, 0.9).Interval);
        Assert.NotNull(WorldSummary.Of(new long[19], 1, 0.9).Interval);
        Assert.Null(WorldSummary.Of([7], 1, 0.9).StandardError);
    }

    [Fact]
    public void An_interval_covers_one_draw_more_as_often_as_it_says()
    {
        var random = new Xoshiro256(20261123);
        const int rounds = 4_000;
        var covered = 0;
        var worlds = new long[39];
        for (var round = 0; round < rounds; round++)
        {
            for (var w = 0; w < worlds.Length; w++) worlds[w] = (long)(1e6 * random.Normal());
            var interval = WorldSummary.Of(worlds, 1, 0.9).Interval!.Value; // 39 worlds bound it
            var came = 1e6 * random.Normal();
            covered += came >= interval.Low && came <= interval.High ? 1 : 0;
        }
        // Binomial: 0.9 with a standard deviation of 0.0047.
        Assert.InRange(covered / (double)rounds, 0.88, 0.92);
    }

    [Fact]
    public void A_difference_is_taken_world_by_world()
    {
        long[] baseline = [100, 200, 300, 400];
        long[] scenario = [110, 210, 310, 400];

        var difference = WorldDifference.Of(scenario, baseline, 1, 0.5);

        Assert.Equal(7.5, difference.Difference.Mean, 12);
        // Between worlds they differ by hundreds; the difference does not.
        Assert.Equal(5, difference.Difference.Deviation!.Value, 12);
        Assert.Equal((0.75, 0.0), (difference.ShareAbove, difference.ShareBelow));
        Assert.Equal(7.5 / 250, difference.Relative!.Value, 12); // the baseline is not 0
        Assert.Null(WorldDifference.Of([1], [0], 1, 0.5).Relative);
    }

    [Fact]
    public void Nothing_to_summarise_and_levels_that_are_none_are_refused()
    {
        Assert.Throws<ArgumentException>(() => WorldSummary.Of([], 1, 0.9));
        Assert.Throws<ArgumentOutOfRangeException>(() => WorldSummary.Of([1], 1, 1));
        Assert.Throws<ArgumentException>(() => WorldDifference.Of([1, 2], [1], 1, 0.9));
    }
}
