using DToC.Learn.Training;
using DToC.Twin;
using FsCheck;
using FsCheck.Fluent;

namespace DToC.Learn.Tests.Training;

public class TimeCutsTests
{
    [Fact]
    public void Windows_lie_one_after_the_other_within_the_past()
    {
        var pasts = Gen.Choose(1, 2_000).SelectMany(_ => Gen.Choose(1, 400), (days, horizon) => (days, horizon));
        Prop.ForAll(pasts.ToArbitrary(), past =>
        {
            var (first, horizonMs) = (new Instant(1_700_000_000_000), past.horizon * Instant.DayMs);
            var until = first.PlusMs(past.days * Instant.DayMs);
            foreach (var isGraded in (bool[])[true, false])
            {
                var cuts = TimeCuts.Of(first, until, horizonMs, isGraded);
                // One horizon to know the customers, one to see what came true, one more to grade on.
                Assert.Equal(past.days >= (isGraded ? 3 : 2) * past.horizon, cuts is not null);
                if (cuts is null) continue;
                List<Instant> all = [.. cuts.All];
                Assert.Equal(isGraded, cuts.Grade is not null);
                Assert.InRange(cuts.Fit.Count, 1, TimeCuts.MostFit);
                Assert.True(all[0] >= first.PlusMs(horizonMs));
                Assert.True(all[^1].PlusMs(horizonMs) <= until);
                // What came true after a moment is all known before the next.
                for (var i = 1; i < all.Count; i++) Assert.True(all[i - 1].PlusMs(horizonMs) <= all[i]);
            }
            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Grading_comes_last_and_calibration_before_it()
    {
        var first = new Instant(0);
        var cuts = TimeCuts.Of(first, first.PlusMs(10 * Instant.DayMs), Instant.DayMs, isGraded: true)!;
        Assert.Equal(new Instant(9 * Instant.DayMs), cuts.Grade);
        Assert.Equal(new Instant(8 * Instant.DayMs), cuts.Calibrate);
        Assert.Equal([4, 5, 6, 7], cuts.Fit.Select(cut => (int)(cut.UnixMs / Instant.DayMs)));
        // Of a past that holds two moments the later is graded on, and nothing is left to calibrate on.
        var shorter = TimeCuts.Of(first, first.PlusMs(3 * Instant.DayMs), Instant.DayMs, isGraded: true)!;
        Assert.Null(shorter.Calibrate);
        Assert.Equal(2, shorter.All.Count());
    }
}
