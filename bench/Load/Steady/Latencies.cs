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
    private const double WarmSeconds = 2;

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
        var seconds = 4 * scene.Options.RepeatSeconds;
        await new EventFlow(server, lanes, Streams, eventsPerSecond).RunAsync(WarmSeconds, cancellation);
        var ordersPerSecond = Math.Min(OrdersPerSecond, _probes.Length / seconds);
        using var ear = DecisionEar.Open(server);
        var events = new EventFlow(server, lanes, Streams, eventsPerSecond);
        // Enough connections that a slow answer holds up its own sender and no other.
        var queries = new RequestFlow(server, QueriesPerSecond, connections: 8);
        var orders = new RequestFlow(server, ordersPerSecond, connections: 16);
        var cpu = new CpuMeter(server.Id);
        await Task.WhenAll(
            events.RunAsync(seconds, cancellation),
            queries.RunAsync(QueryOf, (long)(seconds * QueriesPerSecond), cancellation),
            orders.RunAsync(Orders(ear), (long)(seconds * ordersPerSecond), cancellation));
        cancellation.ThrowIfCancellationRequested();
        figures.Comment($"{cpu}");
        await ear.DrainAsync(Patience, cancellation);
        Check(events, queries, orders, ear);
        var (acks, asked, decided) = (events.AckMs.Drain(), queries.Ms.Drain(), ear.Ms.Drain());
        figures.Comment($"at {eventsPerSecond:0} events/s, half of peak: "
            + $"{acks.Count} acknowledged, {asked.Count} queries, {decided.Count} decisions");
        Print("ack", acks);
        Print("query", asked);
        Print("event_to_decision", decided);
        List<double> late = [.. events.OversleptMs.Drain(), .. queries.OversleptMs.Drain()];
        figures.Print("driver_late_p99_ms", Figures.Percentile(late, 0.99));
    }

    private ReadOnlySpan<byte> QueryOf(Requests requests, long number, long dueAt)
    {
        var id = roster.Ids[number * 7_919L % roster.Ids.Length];
        return requests.Of(Encoding.ASCII.GetBytes($"GET /v1/twins/{id}"), []);
    }

    private RequestFlow.Compose Orders(DecisionEar ear)
    {
        var traffic = scene.Traffic(_probes);
        return (requests, number, dueAt) =>
        {
            var customer = _probes[number];
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

    private static void Check(EventFlow events, RequestFlow queries, RequestFlow orders, DecisionEar ear)
    {
        if (events.Errors > 0) throw new InvalidOperationException($"{events.Errors} events were not accepted.");
        if ((queries.FirstError ?? orders.FirstError) is { } error)
            throw new InvalidOperationException($"A request was answered with {error}");
        if (ear.Missing > 0)
        {
            throw new InvalidOperationException(
                $"{ear.Missing} decisions did not arrive within {Patience.TotalSeconds} s.");
        }
    }
}
