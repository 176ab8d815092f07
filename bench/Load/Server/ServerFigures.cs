using DToC.Load.Steady;
using DToC.Load.Traffic;

namespace DToC.Load.Server;

/// <summary>
/// The product's executable in a process of its own, this process as its client on the same machine: streams and
/// single events at peak, latencies at half of it.
/// </summary>
internal sealed class ServerFigures(Scene scene, Figures figures)
{
    private static readonly string[] All =
        [.. StreamFigures.Names, .. SingleFigures.Names, .. Latencies.Names, .. SimulationBeside.Names];

    public async Task MeasureAsync(CancellationToken cancellation)
    {
        if (!scene.Options.Wants(All)) return;
        ServerProcess? server = null;
        try
        {
            var roster = new Roster(scene.Options.Customers, scene.Options.Partitions);
            var lanes = new TrafficLanes(scene, roster.Ids.Where((_, i) => !Latencies.IsProbe(i)));
            await figures.MeasureAsync(All, async () =>
                server = await ServerProcess.StartAsync(await scene.NewFolderAsync(roster), cancellation));
            if (server is null) return;
            var streams = new StreamFigures(scene, figures, server, lanes);
            await figures.MeasureAsync(
                [.. StreamFigures.Names, .. Latencies.Names, .. SimulationBeside.Names],
                () => streams.MeasureAsync(roster, cancellation));
            var singles = new SingleFigures(scene, figures, server, lanes);
            await figures.MeasureAsync(SingleFigures.Names, () => singles.MeasureAsync(cancellation));
            if (streams.Peak <= 0) return;
            var latencies = new Latencies(scene, figures, server, roster, lanes);
            await figures.MeasureAsync(Latencies.Names, () => latencies.MeasureAsync(streams.Peak / 2, cancellation));
            var beside = new SimulationBeside(scene, figures, server, lanes);
            await figures.MeasureAsync(
                SimulationBeside.Names, () => beside.MeasureAsync(streams.Peak, roster, cancellation));
        }
        finally
        {
            server?.Dispose();
        }
    }
}
