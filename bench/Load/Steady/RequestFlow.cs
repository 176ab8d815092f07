using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using DToC.Load.Client;
using DToC.Load.Server;

namespace DToC.Load.Steady;

/// <summary>Requests at a steady rate, on a few connections with a thread each, timed from when due.</summary>
/// <param name="server">Who is asked.</param>
/// <param name="perSecond">Requests a second.</param>
/// <param name="connections">Requests that can be under way at one time.</param>
internal sealed class RequestFlow(ServerProcess server, double perSecond, int connections)
{
    private long _errors;

    /// <summary>Writes a request that is due at a moment.</summary>
    internal delegate ReadOnlySpan<byte> Compose(Requests requests, long number, long dueAt);

    /// <summary>Milliseconds from when a request was due to the end of its answer.</summary>
    public Samples Ms { get; } = new();

    /// <summary>Milliseconds that this driver came late.</summary>
    public Samples OversleptMs { get; } = new();

    /// <summary>Answers that say something went wrong, and connections that broke.</summary>
    public long Errors => Volatile.Read(ref _errors);

    /// <summary>The first of them.</summary>
    public string? FirstError { get; private set; }

    /// <summary>Sends until told to stop, or so many.</summary>
    public Task RunAsync(Compose compose, long count, CancellationToken stop)
    {
        var begun = Stopwatch.GetTimestamp();
        return Task.WhenAll(Enumerable.Range(0, connections).Select(
            first => OwnThread.Start(() => Run(compose, first, count, begun, stop))));
    }

    private void Run(Compose compose, long first, long count, long begun, CancellationToken stop)
    {
        Connection? connection = null;
        var requests = new Requests(server.Key);
        var metronome = new Metronome(begun, perSecond, OversleptMs);
        try
        {
            for (var number = first; number < count && !stop.IsCancellationRequested; number += connections)
            {
                var dueAt = metronome.Wait(number);
                connection ??= TryOpen();
                if (connection is null || !TryExchange(connection, compose(requests, number, dueAt)))
                {
                    connection?.Dispose();
                    connection = null;
                }
                Ms.Add(Stopwatch.GetElapsedTime(dueAt).TotalMilliseconds);
            }
        }
        finally
        {
            connection?.Dispose();
        }
    }

    private Connection? TryOpen()
    {
        try
        {
            return Connection.Open(server.Port);
        }
        catch (SocketException exception)
        {
            NoteError(exception.Message);
            return null;
        }
    }

    /// <summary>False when the connection cannot be used any more.</summary>
    private bool TryExchange(Connection connection, ReadOnlySpan<byte> request)
    {
        try
        {
            connection.Send(request);
            var status = connection.Read();
            if (status is < 200 or >= 300) NoteError($"{status} {Encoding.UTF8.GetString(connection.Body)}");
            return true;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            NoteError(exception.Message);
            return false;
        }
    }

    private void NoteError(string error)
    {
        Interlocked.Increment(ref _errors);
        FirstError ??= error;
    }
}
