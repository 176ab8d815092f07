using DToC.Twin.Models.Affinity;

namespace DToC.Twin.Tests.Models.Affinity;

public class AffinityModelTests
{
    private static readonly string[] Inputs = ["b.baskets", "b.token1", "b.count1", "b.token2", "b.count2"];

    private static readonly AffinityModel Model = new(
        Inputs, [new("milk", 0.4), new("tea", 0.01), new("bread", 0.3)], strength: 3);

    [Fact]
    public void Nobody_is_as_the_population()
    {
        var top = Model.Top([0, double.NaN, double.NaN, double.NaN, double.NaN], 5, 0.9);
        Assert.Equal(["milk", "bread", "tea"], top.Select(c => c.Name));
        Assert.Equal([0.4, 0.3, 0.01], top.Select(c => Math.Round(c.Probability, 12)));
    }

    [Fact]
    public void Own_baskets_outweigh_the_population_as_they_come()
    {
        double[] two = [2, NameCode.Of("tea"), 2, NameCode.Of("champagne"), 1];
        var top = Model.Top(two, 2, 0.9);
        Assert.Equal(["tea", "milk"], top.Select(c => c.Name));
        Assert.Equal((2 + 3 * 0.01) / 5, top[0].Probability, 1e-12);
        Assert.Equal(3 * 0.4 / 5, top[1].Probability, 1e-12);
        Assert.Equal(top[0].Probability, Model.Score(two), 1e-12);
        var many = Model.Top([200, NameCode.Of("tea"), 200, 0, 0], 1, 0.9)[0];
        Assert.True(many.Interval.High - many.Interval.Low < (top[0].Interval.High - top[0].Interval.Low) / 5);
    }

    [Fact]
    public void Token_that_is_there_twice_is_refused() => Assert.Throws<ArgumentException>(
        () => new AffinityModel(Inputs, [new("milk", 0.4), new("milk", 0.1)], strength: 3));
}
