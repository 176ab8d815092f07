namespace DToC.Http.Delivery.Queues;

/// <summary>
/// When to try again: exponential backoff with full jitter, a draw from nothing to the least of the longest delay and
/// the first one doubled by every attempt (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
/// </summary>
/// <param name="First">Most there is to wait after the first attempt.</param>
/// <param name="Longest">Most there is ever to wait.</param>
internal readonly record struct RetrySchedule(TimeSpan First, TimeSpan Longest)
{
    private const int MostDoublings = 24;

    /// <summary>The time to the next attempt.</summary>
    /// <param name="attempts">Attempts made, at least 1.</param>
    /// <param name="draw">0 to 1.</param>
    public TimeSpan After(int attempts, double draw)
    {
        var most = First * Math.Pow(2, Math.Min(attempts - 1, MostDoublings));
        return draw * (most < Longest ? most : Longest);
    }
}
