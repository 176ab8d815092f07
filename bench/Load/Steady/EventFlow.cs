using System.Diagnostics;
using System.Net.Sockets;
using DToC.Load.Client;
using DToC.Load.Server;
using DToC.Load.Traffic;

namespace DToC.Load.Steady;

/// <summary>
/// Events at a steady rate: every two milliseconds those that are due go out on one of a few NDJSON streams, from one
/// thread. The thread of each stream times the answers.
/// </summary>
internal sealed class EventFlow(ServerProcess server, TrafficLanes lanes, int streams, double perSecond)
{
    private const double TicksPerSecond = 500;

    /// <summary>Milliseconds from when an event was due to its answer.</summary>
    public Samples AckMs { get; } = new();

    /// <summary>Milliseconds that this driver came late.</summary>
    public Samples OversleptMs { get; } = new();

    /// <summary>Events that were answered with anything but accepted.</summary>
    public long Errors { get; private set; }

    /// <summary>Sends until told to stop, or for so many seconds; returns when all is answered.</summary>
    public async Task RunAsync(double seconds, CancellationToken stop)
    {
        var open = new LineStream[streams];
        try
        {
            for (var i = 0; i < streams; i++)
            {
                open[i] = LineStream.Open(server, CancellationToken.None);
                open[i].OnAckMs = AckMs.Add;
            }
            var reading = Task.WhenAll(open.Select(stream => OwnThread.Start(() => ReadToEnd(stream))));
            await OwnThread.Start(() => Send(open, seconds, stop));
            await reading;
        }
        finally
        {
            foreach (var stream in open) stream?.Dispose();
        }
    }

    private void Send(LineStream[] open, double seconds, CancellationToken stop)
    {
        var metronome = new Metronome(Stopwatch.GetTimestamp(), TicksPerSecond, OversleptMs);
        var (sent, ticks) = (0L, (long)(seconds * TicksPerSecond));
        for (var tick = 1L; tick <= ticks && !stop.IsCancellationRequested; tick++)
        {
            var dueAt = metronome.Wait(tick);
            var count = (int)((long)(tick / TicksPerSecond * perSecond) - sent);
            var stream = (int)(tick % streams);
            open[stream].Send(RetailTraffic.Take(lanes.Of(stream, streams), count), 0, count, dueAt);
            sent += count;
        }
        foreach (var stream in open) stream.End();
    }

    private void ReadToEnd(LineStream stream)
    {
        try
        {
            while (!stream.IsAnswered) stream.ReadSome();
        }
        catch (SocketException exception)
        {
            throw new IOException($"A stream broke after {stream.AnsweredLines} answers.", exception);
        }
        lock (AckMs) Errors += stream.NotAccepted;
    }
}
