namespace DToC.Http.Limits;

/// <summary>Tells when something that is waited for has not moved for too long.</summary>
internal sealed class Standstill : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;
    private readonly Action _tell;
    private readonly ITimer _timer;
    private long _since;
    private int _told;

    /// <summary>Nothing is waited for yet.</summary>
    /// <param name="limit">How long it may stand still; it is noticed at most a quarter later.</param>
    /// <param name="time">The clock.</param>
    /// <param name="tell">Called once, when it stood still for longer.</param>
    public Standstill(TimeSpan limit, TimeProvider time, Action tell)
    {
        (_limit, _time, _tell) = (limit, time, tell);
        _timer = time.CreateTimer(_ => Look(), null, limit / 4, limit / 4);
    }

    /// <summary>It is waited for from now on.</summary>
    public void Begin() => Volatile.Write(ref _since, Math.Max(1, _time.GetTimestamp()));

    /// <summary>It has moved.</summary>
    public void End() => Volatile.Write(ref _since, 0);

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var since = Volatile.Read(ref _since);
        if (since == 0 || _time.GetElapsedTime(since) < _limit) return;
        if (Interlocked.Exchange(ref _told, 1) == 0) _tell();
    }
}
