using DToC.Cli.Folders;
using DToC.Twin;

namespace DToC.Cli.Tests;

public class EventClockTests
{
    private static readonly Instant Start = Instant.From(new DateTimeOffset(2019, 5, 6, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void It_stands_where_the_latest_event_put_it()
    {
        var clock = new EventClock();
        Assert.Equal(DateTimeOffset.UnixEpoch, clock.GetUtcNow());
        clock.AdvanceTo(Start);
        clock.AdvanceTo(Start.PlusMs(-1));
        Assert.Equal(Start, clock.Now);
    }

    [Fact]
    public async Task A_wait_is_over_when_events_pass_its_moment_and_not_before()
    {
        var clock = new EventClock();
        clock.AdvanceTo(Start);
        var waiting = Task.Delay(TimeSpan.FromDays(3), clock);
        clock.AdvanceTo(Start.PlusMs(3 * Instant.DayMs - 1));
        Assert.False(waiting.IsCompleted);
        clock.AdvanceTo(Start.PlusMs(3 * Instant.DayMs));
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_wait_is_over_in_real_time_when_no_event_comes()
    {
        var clock = new EventClock();
        await Task.Delay(TimeSpan.FromMilliseconds(1), clock).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(DateTimeOffset.UnixEpoch, clock.GetUtcNow());
    }

    [Fact]
    public void A_wait_that_was_given_up_does_not_end()
    {
        var clock = new EventClock();
        using var stop = new CancellationTokenSource();
        var waiting = Task.Delay(TimeSpan.FromDays(1), clock, stop.Token);
        stop.Cancel();
        clock.AdvanceTo(Start);
        Assert.True(waiting.IsCanceled);
    }
}
