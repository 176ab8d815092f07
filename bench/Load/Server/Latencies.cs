using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using DToC.Load.Traffic;
using DToC.Twin.Decisions;

namespace DToC.Load.Server;

/// <summary>
/// Latencies while events come at a steady rate. What is sent is due at fixed moments, and time counts from then: a
/// server that stalls does not slow the clock down.
/// </summary>
internal sealed class Latencies(
    Scene scene, Figures figures, ApiProcess server, Roster roster, RetailTraffic[] traffic)
{
    public static readonly string[] Names =
    [
        "ack_p99_ms", "ack_p50_ms", "query_p99_ms", "query_p50_ms", "event_to_decision_p99_ms",
        "event_to_decision_p50_ms",
    ];

    private const double QueriesPerSecond = 200;
    private const double OrdersPerSecond = 50;
    private const int ProbeOfCustomers = 20;

    private readonly ConcurrentDictionary<string, long> _ordered = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<double> _decisionMs = [];

    /// <summary>Customers kept for orders, out of the streams: one in twenty.</summary>
    public static bool IsProbe(int customer) => customer % ProbeOfCustomers == 0;

    public async Task MeasureAsync(double eventsPerSecond, CancellationToken cancellation)
    {
        var seconds = 4 * scene.Options.RepeatSeconds;
        List<double> acks = [];
        List<double> queries = [];
        using var client = server.NewClient();
        using var listening = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var decisions = Task.Run(() => ListenAsync(open, listening.Token), CancellationToken.None);
        await Task.WhenAny(open.Task, decisions);
        if (decisions.IsFaulted) await decisions;

        List<Task> work =
        [
            .. traffic.Select(lane => Task.Run(
                () => StreamAsync(lane, eventsPerSecond / traffic.Length, seconds, acks, cancellation), cancellation)),
            Task.Run(() => QueryAsync(client, seconds, queries, cancellation), cancellation),
            Task.Run(() => OrderAsync(client, seconds, cancellation), cancellation),
        ];
        await Task.WhenAll(work);
        for (var wait = 0; wait < 100 && _ordered.Count > 0; wait++) await Task.Delay(20, cancellation);
        var missing = _ordered.Count;
        await listening.CancelAsync();
        await decisions;
        figures.Comment($"at {eventsPerSecond:0} events/s, half of peak: "
            + $"{acks.Count} acknowledged, {queries.Count} queries, {_decisionMs.Count} decisions");
        Print("ack", acks);
        Print("query", queries);
        if (missing > 0) throw new InvalidOperationException($"{missing} decisions did not arrive within 2 s.");
        Print("event_to_decision", _decisionMs);
    }

    private void Print(string name, IReadOnlyCollection<double> ms)
    {
        figures.Print($"{name}_p99_ms", Figures.Percentile(ms, 0.99));
        figures.Print($"{name}_p50_ms", Figures.Percentile(ms, 0.5));
    }

    private async Task StreamAsync(
        RetailTraffic lane, double perSecond, double seconds, List<double> acks, CancellationToken cancellation)
    {
        var events = lane.Take((int)(perSecond * seconds));
        using var stream = await LineStream.OpenAsync(server, cancellation);
        List<double> ms = new(events.Count);
        stream.AckMs = ms;
        var reading = stream.ReadAsync(events.Count, cancellation);
        var begun = Stopwatch.GetTimestamp();
        for (var sent = 0; sent < events.Count;)
        {
            var now = Stopwatch.GetTimestamp();
            var due = Math.Min(events.Count, (int)(Stopwatch.GetElapsedTime(begun, now).TotalSeconds * perSecond));
            if (due > sent)
            {
                // Of what has become due since the last look, the first was due longest.
                var first = begun + (long)(sent / perSecond * Stopwatch.Frequency);
                await stream.SendAsync(events, sent, due, first, cancellation);
                sent = due;
            }
            await Task.Delay(1, cancellation);
        }
        await stream.EndAsync(cancellation);
        await reading;
        lock (acks) acks.AddRange(ms);
    }

    private async Task QueryAsync(
        HttpClient client, double seconds, List<double> queries, CancellationToken cancellation)
    {
        await EachAsync(QueriesPerSecond, seconds, async (number, dueAt) =>
        {
            var id = roster.Ids[number * 7_919L % roster.Ids.Length];
            using var answer = await client.GetAsync($"/v1/twins/{id}", cancellation);
            answer.EnsureSuccessStatusCode();
            await answer.Content.ReadAsByteArrayAsync(cancellation);
            lock (queries) queries.Add(Stopwatch.GetElapsedTime(dueAt).TotalMilliseconds);
        }, cancellation);
    }

    private async Task OrderAsync(HttpClient client, double seconds, CancellationToken cancellation)
    {
        string[] probes = [.. roster.Ids.Where((id, i) =>
            IsProbe(i) && Templates.IsConsented(i) && !Decider.IsHeldOut(scene.Plan, id))];
        var orders = scene.Traffic(probes);
        await EachAsync(Math.Min(OrdersPerSecond, (probes.Length - 1) / seconds), seconds, async (number, dueAt) =>
        {
            var customer = probes[number];
            byte[] json;
            lock (orders) json = orders.Order(customer);
            _ordered[customer] = dueAt;
            using var content = new ByteArrayContent(json);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await client.PostAsync("/v1/events", content, cancellation);
            answer.EnsureSuccessStatusCode();
        }, cancellation);
    }

    private static async Task EachAsync(
        double perSecond, double seconds, Func<int, long, Task> call, CancellationToken cancellation)
    {
        List<Task> calls = [];
        var begun = Stopwatch.GetTimestamp();
        var count = (int)(perSecond * seconds);
        for (var i = 0; i < count;)
        {
            var dueAt = begun + (long)(i / perSecond * Stopwatch.Frequency);
            if (Stopwatch.GetTimestamp() >= dueAt) calls.Add(call(i++, dueAt));
            else await Task.Delay(1, cancellation);
        }
        await Task.WhenAll(calls);
    }

    /// <summary>Reads decisions until told to stop; those of the orders are timed.</summary>
    private async Task ListenAsync(TaskCompletionSource open, CancellationToken cancellation)
    {
        const string Mark = "\"customer\":\"";
        using var client = server.NewClient();
        try
        {
            await using var stream = await client.GetStreamAsync("/v1/decisions", cancellation);
            using var lines = new StreamReader(stream, Encoding.UTF8, false, 64 * 1024);
            while (await lines.ReadLineAsync(cancellation) is { } line)
            {
                open.TrySetResult();
                var place = line.IndexOf(Mark, StringComparison.Ordinal);
                if (place < 0) continue;
                var end = line.IndexOf('"', place + Mark.Length);
                if (_ordered.TryRemove(line[(place + Mark.Length)..end], out var at))
                    _decisionMs.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }
}
