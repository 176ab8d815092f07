using DToC.Grains;
using DToC.Http.Simulations;

namespace DToC.Http.Tests.Simulations;

/// <summary>How simulations give way to live traffic.</summary>
public sealed class RunPaceTests
{
    private readonly StepTime _time = new();
    private long _answers;
    private long _waiting;
    private int _bucketMs = 1;
    private readonly long[] _counts = new long[DurationCounts.Buckets];

    [Fact]
    public async Task Without_traffic_there_is_no_rest()
    {
        var pace = new RunPace(Read, _time);
        await WorkAsync(pace, looks: 3);
        Assert.Equal(1, pace.Share);
        var rested = _time.Rested;
        await WorkAsync(pace, looks: 20);
        Assert.Equal(rested, _time.Rested);
    }

    [Fact]
    public async Task Share_grows_by_steps_beside_traffic_that_does_not_suffer_and_halves_when_it_does()
    {
        var pace = new RunPace(Traffic, _time);
        await WorkAsync(pace, looks: 12);
        var easy = pace.Share;
        Assert.InRange(easy, 0.5, 0.9);
        _bucketMs = 20; // answers take 20 ms where they took 1
        await WorkAsync(pace, looks: 1);
        Assert.InRange(pace.Share, 0.45 * easy, 0.55 * easy);
        await WorkAsync(pace, looks: 8);
        Assert.Equal(RunPace.LeastShare, pace.Share);
    }

    [Fact]
    public async Task Messages_that_wait_halve_the_share()
    {
        var pace = new RunPace(Traffic, _time);
        await WorkAsync(pace, looks: 6);
        var easy = pace.Share;
        _waiting = 10_000;
        await WorkAsync(pace, looks: 1);
        Assert.Equal(easy / 2, pace.Share, 9);
    }

    [Fact]
    public async Task Rest_is_in_proportion_to_the_share()
    {
        var pace = new RunPace(Traffic, _time);
        await WorkAsync(pace, looks: 2);
        _waiting = 10_000;
        await WorkAsync(pace, looks: 10);
        Assert.Equal(RunPace.LeastShare, pace.Share);
        var (rested, worked) = (_time.Rested, TimeSpan.FromMilliseconds(10));
        _time.Pass(worked);
        await pace.GiveWayAsync(CancellationToken.None);
        Assert.Equal(19 * worked.TotalMilliseconds, (_time.Rested - rested).TotalMilliseconds, 1);
    }

    private TrafficReading Read() => new(_waiting, new DurationCounts([.. _counts], 0));

    private TrafficReading Traffic()
    {
        // As if a hundred messages were answered since the last look.
        _answers += 100;
        _counts[DurationCounts.BucketOf(_bucketMs * 1_000L)] += 100;
        return Read();
    }

    private async Task WorkAsync(RunPace pace, int looks)
    {
        for (var look = 0; look < looks; look++)
        {
            await pace.GiveWayAsync(CancellationToken.None);
            _time.Pass(RunPace.Look);
        }
        await pace.GiveWayAsync(CancellationToken.None);
    }

    /// <summary>Time that passes when it is told to, or when somebody waits.</summary>
    private sealed class StepTime : TimeProvider
    {
        private long _ticks = 1;

        public TimeSpan Rested { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan by) => _ticks += by.Ticks;

        public override long GetTimestamp() => _ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (Rested, _ticks) = (Rested + dueTime, _ticks + dueTime.Ticks);
            var timer = new Passed();
            // Not before the timer is where it is wanted.
            ThreadPool.QueueUserWorkItem(_ => callback(state));
            return timer;
        }

        private sealed class Passed : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
