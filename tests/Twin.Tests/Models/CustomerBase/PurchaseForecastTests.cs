using DToC.Twin.Draws;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Twin.Tests.Models.CustomerBase;

public class PurchaseForecastTests
{
    private static readonly string[] History = ["x", "tx", "T"];

    private static readonly Discount Discount = new(0.01, Compounding.Continuous);

    /// <summary>Purchase models with a name each.</summary>
    public static TheoryData<string> Processes => ["bgnbd", "mbgnbd", "paretoNbd", "bgbb", "nbd"];

    // The draws come from conjugate posteriors, the scores from closed forms and quadrature: they share no step.
    [Theory]
    [MemberData(nameof(Processes))]
    public void Scores_are_the_means_of_what_customers_may_be(string name)
    {
        switch (name)
        {
            case "bgnbd": Check(new BgNbd(2.43, 14.414, 1.793, 2.426)); break;
            case "mbgnbd": Check(new MbgNbd(2.43, 14.414, 1.793, 2.426)); break;
            case "paretoNbd": Check(new ParetoNbd(2.553, 30.58, 1.606, 51.67)); break;
            case "bgbb": Check(new BgBb(1.204, 0.75, 1.657, 2.783)); break;
            default: Check(new Nbd(2.385, 12.08)); break;
        }

        static void Check<TProcess>(TProcess process)
            where TProcess : struct, IPurchaseProcess<TProcess>
        {
            double[][] histories = [[2, 30, 39], [0, 0, 39], [7, 20, 25], [0, 0, 0]];
            foreach (var history in histories)
                foreach (var output in Enum.GetValues<PurchaseOutput>())
                {
                    if (output == PurchaseOutput.ProbabilityAlive) continue;
                    foreach (var horizon in new[] { 5, 100, double.PositiveInfinity })
                    {
                        var isValue = output == PurchaseOutput.LifetimeValue;
                        if (!isValue && double.IsInfinity(horizon)) continue;
                        Compare(process, output, horizon, isValue ? [.. history, 30] : history);
                    }
                }
        }

        static void Compare<TProcess>(TProcess process, PurchaseOutput output, double horizon, double[] vector)
            where TProcess : struct, IPurchaseProcess<TProcess>
        {
            var isValue = output == PurchaseOutput.LifetimeValue;
            var model = new PurchaseForecast<TProcess>(
                process,
                new PurchaseQuestion
                {
                    Output = output, Horizon = horizon, Discount = isValue ? Discount : Discount.None,
                    Spend = isValue ? new SpendParameters(new GammaGamma(6.25, 13.74, 15.44)) : null,
                },
                isValue ? [.. History, "mean"] : History);
            var draws = new double[50_000];
            Assert.True(model.Draw(vector, new Xoshiro256(5), draws));
            var mean = draws.Average();
            var error = Math.Sqrt(draws.Sum(d => (d - mean) * (d - mean))) / draws.Length;
            var score = model.Score(vector);
            Assert.True(
                Math.Abs(score - mean) <= 5 * error + 1e-5,
                $"{output} within {horizon} of {string.Join(' ', vector)}: score {score}, mean of draws {mean}");
        }
    }

    // By double quadrature in 20 digits: the mean of lambda / (lambda p + force) over Gamma(r + x, alpha + T) and
    // Beta(a, b + x), which is what discounted purchases of one alive with no end are.
    [Theory]
    [InlineData(0.243, 4.414, 0.793, 2.426, 2, 38.86, 0.003, 6.686191850536396)]
    [InlineData(0.243, 4.414, 0.793, 2.426, 0, 0, 0.003, 3.468693916666235)]
    [InlineData(0.5, 2, 1.5, 8, 40, 50, 0.0002, 79.98751652856125)]
    public void Discounted_purchases_of_a_whole_life_equal_the_double_integral(
        double r, double alpha, double a, double b, double x, double T, double force, double expected)
    {
        var actual = new BgNbd(r, alpha, a, b).DiscountedWhileAlive(x, T, force, double.PositiveInfinity);
        Assert.InRange(actual / expected, 1 - 1e-7, 1 + 1e-7);
    }

    [Fact]
    public void Interval_of_one_who_is_surely_gone_is_nothing_and_of_one_who_may_be_holds_nothing()
    {
        var model = new PurchaseForecast<ParetoNbd>(
            new ParetoNbd(0.5532, 10.578, 0.6062, 11.669),
            new PurchaseQuestion { Output = PurchaseOutput.ExpectedPurchases, Horizon = 39 }, History);
        var gone = Assert.NotNull(model.IntervalOf([10, 5, 60], 0.9));
        Assert.Equal((0, model.Score([10, 5, 60])), (gone.Low, gone.High)); // stretched to the mean, next to nothing
        Assert.True(gone.High < 0.01);
        var unsure = Assert.NotNull(model.IntervalOf([0, 0, 38.86], 0.9));
        Assert.Equal(0, unsure.Low);
        Assert.True(unsure.High > 0.2);
        var there = Assert.NotNull(model.IntervalOf([26, 30.86, 31], 0.9));
        Assert.True(there.Low > 5);
    }

    [Fact]
    public void Question_that_cannot_be_answered_is_refused_with_what_is_missing()
    {
        Assert.Contains(
            "needs a horizon", new PurchaseQuestion { Output = PurchaseOutput.ExpectedPurchases }.Validate());
        Assert.Contains("spend", new PurchaseQuestion { Output = PurchaseOutput.LifetimeValue }.Validate());
        Assert.Contains(
            "discountRate above 0",
            new PurchaseQuestion { Output = PurchaseOutput.LifetimeValue, Spend = new(new(6, 4, 15)) }.Validate());
        var refusal = Assert.Throws<ArgumentException>(() => new PurchaseForecast<BgNbd>(
            new BgNbd(0.2, 4, 1, 2), new PurchaseQuestion { Output = PurchaseOutput.ProbabilityAlive }, ["x", "T"]));
        Assert.Contains("2 inputs; 3 are needed", refusal.Message);
    }

    [Fact]
    public void Discrete_and_continuous_rates_that_mean_the_same_give_the_same() => Assert.Equal(
        new Discount(Math.Log(1.15), Compounding.Continuous).Force,
        new Discount(0.15, Compounding.Discrete).Force, 1e-15);
}
