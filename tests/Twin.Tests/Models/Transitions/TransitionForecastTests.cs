using DToC.Twin.Models.Transitions;

namespace DToC.Twin.Tests.Models.Transitions;

public class TransitionForecastTests
{
    private static readonly TransitionForecast Any = SampleTransitions.Forecast(TransitionSubject.Events, null);

    [Fact]
    public void Chances_of_all_that_may_come_sum_to_that_of_anything()
    {
        double[] seen = [NameCode.Of("Seen"), 4];
        var chances = Any.Chances(seen, 0.9);
        Assert.Equal(["Bought", "Seen"], chances.Select(c => c.Name));
        Assert.Equal([0.75, 0.25], chances.Select(c => c.Next));
        Assert.Equal(Any.Score(seen), chances.Sum(c => c.Within), 1e-12);
        Assert.All(chances, c => Assert.InRange(c.Within, c.Interval.Low, c.Interval.High));
        Assert.Equal(
            chances[0].Within, SampleTransitions.Forecast(TransitionSubject.Events, "Bought").Score(seen), 1e-12);
    }

    [Fact]
    public void What_cannot_follow_is_no_chance() =>
        Assert.Equal("Seen", Assert.Single(Any.Chances([NameCode.Of("Bought"), 0], 0.9)).Name);

    [Fact]
    public void Time_waited_already_counts()
    {
        var wait = new WaitingTime(WaitingFamily.Weibull, 2, 10, new(2, [0, 0, 0, 0]));
        // S(t) = exp(-(t / 10)^2): of those who waited 5, exp(-0.25) had.
        Assert.Equal(1 - Math.Exp(0.25 - 1), wait.Within(5, 5), 1e-12);
        Assert.True(wait.Within(20, 5) > wait.Within(0, 5));
        foreach (var family in Enum.GetValues<WaitingFamily>())
        {
            var other = wait with { Family = family, Shape = 0.7 };
            Assert.Equal(0.3, other.Within(12, other.QuantileAfter(12, 0.3)), 1e-9);
            Assert.True(other.Within(100, 5) < other.Within(1, 5)); // a rate that falls
        }
    }

    [Fact]
    public void Name_that_is_not_known_has_no_forecast()
    {
        Assert.True(double.IsNaN(Any.Score([NameCode.Of("Returned"), 1])));
        Assert.True(double.IsNaN(Any.Score([NameCode.Of("Seen"), double.NaN])));
        Assert.Empty(Any.Chances([NameCode.Of("Returned"), 1], 0.9));
        Assert.Null(Any.When([NameCode.Of("Returned"), 1], 0.9));
    }

    [Fact]
    public void Next_one_comes_within_the_range_it_says()
    {
        double[] bought = [NameCode.Of("Bought"), 3];
        var time = Any.When(bought, 0.9);
        Assert.NotNull(time);
        Assert.True(0 < time.Low && time.Low < time.MedianDays && time.MedianDays < time.High);
        var until = SampleTransitions.Forecast(TransitionSubject.Events, null, time.MedianDays);
        Assert.Equal(0.5, until.Score(bought), 1e-9);
    }
}
