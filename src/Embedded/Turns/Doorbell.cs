namespace DToC.Embedded.Turns;

/// <summary>
/// Where the one thread of a loop sleeps until something changes that it waits for. Others make the change under their
/// common lock, ask there whether it sleeps, and ring after they have left: woken earlier it would only wait for the
/// lock. Unlike <see cref="Monitor.PulseAll"/> it wakes the one that is meant and nobody else.
/// </summary>
internal sealed class Doorbell : IDisposable
{
    private readonly AutoResetEvent _rung = new(false);
    private bool _isAsleep;

    /// <summary>Under the lock, by the loop: it found nothing to do and goes on with <see cref="Sleep"/>.</summary>
    public void LieDown() => _isAsleep = true;

    /// <summary>By the loop, without the lock: returns when it was rung for.</summary>
    public void Sleep() => _rung.WaitOne();

    /// <summary>Under the lock: whether the loop sleeps, in which case the asker has to ring.</summary>
    public bool IsNeeded()
    {
        var isAsleep = _isAsleep;
        _isAsleep = false;
        return isAsleep;
    }

    /// <summary>Without the lock: wakes the loop, when <see cref="IsNeeded"/> said so.</summary>
    public void Ring() => _rung.Set();

    /// <inheritdoc/>
    public void Dispose() => _rung.Dispose();
}
