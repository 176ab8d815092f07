using DToC.Twin.Models.Frustration;

namespace DToC.Twin.Tests.Models.Frustration;

public class FrustrationModelTests
{
    private static readonly FrustrationModel Model = new(
        new("", 1, 99), [new("failedPayments", 4, 10), FrustrationCause.Of("waitingMinutes", 0.03, 0.5)]);

    [Fact]
    public void Score_is_the_mean_over_the_weights()
    {
        // 1 - (1 + 1/99)^-1 (1 + 2/10)^-4
        Assert.Equal(1 - 0.99 * Math.Pow(1.2, -4), Model.Score([2, 0]), 1e-12);
        Assert.Equal(0.01, Model.Score([double.NaN, -5]), 1e-12);
    }

    [Fact]
    public void Draws_average_to_the_score_and_spread_around_it()
    {
        var draws = new double[20_000];
        Assert.True(Model.Draw([1, 10], new(3), draws));
        Assert.Equal(Model.Score([1, 10]), draws.Average(), 0.005);
        var interval = Assert.NotNull(Model.IntervalOf([1, 10], 0.9));
        Assert.InRange(Model.Score([1, 10]), interval.Low, interval.High);
    }

    [Fact]
    public void Cause_of_a_weight_has_that_mean_and_spread()
    {
        var cause = FrustrationCause.Of("calls", 0.2, 0.5);
        Assert.Equal(0.2, cause.Shape / cause.Rate, 1e-12);
        Assert.Equal(0.1, Math.Sqrt(cause.Shape) / cause.Rate, 1e-12);
    }

    [Fact]
    public void More_of_a_cause_frustrates_more()
    {
        var last = 0.0;
        for (var payments = 0; payments < 50; payments++)
        {
            var score = Model.Score([payments, 3]);
            Assert.InRange(score, last, 1);
            last = score;
        }
    }

    [Fact]
    public void Reasons_name_the_worse_cause()
    {
        var why = Model.Explain([3, 1]);
        Assert.Equal(0.01, why.Baseline, 1e-12);
        Assert.True(why.Contributions[0] > why.Contributions[1] && why.Contributions[1] > 0);
    }

    [Fact]
    public void Parameters_that_make_no_model_are_named()
    {
        Assert.Contains("calls: shape", Refused(new("calls", 0, 1)));
        Assert.Contains("calls: rate", Refused(new("calls", 1, double.NaN)));
        Assert.Throws<ArgumentException>(() => new FrustrationModel(new("", -1, 1), []));

        static string Refused(FrustrationCause cause) =>
            Assert.Throws<ArgumentException>(() => new FrustrationModel(new("", 1, 1), [cause])).Message;
    }
}
