using DToC.Twin.Models.Frustration;

namespace DToC.Twin.Tests.Models.Frustration;

public class ClickBurstTests
{
    [Fact]
    public void Clicks_within_the_time_are_a_burst_and_are_then_spent()
    {
        var burst = default(ClickBurst);
        Assert.Equal([false, false, true, false, false, true], Bursts(ref burst, 0, 500, 1_000, 1_100, 1_200, 1_300));
        Assert.Equal(0, burst.Count);
    }

    [Fact]
    public void Slow_clicks_are_none()
    {
        var burst = default(ClickBurst);
        Assert.DoesNotContain(true, Bursts(ref burst, 0, 1_500, 3_000, 4_500, 6_000));
    }

    [Fact]
    public void Window_slides_past_early_clicks()
    {
        var burst = default(ClickBurst);
        Assert.Equal([false, false, false, true], Bursts(ref burst, 0, 1_900, 2_500, 2_600));
    }

    [Fact]
    public void Another_target_begins_anew()
    {
        var burst = default(ClickBurst);
        Assert.False(burst.Observe(0, 1, 2, 1_000));
        Assert.False(burst.Observe(10, 2, 2, 1_000));
        Assert.True(burst.Observe(20, 2, 2, 1_000));
    }

    [Fact]
    public void Bursts_of_the_most_clicks_are_found_again_and_again()
    {
        var burst = default(ClickBurst);
        var found = 0;
        for (var i = 0; i < 80; i++)
        {
            if (burst.Observe(i, 1, ClickBurst.MaxClicks, 100)) found++;
        }
        Assert.Equal(10, found);
        Assert.Throws<ArgumentOutOfRangeException>(() => burst.Observe(0, 1, ClickBurst.MaxClicks + 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => burst.Observe(0, 1, 1, 1));
    }

    private static bool[] Bursts(ref ClickBurst burst, params long[] moments)
    {
        var found = new bool[moments.Length];
        for (var i = 0; i < moments.Length; i++) found[i] = burst.Observe(moments[i], 7, clicks: 3, withinMs: 2_000);
        return found;
    }
}
