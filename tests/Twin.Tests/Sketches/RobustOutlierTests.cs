using DToC.Twin.Sketches;
using Xunit.Abstractions;

namespace DToC.Twin.Tests.Sketches;

public class RobustOutlierTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Planted_outliers_are_found_and_ordinary_values_are_not(int seed)
    {
        var random = new Random(seed);
        var (state, planted, found, flagged, ordinary) = (NewState(), 0, 0, 0, 0);
        for (var i = 0; i < 5_000; i++)
        {
            var isPlanted = i > 20 && random.Next(20) == 0;
            var amount = Math.Exp(4 + 0.5 * Normal(random)) * (isPlanted ? 50 : 1);
            var weight = RobustOutlier.Weight(state, amount);
            Assert.InRange(weight, double.Epsilon, 1);
            if (isPlanted) planted++;
            else ordinary++;
            if (weight < 0.7 && isPlanted) found++;
            if (weight < 0.7 && !isPlanted) flagged++;
            RobustOutlier.Add(state, amount);
        }
        output.WriteLine($"seed {seed}: found {found} of {planted}, flagged {flagged} of {ordinary}");
        Assert.InRange((double)found / planted, 0.95, 1);
        Assert.InRange((double)flagged / ordinary, 0, 0.01);
    }

    [Fact]
    public void Weight_is_the_hubers_of_the_distance_in_robust_sigmas()
    {
        // Median 0; absolute deviations 1 1 2 2 3 3 4 4 and 0: MAD 2, so sigma 2.9652.
        var state = StateOf(-4, -3, -2, -1, 0, 1, 2, 3, 4);
        Assert.Equal(1, RobustOutlier.Weight(state, 8.89));
        Assert.Equal(3 * 2 * 1.4826022185056018 / 20, RobustOutlier.Weight(state, 20), 1e-12);
        Assert.Equal(3 * 2 * 1.4826022185056018 / 20, RobustOutlier.Weight(state, -20), 1e-12);
        Assert.Equal(2 * 1.4826022185056018 / 20, RobustOutlier.Weight(state, 20, cutoff: 1), 1e-12);
    }

    [Fact]
    public void Positive_values_are_compared_by_ratio()
    {
        var state = StateOf(10, 20, 40, 80, 160, 20, 40, 80, 40);
        Assert.Equal(RobustOutlier.Weight(state, 40_000), RobustOutlier.Weight(state, 0.04), 1e-12);
        Assert.InRange(RobustOutlier.Weight(state, 40_000), 0.01, 0.5);
        Assert.Equal(1, RobustOutlier.Weight(state, 300));
        RobustOutlier.Add(state, -20); // a refund: now everything is compared as it is
        Assert.InRange(RobustOutlier.Weight(state, 40_000), 0, 0.01);
    }

    [Fact]
    public void Nothing_is_an_outlier_before_eight_values_are_known()
    {
        var state = NewState();
        for (var i = 0; i < RobustOutlier.MinimumCount; i++)
        {
            Assert.Equal(1, RobustOutlier.Weight(state, 1e12));
            RobustOutlier.Add(state, 10 + i % 3);
        }
        Assert.InRange(RobustOutlier.Weight(state, 1e12), 0, 0.1);
    }

    [Theory]
    [InlineData(9.99)]
    [InlineData(-250)]
    public void Constant_series_forgives_small_changes_and_finds_large_ones(double value)
    {
        var state = NewState();
        for (var i = 0; i < 40; i++) RobustOutlier.Add(state, value);
        Assert.Equal(1, RobustOutlier.Weight(state, value));
        Assert.Equal(1, RobustOutlier.Weight(state, value * 1.2));
        Assert.InRange(RobustOutlier.Weight(state, value * 100), 0, 0.1);
    }

    [Fact]
    public void Constant_zero_has_no_scale_and_no_outlier()
    {
        var state = NewState();
        for (var i = 0; i < 16; i++) RobustOutlier.Add(state, 0);
        Assert.Equal(1, RobustOutlier.Weight(state, 1e9));
    }

    [Fact]
    public void Mostly_constant_series_measures_by_its_mean_deviation()
    {
        var state = StateOf(10, 10, 10, 10, 10, 10, 12, 14, 10);
        Assert.Equal(1, RobustOutlier.Weight(state, 12));
        Assert.InRange(RobustOutlier.Weight(state, 1_000), 0, 0.1);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(1)] // its log is 0
    [InlineData(-7)]
    public void Rounding_noise_is_not_a_scale(double value)
    {
        var state = NewState();
        for (var i = 0; i < 16; i++) RobustOutlier.Add(state, value * (1 + (i - 8) * 2.3e-16));
        Assert.Equal(1, RobustOutlier.Weight(state, value * 1.03));
    }

    [Fact]
    public void Absurd_values_do_not_hide_each_other()
    {
        var state = NewState();
        for (var i = 0; i < 16; i++)
        {
            var value = i % 3 == 2 ? 1e15 : 50 + i;
            RobustOutlier.Add(state, value);
        }
        Assert.InRange(RobustOutlier.Weight(state, 1e15), 0, 0.3);
        Assert.Equal(1, RobustOutlier.Weight(state, 60));
    }

    [Fact]
    public void Lasting_change_of_level_becomes_normal_within_a_window()
    {
        var random = new Random(11);
        var state = NewState();
        for (var i = 0; i < 50; i++) RobustOutlier.Add(state, 20 * Math.Exp(0.2 * Normal(random)));
        Assert.InRange(RobustOutlier.Weight(state, 400), 0, 0.5);
        for (var i = 0; i < RobustOutlier.DefaultWindow; i++)
            RobustOutlier.Add(state, 400 * Math.Exp(0.2 * Normal(random)));
        Assert.Equal(1, RobustOutlier.Weight(state, 400));
        Assert.InRange(RobustOutlier.Weight(state, 20), 0, 0.5);
    }

    [Fact]
    public void Extreme_but_finite_values_keep_the_weight_in_range()
    {
        var state = StateOf(-double.MaxValue, double.MaxValue, 0, 1, -1, 1e-300, 5, 3, double.MaxValue);
        foreach (var value in new[] { double.MaxValue, -double.MaxValue, 0, double.Epsilon })
            Assert.InRange(RobustOutlier.Weight(state, value), double.Epsilon, 1);
    }

    [Fact]
    public void Impossible_states_and_values_are_refused()
    {
        Assert.Throws<ArgumentException>(() => RobustOutlier.Weight(new double[8], 1));
        Assert.Throws<ArgumentException>(() => RobustOutlier.Add(new double[66], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RobustOutlier.Add(NewState(), double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => RobustOutlier.Weight(NewState(), 1 / 0.0));
    }

    [Fact]
    public void Judging_allocates_nothing()
    {
        var (state, value, sink) = (NewState(), 1.0, 0.0);
        Allocation.IsNone(() =>
        {
            sink += RobustOutlier.Weight(state, value);
            RobustOutlier.Add(state, value = value * 1.7 % 100 + 1);
        });
        Assert.InRange(sink, 100, 1_100);
    }

    private static double[] NewState() => new double[RobustOutlier.StateLength()];

    private static double[] StateOf(params double[] values)
    {
        var state = NewState();
        foreach (var value in values) RobustOutlier.Add(state, value);
        return state;
    }

    // Box and Muller (1958).
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
