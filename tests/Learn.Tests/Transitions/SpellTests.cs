using DToC.Learn.Transitions;
using DToC.Twin.Models.Transitions;
using DToC.Twin.Plan;

namespace DToC.Learn.Tests.Transitions;

public class SpellTests
{
    private const long Day = 86_400_000;

    // Event 0 leads to stage 1, which gives way to stage 2 after ten days; event 1 says nothing of stages.
    private static readonly JourneyPlan Journey = new()
    {
        Stages = ["new", "buyer", "lapsed"], StageHashes = [1, 2, 3], StageCodes = [1, 2, 3],
        Next = [1, 1, 1, -1, -1, -1], IdleMs = [long.MaxValue, 10 * Day, long.MaxValue], IdleTo = [0, 2, 2], At = 0,
    };

    [Fact]
    public void Last_event_is_followed_by_what_is_not_known_yet() => Assert.Equal(
        [new Spell(4, 2, 7), new Spell(7, 3, 4), new Spell(4, 5, -1)],
        Spell.OfEvents([(4, 0), (7, 2 * Day), (4, 5 * Day), (7, 11 * Day)], 10 * Day));

    [Fact]
    public void Stage_that_gives_way_in_silence_is_left_then()
    {
        var spells = Spell.OfStages(
            Journey, [(0, 0), (1, 8 * Day), (0, 9 * Day), (1, 25 * Day), (0, 40 * Day)], 45 * Day);
        Assert.Equal([new Spell(1, 19, 2), new Spell(2, 21, 1), new Spell(1, 5, -1)], spells);
    }

    [Fact]
    public void Stage_of_silence_at_the_end_is_seen() => Assert.Equal(
        [new Spell(1, 10, 2), new Spell(2, 20, -1)], Spell.OfStages(Journey, [(0, 0)], 30 * Day));

    [Fact]
    public void Wait_that_has_not_ended_is_no_end()
    {
        // Exponential of mean 10, of which all that takes longer than 15 is cut off.
        var waits = Enumerable.Range(0, 2_000).Select(i => -10 * Math.Log((i + 0.5) / 2_000))
            .Select(days => days > 15 ? (15, false) : (days, true)).ToList();
        var wait = WaitingFit.Of(waits)[0];
        Assert.Equal(WaitingFamily.Weibull, wait.Family);
        Assert.Equal(1, wait.Shape, 0.02);
        Assert.Equal(10, wait.Scale, 0.2);
    }

    [Fact]
    public void Few_ends_say_a_rate_and_little_of_it()
    {
        var wait = Assert.Single(WaitingFit.Of([(100, false), (50, false)]));
        Assert.Equal((1.0, 300.0), (wait.Shape, wait.Scale));
        Assert.Equal(2, wait.Covariance.Values[3]);
    }
}
