using DToC.Learn.Pricing;
using DToC.Twin.Draws;
using Xunit.Abstractions;

namespace DToC.Learn.Tests.Pricing;

public class PriceSensitivityFitTests(ITestOutputHelper output)
{
    private static readonly string[] Names = ["n", "x", "xx", "y", "xy"];

    [Fact]
    public void Population_is_found_again()
    {
        var fitted = Assert.IsType<PriceFit.Fitted>(PriceSensitivityFit.Of(Names, Generated(1_000, 10)));
        output.WriteLine($"{fitted.Iterations} rounds, log-likelihood {fitted.LogLikelihood}");
        Assert.True(fitted.IsConverged);
        Assert.Equal(3, fitted.Model.Mean[0], 0.1);
        Assert.Equal(-2, fitted.Model.Mean[1], 0.1);
        Assert.Equal(1, fitted.Model.Covariance[0], 0.15);
        Assert.Equal(0.25, fitted.Model.Covariance[3], 0.1);
        Assert.Equal(0.09, fitted.Model.NoiseVariance, 0.005);
    }

    // Were each customer's own known, the mean's variance would be the customers' over their number; what noise leaves
    // open of each adds to it.
    [Fact]
    public void Covariance_of_the_mean_is_that_of_customers_over_their_number_and_of_noise()
    {
        var fitted = Assert.IsType<PriceFit.Fitted>(PriceSensitivityFit.Of(Names, Generated(1_000, 10)));
        var sure = Assert.IsAssignableFrom<IReadOnlyList<double>>(fitted.Model.MeanCovariance);
        for (var i = 0; i < 2; i++)
        {
            var (own, mean) = (fitted.Model.Covariance[3 * i] / 1_000, sure[3 * i]);
            Assert.InRange(mean, own, 2 * own);
            Assert.InRange(Math.Abs(fitted.Model.Mean[i] - (i == 0 ? 3 : -2)), 0, 4 * Math.Sqrt(mean));
        }
        Assert.Equal(sure[1], sure[2]);
    }

    [Fact]
    public void Estimates_of_other_customers_scatter_as_the_covariance_of_the_mean_says()
    {
        const int repeats = 60;
        var (random, squares, variances) = (new Xoshiro256(12), 0.0, 0.0);
        for (var n = 0; n < repeats; n++)
        {
            List<DemandHistory> some =
                [.. Enumerable.Range(0, 60).Select(i => Customer(i, 6, random, priceMoves: 0.3))];
            var model = Assert.IsType<PriceFit.Fitted>(PriceSensitivityFit.Of(Names, some)).Model;
            squares += Math.Pow(model.Mean[1] + 2, 2) / repeats;
            variances += model.MeanCovariance![3] / repeats;
        }
        output.WriteLine($"seed 12: squared error {squares:G4}, variance {variances:G4}");
        // Two standard errors of a mean of 60 squares are 37 %.
        Assert.InRange(squares / variances, 0.63, 1.45);
    }

    [Fact]
    public void Customers_who_bought_once_do_not_identify_the_noise()
    {
        var refused = Assert.IsType<PriceFit.NotIdentified>(PriceSensitivityFit.Of(Names, Generated(100, 2)));
        Assert.Contains("noise", refused.Why);
    }

    [Fact]
    public void Price_that_never_moves_is_told()
    {
        var customers = Enumerable.Range(0, 20).Select(i => Customer(i, 5, new Xoshiro256(9), priceMoves: 0)).ToList();
        var refused = Assert.IsType<PriceFit.NotIdentified>(PriceSensitivityFit.Of(Names, customers));
        Assert.Contains("do not move", refused.Why);
    }

    [Fact]
    public void Too_few_customers_are_told()
    {
        Assert.IsType<PriceFit.NotIdentified>(PriceSensitivityFit.Of(Names, []));
        Assert.IsType<PriceFit.NotIdentified>(PriceSensitivityFit.Of(Names, Generated(3, 20)));
        Assert.IsType<PriceFit.NotIdentified>(PriceSensitivityFit.Of(Names, [new DemandHistory(2)]));
    }

    [Fact]
    public void Purchase_that_is_no_number_is_refused() =>
        Assert.Throws<ArgumentException>(() => new DemandHistory(2).Add([1, Math.Log(0)], 1));

    private static List<DemandHistory> Generated(int customers, int purchases)
    {
        var random = new Xoshiro256(5);
        return [.. Enumerable.Range(0, customers).Select(i => Customer(i, purchases, random, priceMoves: 0.3))];
    }

    private static DemandHistory Customer(int i, int purchases, Xoshiro256 random, double priceMoves)
    {
        var history = new DemandHistory(2);
        var (intercept, elasticity) = (3 + random.Normal(), -2 + 0.5 * random.Normal());
        for (var left = purchases; left > 0; left--)
        {
            var logPrice = 0.5 + i % 2 * priceMoves + priceMoves * random.Normal();
            history.Add([1, logPrice], intercept + elasticity * logPrice + 0.3 * random.Normal());
        }
        return history;
    }
}
