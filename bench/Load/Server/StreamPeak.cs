using System.Diagnostics;
using DToC.Load.Client;
using DToC.Load.Traffic;

namespace DToC.Load.Server;

/// <summary>NDJSON streams that send as fast as the server answers.</summary>
internal sealed class StreamPeak(Figures figures, ServerProcess server, TrafficLanes lanes)
{
    /// <summary>Streams at one time.</summary>
    public const int Streams = 4;

    private const int MostWarmings = 6;
    private const double WarmGrowth = 1.1;

    /// <summary>Sends so many events on all streams; returns events a second, each answered.</summary>
    public async Task<double> RateAsync(int count, CancellationToken cancellation)
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

    /// <summary>The same until it is warm, that is until it gets no faster; returns the last rate.</summary>
    public async Task<double> WarmAsync(CancellationToken cancellation)
    {
        await RateAsync(20_000, cancellation);
        var rate = await RateAsync(60_000, cancellation);
        for (var i = 0; i < MostWarmings; i++)
        {
            var before = rate;
            rate = await RateAsync(60_000, cancellation);
            if (rate < WarmGrowth * before) break;
        }
        return rate;
    }

    /// <summary>Warms up, and returns the median of the repeats.</summary>
    public async Task<double> PeakAsync(LoadOptions options, CancellationToken cancellation)
    {
        var rate = await WarmAsync(cancellation);
        List<double> rates = [];
        for (var i = 0; i < LoadOptions.Repeats; i++)
            rates.Add(rate = await RateAsync(options.EventsOfRepeat(rate), cancellation));
        return Figures.Median(rates);
    }

    private async Task OneAsync(PreparedEvents events, CancellationToken cancellation)
    {
        using var stream = LineStream.Open(server, cancellation);
        await stream.ExchangeAsync(events);
    }
}
