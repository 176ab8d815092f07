using System.Text;
using DToC.Load.Client;
using DToC.Load.Server;
using DToC.Load.Traffic;
using DToC.Twin.Decisions;

namespace DToC.Load.Steady;

/// <summary>Latencies while events come steadily, with queries and orders that bring decisions.</summary>
internal sealed class Latencies(
    Scene scene, Figures figures, ServerProcess server, Roster roster, TrafficLanes lanes)
{
    public static readonly string[] Names =
    [
        "ack_p99_ms", "ack_p50_ms", "query_p99_ms", "query_p50_ms", "event_to_decision_p99_ms",
        "event_to_decision_p50_ms", "driver_late_p99_ms",
    ];

    private const int Streams = 4;
    private const double QueriesPerSecond = 200;
    private const double OrdersPerSecond = 50;
    private const int ProbeOfCustomers = 20;
    // The runtime compiles once more what becomes hot, on a thread that takes a quarter of this machine; that takes
    // half a minute, and is over for the rest of a day. So all that is measured is done before, for so long.
    private const double WarmSeconds = 20;
    private const double WarmShareOfProbes = 0.25;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly string[] _probes =
    [
        .. roster.Ids.Where((id, i) =>
            IsProbe(i) && Templates.IsConsented(i) && !Decider.IsHeldOut(scene.Plan, id)),
    ];

    /// <summary>Customers kept for orders, out of the streams: one in twenty.</summary>
    public static bool IsProbe(int customer) => customer % ProbeOfCustomers == 0;

    public async Task MeasureAsync(double eventsPerSecond, CancellationToken cancellation)
    {
        var warm = (int)(_probes.Length * WarmShareOfProbes);
        using (var first = new Mix(server, eventsPerSecond, lanes))
            await RunAsync(first, _probes[..warm], WarmSeconds, cancellation);
        using var mix = new Mix(server, eventsPerSecond, lanes);
        var cpu = new CpuMeter(server.Id);
        await RunAsync(mix, _probes[warm..], 4 * scene.Options.RepeatSeconds, cancellation);
        figures.Comment($"{cpu}");
        Check(mix);
        var (acks, asked, decided) = (mix.Events.AckMs.Drain(), mix.Queries.Ms.Drain(), mix.Ear.Ms.Drain());
        figures.Comment($"at {eventsPerSecond:0} events/s, half of peak: "
            + $"{acks.Count} acknowledged, {asked.Count} queries, {decided.Count} decisions");
        Print("ack", acks);
        Print("query", asked);
        Print("event_to_decision", decided);
        List<double> late = [.. mix.Events.OversleptMs.Drain(), .. mix.Queries.OversleptMs.Drain()];
        figures.Print("driver_late_p99_ms", Figures.Percentile(late, 0.99));
    }

    private async Task RunAsync(Mix mix, string[] probes, double seconds, CancellationToken cancellation)
    {
        var orders = Math.Min((long)(OrdersPerSecond * seconds), probes.Length);
        await Task.WhenAll(
            mix.Events.RunAsync(seconds, cancellation),
            mix.Queries.RunAsync(QueryOf, (long)(seconds * QueriesPerSecond), cancellation),
            mix.Orders(orders / seconds).RunAsync(Orders(mix.Ear, probes), orders, cancellation));
        cancellation.ThrowIfCancellationRequested();
        await mix.Ear.DrainAsync(Patience, cancellation);
    }

    private ReadOnlySpan<byte> QueryOf(Requests requests, long number, long dueAt)
    {
        var id = roster.Ids[number * 7_919L % roster.Ids.Length];
        return requests.Of(Encoding.ASCII.GetBytes($"GET /v1/twins/{id}"), []);
    }

    private RequestFlow.Compose Orders(DecisionEar ear, string[] probes)
    {
        var traffic = scene.Traffic(probes);
        return (requests, number, dueAt) =>
        {
            var customer = probes[number];
            byte[] order;
            lock (traffic) order = traffic.Order(customer);
            ear.Expect(customer, dueAt);
            return requests.Of("POST /v1/events"u8, order);
        };
    }

    private void Print(string name, List<double> ms)
    {
        figures.Print($"{name}_p99_ms", Figures.Percentile(ms, 0.99));
        figures.Print($"{name}_p50_ms", Figures.Percentile(ms, 0.5));
    }

    private static void Check(Mix mix)
    {
        if (mix.Events.Errors > 0)
            throw new InvalidOperationException($"{mix.Events.Errors} events were not accepted.");
        if (mix.FirstError is { } error) throw new InvalidOperationException($"A request was answered with {error}");
        if (mix.Ear.Missing > 0)
        {
            throw new InvalidOperationException(
                $"{mix.Ear.Missing} decisions did not arrive within {Patience.TotalSeconds} s.");
        }
    }

    /// <summary>All that happens at the same time, once.</summary>
    private sealed class Mix(ServerProcess server, double eventsPerSecond, TrafficLanes lanes) : IDisposable
    {
        private RequestFlow? _orders;

        public DecisionEar Ear { get; } = DecisionEar.Open(server);

        public EventFlow Events { get; } = new(server, lanes, Streams, eventsPerSecond);

        // Enough connections that a slow answer holds up its own sender and no other.
        public RequestFlow Queries { get; } = new(server, QueriesPerSecond, connections: 8);

        public string? FirstError => Queries.FirstError ?? _orders?.FirstError;

        public RequestFlow Orders(double perSecond) => _orders = new(server, perSecond, connections: 16);

        public void Dispose() => Ear.Dispose();
    }
}
