namespace DToC.Cli.Sending;

/// <summary>
/// Holds a stream to a rate, counted from its start so that waiting too long once is made up for.
/// </summary>
/// <param name="perSecond">Events a second, above 0.</param>
/// <param name="time">The clock.</param>
internal sealed class Pace(double perSecond, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private long _sent;

    /// <summary>Returns when the events before these are due to have gone out.</summary>
    public async Task Wait(int events, CancellationToken cancellation)
    {
        var early = TimeSpan.FromSeconds(_sent / perSecond) - time.GetElapsedTime(_start);
        _sent += events;
        if (early > TimeSpan.Zero)
            await Task.Delay(early, time, cancellation);
    }
}
