namespace DToC.Conformance;

/// <summary>
/// A clock moved by hand. As on a real machine the time of day can be set back, while timers follow time
/// elapsed, which only grows.
/// </summary>
internal sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = start;
    private TimeSpan _elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _now;
    }

    public override long GetTimestamp()
    {
        lock (_gate) return _elapsed.Ticks;
    }

    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the time of day; forward, timers move with it.</summary>
    public void Pass(TimeSpan time)
    {
        lock (_gate) _now += time;
        if (time > TimeSpan.Zero) Elapse(time);
    }

    /// <summary>Lets timers run without moving the time of day: retries and regular work go on.</summary>
    public void Elapse(TimeSpan time)
    {
        List<ManualTimer> due;
        lock (_gate)
        {
            _elapsed += time;
            due = _timers.FindAll(t => t.Due <= _elapsed);
            foreach (var timer in due)
            {
                if (timer.Period > TimeSpan.Zero) timer.Due = _elapsed + timer.Period;
                else _timers.Remove(timer);
            }
        }
        foreach (var timer in due) timer.Fire();
    }

    private sealed class ManualTimer(ManualTime time, Action fire) : ITimer
    {
        public TimeSpan Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                time._timers.Remove(this);
                if (dueTime < TimeSpan.Zero) return true;
                Due = time._elapsed + dueTime;
                Period = period;
                time._timers.Add(this);
            }
            if (dueTime == TimeSpan.Zero) time.Elapse(TimeSpan.Zero);
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
