using DToC.Embedded;
using DToC.Embedded.Sealing;
using DToC.Grains;
using DToC.Load.Traffic;
using DToC.Twin;
using Microsoft.Extensions.Logging.Abstractions;

namespace DToC.Load.InProcess;

/// <summary>A host in this process that is measured in turns with something else.</summary>
internal sealed class EmbeddedPace : IAsyncDisposable
{
    private const int WarmEvents = 40_000;
    private const int TouchedAtOnce = 4_000;
    private const int TurnsOfRepeat = 3;

    private static readonly GrainMessage Nothing = new GrainMessage.WokenUp("nothing", Instant.Never);

    private readonly EmbeddedHost _host;
    private readonly HostLanes _lanes;
    private readonly LoadOptions _options;
    private double _rate;

    /// <param name="scene">Where the options and events come from.</param>
    /// <param name="folder">A folder that no host has open.</param>
    /// <param name="roster">Its customers.</param>
    /// <param name="master">Its master key; null when it is not encrypted.</param>
    /// <param name="identified">Whether its events also name the customers' identifiers.</param>
    public EmbeddedPace(
        Scene scene, string folder, Roster roster, MasterKey? master = null, bool identified = false)
    {
        _options = scene.Options;
        _host = EmbeddedHost.Start(scene.HostOptions(folder) with { MasterKey = master }, NullLogger.Instance);
        _lanes = new HostLanes(scene, roster, identified);
    }

    /// <summary>Twins in memory.</summary>
    public long Resident => _host.Status().Partitions.Sum(partition => partition.Activations.Values.Sum());

    /// <summary>Microseconds of processor that an event of the last repeat took, the senders' among them.</summary>
    public double CpuUs { get; private set; }

    /// <summary>Sends some events that are not measured.</summary>
    public async Task WarmAsync(int events = WarmEvents) =>
        _rate = await HostLanes.SendAsync(_host, _lanes.Read(_lanes.Prepare(events)));

    /// <summary>Wakes every twin up for nothing: each is read into memory, until there is no more room.</summary>
    public async Task TouchAsync(Roster roster, CancellationToken cancellation)
    {
        foreach (var ids in roster.Ids.Chunk(TouchedAtOnce))
        {
            if (_host.Status().Partitions.Any(partition => partition.Evictions > 0)) return;
            await _host.SendAllAsync([.. ids.Select(id => new Letter(GrainKey.Customer(id), Nothing))], cancellation);
        }
    }

    /// <summary>Sends a repeat's worth of events; returns events a second, all of them durable.</summary>
    /// <param name="share">How much of a repeat.</param>
    public async Task<double> RepeatAsync(double share = 1)
    {
        var events = _lanes.Read(_lanes.Prepare(_options.EventsOfRepeat(_rate, share)));
        GC.Collect();
        var before = Environment.CpuUsage.TotalTime;
        _rate = await HostLanes.SendAsync(_host, events);
        CpuUs = (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / events.Sum(lane => lane.Length);
        return _rate;
    }

    /// <summary>
    /// Measures in turns with another host, so that what else the machine does falls on both: in short turns, each
    /// beginning with the one that ended the turn before. What a shared machine does in a second then weighs little in
    /// the median, and what changes slowly falls on both alike.
    /// </summary>
    /// <returns>
    /// Events a second of this one, the ratio to the other, and the ratio of what an event takes of the processor:
    /// medians.
    /// </returns>
    public async Task<(double Rate, double Ratio, double CpuRatio)> CompareAsync(
        EmbeddedPace other, CancellationToken cancellation)
    {
        List<double> rates = [];
        List<double> ratios = [];
        List<double> cpuRatios = [];
        for (var i = 0; i < LoadOptions.Repeats * TurnsOfRepeat; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var others = i % 2 == 1 ? await other.RepeatAsync(1.0 / TurnsOfRepeat) : 0;
            rates.Add(await RepeatAsync(1.0 / TurnsOfRepeat));
            if (i % 2 == 0) others = await other.RepeatAsync(1.0 / TurnsOfRepeat);
            ratios.Add(rates[^1] / others);
            cpuRatios.Add(CpuUs / other.CpuUs);
        }
        return (Figures.Median(rates), Figures.Median(ratios), Figures.Median(cpuRatios));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
