namespace DToC.Embedded.Turns;

/// <summary>
/// Where the one thread of a loop sleeps until something changes that it waits for. Others make the change under their
/// common lock and ring after they have left it: woken earlier, it would only wait for the lock. Unlike
/// <see cref="Monitor.PulseAll"/> it wakes the one that is meant and nobody else.
/// </summary>
internal sealed class Doorbell : IDisposable
{
    private readonly AutoResetEvent _rung = new(false);
    private int _isAsleep;

    /// <summary>Under the lock, by the loop: it found nothing to do and goes on with <see cref="Sleep"/>.</summary>
    public void LieDown() => Volatile.Write(ref _isAsleep, 1);

    /// <summary>By the loop, without the lock: returns when it was rung for.</summary>
    public void Sleep() => _rung.WaitOne();

    /// <summary>Without the lock, after a change under it: wakes the loop if it sleeps.</summary>
    public void Ring()
    {
        if (Volatile.Read(ref _isAsleep) != 0 && Interlocked.Exchange(ref _isAsleep, 0) != 0) _rung.Set();
    }

    /// <inheritdoc/>
    public void Dispose() => _rung.Dispose();
}
