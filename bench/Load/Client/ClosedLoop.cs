using System.Diagnostics;
using DToC.Load.Traffic;

namespace DToC.Load.Client;

/// <summary>
/// Events, one a request: each connection sends its next as soon as its last is answered. One thread goes round the
/// connections: while it waits for one, the answers of the others gather.
/// </summary>
internal sealed class ClosedLoop(int port, string key, bool saysAccepted)
{
    /// <summary>Sends for so long or until the events run out; returns those answered a second.</summary>
    /// <param name="events">The events of each connection.</param>
    /// <param name="length">After it no more are sent.</param>
    /// <param name="cancellation">Ends it early.</param>
    public Task<double> RunAsync(PreparedEvents[] events, TimeSpan length, CancellationToken cancellation) =>
        OwnThread.Start(() => Run(events, length, cancellation));

    private double Run(PreparedEvents[] events, TimeSpan length, CancellationToken cancellation)
    {
        var requests = new Requests(key);
        var connections = new Connection?[events.Length];
        var sent = new int[events.Length];
        try
        {
            for (var i = 0; i < connections.Length; i++) connections[i] = Connection.Open(port);
            var clock = Stopwatch.StartNew();
            for (var i = 0; i < connections.Length; i++) Send(connections[i], requests, events[i], sent[i]++);
            for (var open = connections.Length; open > 0;)
            {
                cancellation.ThrowIfCancellationRequested();
                for (var i = 0; i < connections.Length; i++)
                {
                    if (connections[i] is not { } connection) continue;
                    Check(connection);
                    if (sent[i] < events[i].Count && clock.Elapsed < length)
                    {
                        Send(connection, requests, events[i], sent[i]++);
                        continue;
                    }
                    connection.Dispose();
                    connections[i] = null;
                    open--;
                }
            }
            return sent.Sum() / clock.Elapsed.TotalSeconds;
        }
        finally
        {
            foreach (var connection in connections) connection?.Dispose();
        }
    }

    private static void Send(Connection? connection, Requests requests, PreparedEvents events, int index) =>
        connection?.Send(requests.Of("POST /v1/events"u8, events.Json(index).Span));

    private void Check(Connection connection)
    {
        var status = connection.Read();
        if (status == 202 && (!saysAccepted || connection.Body.StartsWith("{\"accepted\":1,"u8))) return;
        throw new InvalidOperationException(
            $"An event was answered with {status}: {System.Text.Encoding.UTF8.GetString(connection.Body)}");
    }
}
