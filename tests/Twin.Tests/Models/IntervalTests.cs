using DToC.Twin.Models;

namespace DToC.Twin.Tests.Models;

public class IntervalTests
{
    [Fact]
    public void Shortest_interval_is_where_the_draws_are_close()
    {
        double[] draws = [9, 0, 0.1, 0.2, 0.3, 0.4, 5, 0.5, 20, 0.6];
        Assert.Equal(new Interval(0, 0.6, 0.7), Interval.Shortest(draws, 0.7));
    }

    [Fact]
    public void Mass_at_one_value_is_an_interval_without_width() =>
        Assert.Equal(new Interval(0, 0, 0.5), Interval.Shortest([0, 3, 0, 0, 1], 0.5));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Level_that_is_none_is_refused(double level) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Interval.Shortest([1, 2], level));
}
