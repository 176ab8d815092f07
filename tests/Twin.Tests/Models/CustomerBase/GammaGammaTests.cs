using DToC.Twin.Models.CustomerBase;

namespace DToC.Twin.Tests.Models.CustomerBase;

public class GammaGammaTests
{
    private static readonly GammaGamma Cdnow = new(6.25, 3.74, 15.44);

    [Fact]
    public void Customer_without_repeat_purchases_is_expected_to_spend_the_population_mean()
    {
        Assert.Equal(6.25 * 15.44 / 2.74, Cdnow.ExpectedSpend(0, double.NaN), 1e-12);
        Assert.Equal(double.NaN, (Cdnow with { Q = 1 }).ExpectedSpend(0, 20));
        Assert.Equal(double.NaN, (Cdnow with { Q = 0.4 }).ExpectedSpend(0, 20));
    }

    [Fact]
    public void Expectation_moves_from_the_population_to_the_customer_with_every_purchase()
    {
        var population = Cdnow.ExpectedSpend(0, 0);
        var last = population;
        for (var x = 1; x <= 10_000; x++)
        {
            var expected = Cdnow.ExpectedSpend(x, 100);
            Assert.InRange(expected, last, 100);
            last = expected;
        }
        Assert.Equal(100, last, 0.01);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(40)]
    public void Likelihood_integrates_to_one(int x)
    {
        var total = 0.0;
        const double step = 0.001; // of ln m
        for (var logMean = -12.0; logMean < 25; logMean += step)
            total += Math.Exp(Cdnow.LogLikelihood(x, Math.Exp(logMean)) + logMean) * step;
        Assert.Equal(1, total, 1e-9);
    }

    [Fact]
    public void Extremes_stay_finite()
    {
        foreach (var x in new double[] { 1, 1_000, 10_000, 1e6 })
            foreach (var m in new[] { 0.01, 1, 1e4, 1e9 })
            {
                Assert.True(double.IsFinite(Cdnow.LogLikelihood(x, m)));
                Assert.InRange(Cdnow.ExpectedSpend(x, m), 0, 3 * Math.Max(m, 40));
            }
        Assert.Equal(0, Cdnow.LogLikelihood(0, 0));
        Assert.Equal(double.NaN, Cdnow.LogLikelihood(2, 0));
        Assert.Equal(double.NaN, Cdnow.ExpectedSpend(2, -5));
    }

    [Fact]
    public void Validate_names_the_wrong_parameter()
    {
        Assert.Null(Cdnow.Validate());
        Assert.Contains("'p'", (Cdnow with { P = 0 }).Validate());
        Assert.Contains("'q'", (Cdnow with { Q = double.PositiveInfinity }).Validate());
        Assert.Contains("'v'", (Cdnow with { V = double.NaN }).Validate());
    }

    [Fact]
    public void Scoring_allocates_nothing()
    {
        var sink = 0.0;
        Allocation.IsNone(() => sink += Cdnow.ExpectedSpend(3, 20) + Cdnow.LogLikelihood(3, 20));
        Assert.True(double.IsFinite(sink));
    }
}
