using System.Globalization;
using DToC.Load.Client;
using DToC.Load.Traffic;

namespace DToC.Load.Server;

/// <summary>
/// One event a request, in turns with a server that only reads the body and answers 202: the same client, the same
/// requests, each at its own best number of connections.
/// </summary>
internal sealed class SingleFigures(Scene scene, Figures figures, ServerProcess server, TrafficLanes lanes)
{
    public static readonly string[] Names =
    [
        "http_single_events_per_s", "kestrel_limit_per_s", "http_single_to_kestrel_limit", "http_single_connections",
        "kestrel_limit_connections", "http_single_events_per_commit",
    ];

    /// <summary>Events prepared for a second: more than any server here answers.</summary>
    private const int MostPerSecond = 60_000;

    private static readonly TimeSpan TryOut = TimeSpan.FromSeconds(0.5);

    // Until the runtime has compiled once more what is hot, which takes longer where there is more of it.
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(12);

    public async Task MeasureAsync(CancellationToken cancellation)
    {
        using var bare = await ServerProcess.StartBareAsync(scene.Work.Path, cancellation);
        var ours = new Side(server, SaysAccepted: true);
        var limit = new Side(bare, SaysAccepted: false);
        Side[] sides = [ours, limit];
        foreach (var side in sides) await RunAsync(side, 64, Warm, cancellation);
        foreach (var connections in ConnectionCounts.ToServers)
        {
            foreach (var side in sides)
                side.TryOut(connections, await RunAsync(side, connections, TryOut, cancellation));
        }
        using var client = server.NewClient();
        var before = await MetricsPage.ReadAsync(client, cancellation);
        var length = TimeSpan.FromSeconds(scene.Options.RepeatSeconds);
        for (var i = 0; i < LoadOptions.Repeats; i++)
        {
            foreach (var side in sides)
            {
                var cpu = new CpuMeter(side.Process.Id);
                side.Rates.Add(await RunAsync(side, side.Best.Connections, length, cancellation));
                figures.Comment($"{(side == ours ? "single events" : "bare server")}, {side.Rates[^1]:0}/s; {cpu}");
            }
        }
        var after = await MetricsPage.ReadAsync(client, cancellation);
        Print(ours, limit);
        figures.Print("http_single_events_per_commit", after.TurnsOfCommitSince(before));
    }

    private async Task<double> RunAsync(Side side, int connections, TimeSpan length, CancellationToken cancellation)
    {
        var each = (int)(MostPerSecond * length.TotalSeconds / connections) + 1;
        var events = lanes.Take(connections, each);
        GC.Collect();
        var exchanges = Array.ConvertAll(
            events, mine => new EventRequests(side.Process, mine, batch: 1, saysAccepted: side.SaysAccepted));
        return await ClosedLoop.RunAsync(exchanges, threads: 1, length, cancellation);
    }

    private void Print(Side ours, Side limit)
    {
        figures.Comment("connections 1 to 256, events/s: single " + ours.Tried + "; bare server " + limit.Tried);
        figures.Print("http_single_events_per_s", Figures.Median(ours.Rates));
        figures.Print("kestrel_limit_per_s", Figures.Median(limit.Rates));
        figures.Print("http_single_connections", ours.Best.Connections);
        figures.Print("kestrel_limit_connections", limit.Best.Connections);
        double[] ratios = [.. ours.Rates.Zip(limit.Rates, (rate, most) => rate / most)];
        figures.Print("http_single_to_kestrel_limit", Figures.Median(ratios));
    }

    private sealed record Side(ServerProcess Process, bool SaysAccepted)
    {
        public List<double> Rates { get; } = [];

        public (int Connections, double Rate) Best { get; private set; }

        public string Tried { get; private set; } = "";

        public void TryOut(int connections, double rate)
        {
            Tried += string.Create(CultureInfo.InvariantCulture, $" {rate:0}");
            if (rate > Best.Rate) Best = (connections, rate);
        }
    }
}
