using System.Diagnostics;
using DToC.Load.Traffic;

namespace DToC.Load.Server;

/// <summary>
/// The product's executable in a process of its own, this process as its client on the same machine: streams at peak,
/// latencies at half of it, and a restart after a kill at peak.
/// </summary>
internal sealed class ServerFigures(Scene scene, Figures figures)
{
    private const int Streams = 4;

    private static readonly string[] Rates = ["http_ndjson_events_per_s", "http_to_embedded"];
    private static readonly string[] All = [.. Rates, .. Latencies.Names, RestartFigure.Name];

    private RetailTraffic[] _traffic = [];

    /// <param name="embeddedRate">Events a second in-process, 0 when not measured.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    public async Task MeasureAsync(double embeddedRate, CancellationToken cancellation)
    {
        if (!scene.Options.Wants(All)) return;
        ApiProcess? server = null;
        try
        {
            var roster = new Roster(scene.Options.Customers, scene.Options.Partitions);
            var peak = 0.0;
            await figures.MeasureAsync(All, async () =>
            {
                _traffic = LanesOf(roster);
                server = await ApiProcess.StartAsync(await scene.NewFolderAsync(roster), cancellation);
                peak = await PeakAsync(server, cancellation);
                if (scene.Options.Wants(Rates)) PrintPeak(peak, embeddedRate);
            });
            if (server is null || peak <= 0) return;
            var latencies = new Latencies(scene, figures, server, roster, _traffic);
            await figures.MeasureAsync(Latencies.Names, () => latencies.MeasureAsync(peak / 2, cancellation));
            var restart = new RestartFigure(figures, server, _traffic, roster.Ids[0]);
            await figures.MeasureAsync([RestartFigure.Name], () => restart.MeasureAsync(peak, cancellation));
        }
        finally
        {
            server?.Dispose();
        }
    }

    private RetailTraffic[] LanesOf(Roster roster) =>
        [.. Enumerable.Range(0, Streams).Select(lane => scene.Traffic(
            [.. roster.Lane(lane, Streams).Where(id => !Latencies.IsProbe(roster.IndexOf(id)))]))];

    private async Task<double> PeakAsync(ApiProcess server, CancellationToken cancellation)
    {
        await StreamAsync(server, 20_000, cancellation);
        var rate = await StreamAsync(server, 40_000, cancellation);
        List<double> rates = [];
        for (var i = 0; i < LoadOptions.Repeats; i++)
        {
            rates.Add(rate = await StreamAsync(server, scene.Options.EventsOfRepeat(rate), cancellation));
        }
        return Figures.Median(rates);
    }

    private void PrintPeak(double peak, double embeddedRate)
    {
        figures.Comment($"{Streams} NDJSON streams from this process to the server's process");
        figures.Print(Rates[0], peak);
        if (embeddedRate > 0) figures.Print(Rates[1], peak / embeddedRate);
    }

    /// <summary>Sends so many events on all streams; returns events a second, each answered.</summary>
    private async Task<double> StreamAsync(ApiProcess server, int count, CancellationToken cancellation)
    {
        var prepared = _traffic.AsParallel().AsOrdered().Select(traffic => traffic.Take(count / Streams)).ToArray();
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(prepared.Select(
            events => Task.Run(() => OneAsync(server, events, cancellation), cancellation)));
        return count / clock.Elapsed.TotalSeconds;
    }

    private static async Task OneAsync(ApiProcess server, PreparedEvents events, CancellationToken cancellation)
    {
        using var stream = await LineStream.OpenAsync(server, cancellation);
        var reading = stream.ReadAsync(events.Count, cancellation);
        await stream.SendAsync(events, 0, events.Count, Stopwatch.GetTimestamp(), cancellation);
        await stream.EndAsync(cancellation);
        await reading;
    }
}
