using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using DToC.Load.Server;
using DToC.Load.Traffic;

namespace DToC.Load.Stored;

/// <summary>
/// Seconds from the start of the process to the first acknowledged event, after the process before was killed while
/// events came as fast as it took them.
/// </summary>
/// <param name="figures">Where it is printed.</param>
/// <param name="server">The process.</param>
/// <param name="lanes">Events of all customers but one.</param>
/// <param name="first">Orders of the customer whose event is the first to be acknowledged.</param>
/// <param name="customer">That customer.</param>
internal sealed class RestartFigure(
    Figures figures, ServerProcess server, TrafficLanes lanes, RetailTraffic first, string customer)
{
    public const string Name = "restart_s";

    private const int Streams = 4;

    /// <summary>Events prepared: more than any server here takes before it is killed.</summary>
    private const int Prepared = 200_000;

    private static readonly TimeSpan AtPeak = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public async Task MeasureAsync(CancellationToken cancellation)
    {
        List<double> seconds = [];
        for (var i = 0; i < LoadOptions.Repeats; i++)
        {
            await PressAndKillAsync(cancellation);
            var order = first.Order(customer);
            var clock = Stopwatch.StartNew();
            server.StartAgain();
            await AcknowledgedAsync(order, clock, cancellation);
            seconds.Add(clock.Elapsed.TotalSeconds);
        }
        figures.Print(Name, Figures.Median(seconds));
    }

    private async Task PressAndKillAsync(CancellationToken cancellation)
    {
        var streams = new LineStream[Streams];
        try
        {
            for (var i = 0; i < streams.Length; i++) streams[i] = LineStream.Open(server, cancellation);
            Task[] pressing = [.. streams.Zip(lanes.Take(Streams, Prepared / Streams), PressAsync)];
            var clock = Stopwatch.StartNew();
            // A server that has just started is slow at first; it is killed when all streams are under way.
            while (clock.Elapsed < AtPeak || streams.Any(stream => stream.AnsweredLines == 0))
            {
                if (clock.Elapsed > Patience || pressing.Any(stream => stream.IsCompleted))
                    throw new InvalidOperationException("The events ran out before the server was killed.");
                await Task.Delay(10, cancellation);
            }
            server.Kill();
            await Task.WhenAll(pressing);
        }
        finally
        {
            foreach (var stream in streams) stream?.Dispose();
        }
    }

    /// <summary>Sends until the server is gone.</summary>
    private static async Task PressAsync(LineStream stream, PreparedEvents events)
    {
        try
        {
            await stream.ExchangeAsync(events);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // Killed, as planned.
        }
    }

    private async Task AcknowledgedAsync(byte[] json, Stopwatch clock, CancellationToken cancellation)
    {
        using var client = server.NewClient();
        while (true)
        {
            try
            {
                using var content = new ByteArrayContent(json);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                using var answer = await client.PostAsync("/v1/events", content, cancellation);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            if (clock.Elapsed > Patience)
                throw new InvalidOperationException($"No event was acknowledged within {Patience.TotalSeconds} s.");
            await Task.Delay(5, cancellation);
        }
    }
}
