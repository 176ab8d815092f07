using DToC.Twin;

namespace DToC.Cli.Folders;

/// <summary>
/// A clock that stands still until an event moves it, and never goes back: a folder filled by it has lived
/// when its events happened. Waiting goes by real time, and a wait for a moment also ends when the clock
/// passes that moment, so that wake-ups come with the events that follow them.
/// </summary>
internal sealed class EventClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<MomentTimer> _waiting = [];
    private long _nowMs;

    /// <summary>The moment it stands at; at first 1970-01-01.</summary>
    public Instant Now => new(Interlocked.Read(ref _nowMs));

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Now.ToDateTimeOffset();

    /// <summary>Moves on to a moment; an earlier one than now moves nothing.</summary>
    public void AdvanceTo(Instant moment)
    {
        List<MomentTimer> due;
        lock (_gate)
        {
            if (moment.UnixMs <= _nowMs)
                return;
            Interlocked.Exchange(ref _nowMs, moment.UnixMs);
            due = _waiting.FindAll(timer => timer.DueMs <= moment.UnixMs);
            _waiting.RemoveAll(due.Contains);
        }
        foreach (var timer in due)
            timer.Fire();
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        // Regular work goes by real time: between two events of a file there may be years.
        if (period != Timeout.InfiniteTimeSpan)
            return System.CreateTimer(callback, state, dueTime, period);
        var timer = new MomentTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void Await(MomentTimer timer, TimeSpan dueTime)
    {
        lock (_gate)
        {
            _waiting.Remove(timer);
            if (dueTime == Timeout.InfiniteTimeSpan)
                return;
            timer.DueMs = _nowMs + (long)dueTime.TotalMilliseconds;
            _waiting.Add(timer);
        }
    }

    private void Forget(MomentTimer timer)
    {
        lock (_gate)
            _waiting.Remove(timer);
    }

    // Fires once, by whichever of the two clocks comes first.
    private sealed class MomentTimer : ITimer
    {
        private readonly EventClock _clock;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private readonly ITimer _real;
        private int _armed;

        public MomentTimer(EventClock clock, TimerCallback callback, object? state)
        {
            (_clock, _callback, _state) = (clock, callback, state);
            _real = System.CreateTimer(
                static timer => (timer as MomentTimer)?.Fire(), this,
                Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public long DueMs { get; set; }

        public void Fire()
        {
            if (Interlocked.Exchange(ref _armed, 0) == 0)
                return;
            _clock.Forget(this);
            _callback(_state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Exchange(ref _armed, dueTime == Timeout.InfiniteTimeSpan ? 0 : 1);
            _clock.Await(this, dueTime);
            return _real.Change(dueTime, Timeout.InfiniteTimeSpan);
        }

        public void Dispose()
        {
            Interlocked.Exchange(ref _armed, 0);
            _clock.Forget(this);
            _real.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
