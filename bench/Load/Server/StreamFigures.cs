using DToC.Load.InProcess;
using DToC.Load.Traffic;

namespace DToC.Load.Server;

/// <summary>Events in NDJSON streams at peak, in turns with a host in this process.</summary>
internal sealed class StreamFigures(Scene scene, Figures figures, ServerProcess server, TrafficLanes lanes)
{
    public static readonly string[] Names = ["http_ndjson_events_per_s", "http_to_embedded"];

    private readonly StreamPeak _streams = new(figures, server, lanes);

    /// <summary>Events a second; 0 when not measured.</summary>
    public double Peak { get; private set; }

    public async Task MeasureAsync(Roster roster, CancellationToken cancellation)
    {
        List<double> rates = [];
        List<double> ratios = [];
        var rate = await _streams.WarmAsync(cancellation);
        await using var embedded = new EmbeddedPace(scene, await scene.NewFolderAsync(roster), roster);
        await embedded.WarmAsync();
        await embedded.WarmAsync();
        for (var i = 0; i < LoadOptions.Repeats; i++)
        {
            rates.Add(rate = await _streams.RateAsync(scene.Options.EventsOfRepeat(rate), cancellation));
            if (scene.Options.Wants(Names)) ratios.Add(rate / await embedded.RepeatAsync());
        }
        Peak = Figures.Median(rates);
        if (!scene.Options.Wants(Names)) return;
        figures.Print("http_ndjson_events_per_s", Peak);
        figures.Print("http_to_embedded", Figures.Median(ratios));
    }
}
