using DToC.Learn.Satisfaction;
using DToC.Twin.Draws;
using DToC.Twin.Models.Satisfaction;

namespace DToC.Learn.Tests.Satisfaction;

public class SatisfactionTrainingTests
{
    [Fact]
    public void Population_is_found_again()
    {
        var random = new Xoshiro256(4);
        var customers = Enumerable.Range(0, 500).Select(_ => Customer(random, replies: 6)).ToList();
        var fitted = Assert.IsType<SatisfactionFit.Fitted>(SatisfactionTraining.Of(customers, reverts: false));
        Assert.Equal([SatisfactionKind.Csat, SatisfactionKind.Stars], fitted.Assumed);
        Assert.Equal(0.1, fitted.Filter.Mean, 0.05);
        Assert.Equal(0.09, fitted.Filter.Variance, 0.02);
        Assert.Equal(1, fitted.Filter.Answers[(int)SatisfactionKind.Nps].NoiseVariance, 0.2);
        Assert.Equal(0.5, fitted.Filter.Answers[(int)SatisfactionKind.Sentiment].Slope, 0.07);
    }

    [Fact]
    public void Too_few_replies_are_told()
    {
        var random = new Xoshiro256(4);
        var once = Enumerable.Range(0, 300).Select(_ => Customer(random, replies: 1)).ToList();
        Assert.Contains("more than once", Why(once));
        Assert.Contains("No kind", Why(once[..9]));

        static string Why(List<SatisfactionReply[]> replies) =>
            Assert.IsType<SatisfactionFit.NotIdentified>(SatisfactionTraining.Of(replies)).Why;
    }

    [Theory]
    [InlineData(5)]
    [InlineData(0)]
    public void Reply_out_of_range_is_refused_whenever_it_came(long atMs) => Assert.Throws<ArgumentException>(
        () => SatisfactionTraining.Of([[new SatisfactionReply(atMs, SatisfactionKind.Nps, 12)]]));

    // Never changing, so that what the fit finds of a drift is none.
    private static SatisfactionReply[] Customer(Xoshiro256 random, int replies)
    {
        var satisfaction = 0.1 + 0.3 * random.Normal();
        return
        [
            .. Enumerable.Range(1, replies).Select(i => i % 2 == 0
                ? new SatisfactionReply(
                    i * 864_000_000L, SatisfactionKind.Nps,
                    Math.Clamp(5 + 5 * satisfaction + random.Normal(), 0, 10))
                : new SatisfactionReply(
                    i * 864_000_000L, SatisfactionKind.Sentiment,
                    Math.Clamp(0.1 + 0.5 * satisfaction + 0.2 * random.Normal(), -1, 1))),
        ];
    }
}
