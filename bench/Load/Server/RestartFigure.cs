using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using DToC.Load.Traffic;

namespace DToC.Load.Server;

/// <summary>
/// Seconds from the start of the process to the first acknowledged event, after the process before was killed while
/// events came as fast as it took them.
/// </summary>
/// <param name="figures">Where it is printed.</param>
/// <param name="server">The process.</param>
/// <param name="traffic">Events, one stream a connection.</param>
/// <param name="customer">Whose event is the first to be acknowledged.</param>
internal sealed class RestartFigure(Figures figures, ApiProcess server, RetailTraffic[] traffic, string customer)
{
    public const string Name = "restart_s";

    private static readonly TimeSpan AtPeak = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public async Task MeasureAsync(double peak, CancellationToken cancellation)
    {
        List<double> seconds = [];
        for (var i = 0; i < LoadOptions.Repeats; i++)
        {
            await PressAndKillAsync(peak, cancellation);
            var order = traffic[0].Order(customer);
            var clock = Stopwatch.StartNew();
            server.StartAgain();
            await AcknowledgedAsync(order, clock, cancellation);
            seconds.Add(clock.Elapsed.TotalSeconds);
        }
        figures.Print(Name, Figures.Median(seconds));
    }

    private async Task PressAndKillAsync(double peak, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var count = (int)(3 * peak * AtPeak.TotalSeconds / traffic.Length);
        var prepared = traffic.AsParallel().AsOrdered().Select(lane => lane.Take(count)).ToArray();
        var streams = new LineStream[traffic.Length];
        try
        {
            for (var i = 0; i < streams.Length; i++) streams[i] = await LineStream.OpenAsync(server, cancellation);
            Task[] pressing =
                [.. streams.Zip(prepared, (stream, events) => PressAsync(stream, events, ending.Token))];
            var clock = Stopwatch.StartNew();
            // A server that has just started is slow at first; it is killed when all streams are under way.
            while (clock.Elapsed < AtPeak || streams.Any(stream => stream.AnsweredLines == 0))
            {
                if (clock.Elapsed > Patience || pressing.Any(stream => stream.IsCompleted))
                    throw new InvalidOperationException("The events ran out before the server was killed.");
                await Task.Delay(10, cancellation);
            }
            server.Kill();
            await ending.CancelAsync();
            await Task.WhenAll(pressing);
        }
        finally
        {
            foreach (var stream in streams) stream?.Dispose();
        }
    }

    /// <summary>Sends until the server is gone.</summary>
    private static async Task PressAsync(LineStream stream, PreparedEvents events, CancellationToken cancellation)
    {
        await Task.Yield();
        try
        {
            var reading = stream.ReadAsync(events.Count, cancellation);
            var sending = stream.SendAsync(events, 0, events.Count, Stopwatch.GetTimestamp(), cancellation);
            await Task.WhenAll(reading, sending);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
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
