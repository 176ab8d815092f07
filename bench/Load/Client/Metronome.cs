using System.Diagnostics;

namespace DToC.Load.Client;

/// <summary>
/// Moments at which something is due, at a steady rate whatever the server does. What was still held up by the server
/// when it was due counts from then, so that a server that stalls does not slow the clock down ("coordinated
/// omission", G. Tene). What this thread merely overslept counts from its waking: that is this driver's own lateness,
/// which is kept apart.
/// </summary>
/// <param name="begun">Time stamp of the first moment.</param>
/// <param name="perSecond">How many are due a second.</param>
/// <param name="oversleptMs">Takes how late each waking came.</param>
internal sealed class Metronome(long begun, double perSecond, Samples oversleptMs)
{
    /// <summary>Waits until a moment has come; returns the time stamp from which it counts.</summary>
    public long Wait(long number)
    {
        var due = begun + (long)(number / perSecond * Stopwatch.Frequency);
        var now = Stopwatch.GetTimestamp();
        if (now >= due) return due;
        Thread.Sleep((int)Math.Ceiling((due - now) * 1_000.0 / Stopwatch.Frequency));
        now = Stopwatch.GetTimestamp();
        oversleptMs.Add(Stopwatch.GetElapsedTime(due, now).TotalMilliseconds);
        return now;
    }
}
