using DToC.Twin.Models.Satisfaction;

namespace DToC.Twin.Tests.Models.Satisfaction;

public class SatisfactionFilterTests
{
    private const long Day = 86_400_000;

    private static readonly SatisfactionAnswer[] Answers =
        [new(5, 5, 5), new(3, 2, 0.5), new(3, 2, 0.5), new(0, 1, 0.1)];

    private static readonly SatisfactionFilter Reverting = new(0.2, 0.2, 0.004, 0.01, Answers);
    private static readonly SatisfactionFilter Wandering = new(0.2, 0.2, 0.004, 0, Answers);

    [Fact]
    public void Without_answers_the_population_is_what_is_known() =>
        Assert.Equal((0.2, 0.2), Reverting.At(default, 400 * Day));

    [Fact]
    public void First_answer_equals_the_normal_posterior_by_hand()
    {
        // NPS 10 where 6 was expected: spread 25 * 0.2 + 5 = 10, covariance with satisfaction 5 * 0.2 = 1.
        var state = Reverting.Observe(default, 3 * Day, SatisfactionKind.Nps, 10);
        Assert.Equal(0.2 + 1.0 / 10 * 4, state.Mean, 1e-12);
        Assert.Equal(0.2 - 1.0 / 10, state.Variance, 1e-12);
        Assert.Equal(3 * Day, state.AtMs);
    }

    [Fact]
    public void Silence_widens_and_draws_to_the_mean()
    {
        var state = Reverting.Observe(default, 0, SatisfactionKind.Csat, 1);
        var (soon, narrow) = Reverting.At(state, Day);
        var (later, wide) = Reverting.At(state, 60 * Day);
        Assert.True(soon < later && later < 0.2 && narrow < wide);
        var (atLast, whole) = Reverting.At(state, 100_000 * Day);
        Assert.Equal(0.2, atLast, 1e-9);
        Assert.Equal(0.2, whole, 1e-9); // drift / (2 reversion)
    }

    [Fact]
    public void Without_reversion_only_the_variance_grows()
    {
        var state = Wandering.Observe(default, 0, SatisfactionKind.Stars, 5);
        Assert.Equal((state.Mean, state.Variance + 0.04), Wandering.At(state, 10 * Day));
    }

    [Theory]
    [InlineData(SatisfactionKind.Nps, 11)]
    [InlineData(SatisfactionKind.Csat, 0)]
    [InlineData(SatisfactionKind.Sentiment, double.NaN)]
    public void Answer_out_of_range_says_nothing(SatisfactionKind kind, double value) =>
        Assert.Equal(default, Reverting.Observe(default, Day, kind, value));

    [Fact]
    public void Late_answer_counts_as_of_the_states_own_moment()
    {
        var state = Reverting.Observe(default, 9 * Day, SatisfactionKind.Nps, 3);
        Assert.Equal(
            Reverting.Observe(state, 9 * Day, SatisfactionKind.Csat, 2),
            Reverting.Observe(state, 4 * Day, SatisfactionKind.Csat, 2));
    }

    [Fact]
    public void Thousands_of_answers_keep_the_variance_above_zero()
    {
        var state = default(SatisfactionState);
        for (var i = 0; i < 10_000; i++) state = Wandering.Observe(state, 5, SatisfactionKind.Sentiment, 0.5);
        Assert.Equal(0.5, state.Mean, 1e-3);
        Assert.InRange(state.Variance, 1e-6, 1e-4);
    }

    [Fact]
    public void Following_allocates_nothing()
    {
        var state = default(SatisfactionState);
        Allocation.IsNone(() => state = Reverting.Observe(state, Day, SatisfactionKind.Nps, 7));
        Assert.True(state.HasAnswer);
    }

    [Fact]
    public void Parameters_that_make_no_filter_are_named()
    {
        Told("mean is NaN", () => new SatisfactionFilter(double.NaN, 1, 0, 0, Answers));
        Told("'variance'", () => new SatisfactionFilter(0, 0, 0, 0, Answers));
        Told("driftPerDay", () => new SatisfactionFilter(0, 1, -1, 0, Answers));
        Told("reversionPerDay", () => new SatisfactionFilter(0, 1, 0, 2, Answers));
        Told("3 kinds", () => new SatisfactionFilter(0, 1, 0, 0, Answers.AsSpan(1)));
        Told("'slope'", () => new SatisfactionFilter(0, 1, 0, 0, [.. Answers[..3], new(0, 0, 1)]));

        static void Told(string words, Func<object> make) =>
            Assert.Contains(words, Assert.Throws<ArgumentException>(make).Message);
    }

    [Fact]
    public void Model_says_what_the_filter_says()
    {
        var model = new SatisfactionModel(["mean", "variance", "days"], Reverting);
        var state = Reverting.Observe(default, 0, SatisfactionKind.Nps, 9);
        var (mean, variance) = Reverting.At(state, 45 * Day);
        double[] inputs = [state.Mean, state.Variance, 45];
        Assert.Equal(mean, model.Score(inputs), 1e-12);
        var interval = Assert.NotNull(model.IntervalOf(inputs, 0.9));
        Assert.Equal(2 * 1.6448536269514722 * Math.Sqrt(variance), interval.High - interval.Low, 1e-12);
        Assert.Equal(0.2, model.Score([double.NaN, 1, 1]));
    }
}
