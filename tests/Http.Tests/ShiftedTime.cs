namespace DToC.Http.Tests;

/// <summary>The real clock, moved by as much as a test wants. Delays stay real.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _shiftTicks;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _shiftTicks, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Volatile.Read(ref _shiftTicks));

    public override long GetTimestamp() =>
        base.GetTimestamp()
            + (long)(Volatile.Read(ref _shiftTicks) * (double)TimestampFrequency / TimeSpan.TicksPerSecond);
}
