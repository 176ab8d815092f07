using System.Diagnostics;
using DToC.Load.Client;
using DToC.Load.InProcess;
using DToC.Load.Traffic;

namespace DToC.Load.Server;

/// <summary>Events in NDJSON streams at peak, in turns with a host in this process.</summary>
internal sealed class StreamFigures(Scene scene, Figures figures, ServerProcess server, TrafficLanes lanes)
{
    public static readonly string[] Names = ["http_ndjson_events_per_s", "http_to_embedded"];

    private const int Streams = 4;

    /// <summary>Events a second; 0 when not measured.</summary>
    public double Peak { get; private set; }

    public async Task MeasureAsync(Roster roster, CancellationToken cancellation)
    {
        List<double> rates = [];
        List<double> ratios = [];
        await StreamAsync(20_000, cancellation);
        var rate = await StreamAsync(60_000, cancellation);
        await using var embedded = new EmbeddedPace(scene, await scene.NewFolderAsync(roster), roster);
        await embedded.WarmAsync();
        await embedded.WarmAsync();
        for (var i = 0; i < LoadOptions.Repeats; i++)
        {
            rates.Add(rate = await StreamAsync(scene.Options.EventsOfRepeat(rate), cancellation));
            if (scene.Options.Wants(Names)) ratios.Add(rate / await embedded.RepeatAsync());
        }
        Peak = Figures.Median(rates);
        if (!scene.Options.Wants(Names)) return;
        figures.Print("http_ndjson_events_per_s", Peak);
        figures.Print("http_to_embedded", Figures.Median(ratios));
    }

    /// <summary>Sends so many events on all streams; returns events a second, each answered.</summary>
    private async Task<double> StreamAsync(int count, CancellationToken cancellation)
    {
        var prepared = lanes.Take(Streams, count / Streams);
        GC.Collect();
        var cpu = new CpuMeter(server.Id);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(prepared.Select(events => OneAsync(events, cancellation)));
        var rate = count / clock.Elapsed.TotalSeconds;
        figures.Comment($"{Streams} NDJSON streams, {rate:0} events/s; {cpu}");
        return rate;
    }

    private async Task OneAsync(PreparedEvents events, CancellationToken cancellation)
    {
        using var stream = LineStream.Open(server, cancellation);
        await stream.ExchangeAsync(events);
    }
}
