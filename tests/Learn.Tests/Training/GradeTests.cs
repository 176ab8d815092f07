using DToC.Learn.Training;

namespace DToC.Learn.Tests.Training;

public class GradeTests
{
    [Theory]
    [InlineData(0, 0.08, true)]
    [InlineData(0, 0.5, false)]
    [InlineData(1, 0.92, true)]
    [InlineData(1, 0.5, false)]
    public void A_tenth_that_came_out_all_alike_is_within_intervals_that_few_rows_do_not_contradict(
        double came, double share, bool isWithin)
    {
        var range = OutcomeRange.OfShare(came, 30);
        var tenth = new GradeTenth(30, share, came, 0, share - 0.02, share + 0.02, range);
        Assert.Equal(isWithin, tenth.IsWithin);
        Assert.InRange(came, range.Low, range.High);
    }

    // Wilson's interval is made of this: its ends solve |p - share| = 2 sqrt(p (1 - p) / n).
    [Fact]
    public void Ends_of_the_range_of_a_share_are_two_of_their_own_standard_errors_away()
    {
        var range = OutcomeRange.OfShare(0.2, 50);
        foreach (var end in (double[])[range.Low, range.High])
            Assert.Equal(2 * Math.Sqrt(end * (1 - end) / 50), Math.Abs(end - 0.2), 1e-12);
    }

    [Fact]
    public void A_tenth_in_which_nobody_bought_does_not_contradict_a_small_amount()
    {
        var range = OutcomeRange.OfAmount(0, 0, 40, usual: 2);
        Assert.Equal(0, range.Low);
        Assert.InRange(range.High, 0.1, 0.25);
        Assert.Equal(new OutcomeRange(0.5, 1.5), OutcomeRange.OfAmount(1, 0.25, 40, usual: 2));
    }
}
