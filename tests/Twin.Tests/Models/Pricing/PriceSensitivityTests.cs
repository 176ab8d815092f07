using DToC.Twin.Draws;
using DToC.Twin.Models.Pricing;

namespace DToC.Twin.Tests.Models.Pricing;

public class PriceSensitivityTests
{
    private static readonly string[] Names = ["n", "x", "xx", "y", "xy"];

    private static readonly PriceSensitivity Model = new(Names, [3, -2], [1, 0.1, 0.1, 0.25], 0.1);

    [Fact]
    public void Customer_without_purchases_has_the_populations_elasticity_and_spread()
    {
        Assert.Equal(-2, Model.Score([0, 0, 0, 0, 0]));
        Assert.Equal(-2, Model.Score([double.NaN, 1, 1, 1, 1]));
        var interval = Assert.NotNull(Model.IntervalOf([0, 0, 0, 0, 0], 0.9));
        // 1.6449 deviations of 0.5 each side.
        Assert.Equal(-2 - 0.8224, interval.Low, 1e-4);
        Assert.Equal(-2 + 0.8224, interval.High, 1e-4);
    }

    [Fact]
    public void Mean_shifts_as_its_covariance_says_and_stays_where_none_is_known()
    {
        var shift = new double[2];
        Array.Fill(shift, 7);
        Assert.False(Model.DrawMeanShift(new Xoshiro256(1), shift));
        Assert.Equal([0, 0], shift);
        Assert.Null(Model.MeanCovariance);

        var fitted = new PriceSensitivity(
            Names, Model.Mean, Model.Covariance, Model.NoiseVariance, [0.04, -0.01, -0.01, 0.01]);
        Assert.Equal([0.04, -0.01, -0.01, 0.01], fitted.MeanCovariance);
        Assert.Equal(Model.Score(Sums((1, 2))), fitted.Score(Sums((1, 2))));
        var (random, first, second, both) = (new Xoshiro256(2), 0.0, 0.0, 0.0);
        const int draws = 20_000;
        for (var i = 0; i < draws; i++)
        {
            Assert.True(fitted.DrawMeanShift(random, shift));
            first += shift[0] * shift[0] / draws;
            second += shift[1] * shift[1] / draws;
            both += shift[0] * shift[1] / draws;
        }
        Assert.Equal(0.04, first, 0.002);
        Assert.Equal(0.01, second, 0.0005);
        Assert.Equal(-0.01, both, 0.001);
    }

    [Theory]
    [InlineData(new[] { 1.0, 2, 2, 1 }, "of the mean, the covariance is not symmetric and positive semi-definite")]
    [InlineData(new[] { 1.0 }, "of the mean, the covariance has 1 values; it must have 4")]
    public void Covariance_of_the_mean_that_is_none_is_refused(double[] covariance, string told)
    {
        var wrong = Assert.Throws<ArgumentException>(
            () => new PriceSensitivity(Names, Model.Mean, Model.Covariance, Model.NoiseVariance, covariance));
        Assert.Contains(told, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_purchase_equals_the_posterior_by_hand()
    {
        // At x = 1: variance of y is 1 + 2 * 0.1 + 0.25 + 0.1 = 1.55, its covariance with the slope 0.1 + 0.25 = 0.35.
        // y = 2 where 1 was expected.
        var sums = Sums((1, 2));
        Assert.Equal(-2 + 0.35 / 1.55, Model.Score(sums), 1e-12);
        var interval = Assert.NotNull(Model.IntervalOf(sums, 0.9));
        var deviation = Math.Sqrt(0.25 - 0.35 * 0.35 / 1.55);
        Assert.Equal(2 * 1.6448536269514722 * deviation, interval.High - interval.Low, 1e-12);
    }

    [Fact]
    public void Many_purchases_outweigh_the_population()
    {
        var purchases = new List<(double, double)>();
        for (var i = 0; i < 2_000; i++) purchases.Add((i % 10 * 0.1, 5 - 3.5 * (i % 10 * 0.1)));
        var sums = Sums([.. purchases]);
        Assert.Equal(-3.5, Model.Score(sums), 0.01);
        var beta = new double[2];
        Assert.True(Model.Posterior(sums, beta));
        Assert.Equal(5, beta[0], 0.01);
        Assert.Equal(Model.Score(sums), beta[1], 1e-12);
    }

    [Fact]
    public void Reasons_name_the_sums_with_the_quantity()
    {
        var why = Model.Explain(Sums((0.5, 2), (1, 0.2)));
        Assert.Equal(-2, why.Baseline);
        Assert.Equal([0, 0, 0], why.Contributions.Take(3));
        Assert.True(why.Contributions[4] < 0); // bought far less at the higher price
    }

    [Fact]
    public void Sums_of_no_purchases_that_could_be_have_no_value()
    {
        Assert.Equal(double.NaN, Model.Score([2, 1, -50, 1, 1]));
        Assert.Equal(double.NaN, Model.Score([2, 1, double.NaN, 1, 1]));
        Assert.Null(Model.IntervalOf([2, 1, -50, 1, 1], 0.9));
        var beta = new double[2];
        Assert.False(Model.Posterior([2, 1, -50, 1, 1], beta));
        Assert.All(beta, value => Assert.Equal(double.NaN, value));
    }

    [Fact]
    public void Parameters_that_make_no_model_are_named()
    {
        Told("covariance must be", () => new PriceSensitivity(Names, [3, -2], [1, 2, 2, 1], 0.1));
        Told("covariance must be", () => new PriceSensitivity(Names, [3, -2], [1, 0.1, 0.2, 1], 0.1));
        Told("covariance has 3", () => new PriceSensitivity(Names, [3, -2], [1, 2, 2], 0.1));
        Told("noiseVariance", () => new PriceSensitivity(Names, [3, -2], [1, 0, 0, 1], 0));
        Told("mean has NaN", () => new PriceSensitivity(Names, [3, double.NaN], [1, 0, 0, 1], 1));
        Told("mean has 1 ", () => new PriceSensitivity(Names, [3], [1], 1));
        Told("5 inputs; 9", () => new PriceSensitivity(Names, [3, -2, 1], [1, 0, 0, 0, 1, 0, 0, 0, 1], 1));

        static void Told(string words, Func<object> make) =>
            Assert.Contains(words, Assert.Throws<ArgumentException>(make).Message);
    }

    private static double[] Sums(params (double X, double Y)[] purchases)
    {
        var sums = new double[DemandSums.CountFor(2)];
        foreach (var (x, y) in purchases) DemandSums.Add(sums, [1, x], y);
        return sums;
    }
}
