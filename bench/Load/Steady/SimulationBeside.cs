using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DToC.Load.Client;
using DToC.Load.Server;
using DToC.Load.Traffic;

namespace DToC.Load.Steady;

/// <summary>
/// What a simulation of all customers does to acknowledgements at three tenths of the peak: the same flow with and
/// without one, in turns. And how long one customer's futures take while nothing else is asked for.
/// </summary>
internal sealed class SimulationBeside(Scene scene, Figures figures, ServerProcess server, TrafficLanes lanes)
{
    public static readonly string[] Names =
    [
        "simulation_beside", "simulation_beside_ack_p99_ms", "simulation_away_ack_p99_ms",
        "simulation_beside_rise_share", "simulation_beside_rise_ms", "simulation_beside_paths_per_s",
        "futures_1000_paths_52_weeks_ms",
    ];

    private const double ShareOfPeak = 0.3;
    private const int Streams = 4;
    private const double WarmSeconds = 20;

    // The pace rests once a minute and adapts by quarters of a second: a repeat is long enough for both.
    private const double LeastSeconds = 10;

    // Longer than all repeats; it is cancelled when these are over.
    private const string Endless = """{"name":"beside","weeks":520,"paths":1000,"sensitivity":false}""";

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    public async Task MeasureAsync(double peak, Roster roster, CancellationToken cancellation)
    {
        using var client = server.NewClient();
        var (rate, seconds) = (peak * ShareOfPeak, Math.Max(LeastSeconds, 4 * scene.Options.RepeatSeconds));
        figures.Comment($"{rate:0} events/s, three tenths of peak; load average {MachineFacts.Load()}");
        await PrintFuturesAsync(client, await BuyerAsync(client, roster, cancellation), cancellation);
        await RunAsync(rate, WarmSeconds, cancellation);
        List<double> with = [], without = [], paths = [];
        for (var i = 0; i < LoadOptions.Repeats; i++)
        {
            without.Add(Figures.Percentile(await RunAsync(rate, seconds, cancellation), 0.99));
            var path = await BeginAsync(client, cancellation);
            await Task.Delay(Settling, cancellation);
            var before = await WorkAsync(client, path, cancellation);
            with.Add(Figures.Percentile(await RunAsync(rate, seconds, cancellation), 0.99));
            paths.Add((await WorkAsync(client, path, cancellation) - before) / seconds);
            (await client.DeleteAsync(path, cancellation)).EnsureSuccessStatusCode();
            await Task.Delay(Settling, cancellation);
            figures.Comment(string.Create(
                CultureInfo.InvariantCulture, $"p99 {without[^1]:0.##} ms without, {with[^1]:0.##} ms with"));
        }
        var (away, beside) = (Figures.Median(without), Figures.Median(with));
        figures.Print("simulation_away_ack_p99_ms", away);
        figures.Print("simulation_beside_ack_p99_ms", beside);
        figures.Print("simulation_beside_rise_share", beside / away - 1);
        figures.Print("simulation_beside_rise_ms", beside - away);
        figures.Print("simulation_beside_paths_per_s", Figures.Median(paths));
    }

    private async Task<List<double>> RunAsync(double rate, double seconds, CancellationToken cancellation)
    {
        var flow = new EventFlow(server, lanes, Streams, rate);
        await flow.RunAsync(seconds, cancellation);
        return flow.Errors == 0 ? flow.AckMs.Drain()
            : throw new InvalidOperationException($"{flow.Errors} events were not accepted.");
    }

    private static async Task<string> BeginAsync(HttpClient client, CancellationToken cancellation)
    {
        using var body = JsonContent.Create(JsonNode.Parse(Endless));
        using var answer = await client.PostAsync("/v1/simulations", body, cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        return answer.IsSuccessStatusCode && answer.Headers.Location is { } path
            ? path.ToString()
            : throw new InvalidOperationException($"No simulation began: {text}");
    }

    /// <summary>Members times paths so far.</summary>
    private static async Task<double> WorkAsync(HttpClient client, string path, CancellationToken cancellation)
    {
        var read = JsonNode.Parse(await client.GetStringAsync(path, cancellation));
        if (read?["state"]?.GetValue<string>() is not "running" and var state)
            throw new InvalidOperationException($"The simulation is {state} while it should run: {read}");
        var progress = read["progress"];
        return (progress?["fraction"]?.GetValue<double>() ?? 0) * (progress?["paths"]?.GetValue<int>() ?? 0)
            * (progress?["members"]?.GetValue<long>() ?? 0);
    }

    /// <summary>A customer who has bought: of others there are no futures.</summary>
    private static async Task<string> BuyerAsync(HttpClient client, Roster roster, CancellationToken cancellation)
    {
        foreach (var id in roster.Ids)
        {
            using var body = JsonContent.Create(new { paths = 1 });
            using var answer = await client.PostAsync($"/v1/twins/{id}/simulate", body, cancellation);
            if (answer.IsSuccessStatusCode) return id;
        }
        throw new InvalidOperationException("None of the customers can be simulated.");
    }

    private async Task PrintFuturesAsync(HttpClient client, string customer, CancellationToken cancellation)
    {
        List<double> took = [];
        for (var i = 0; i < 20; i++)
        {
            using var body = JsonContent.Create(new { horizonWeeks = 52, paths = 1_000, seed = i });
            var clock = System.Diagnostics.Stopwatch.StartNew();
            using var answer = await client.PostAsync($"/v1/twins/{customer}/simulate", body, cancellation);
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            took.Add(clock.Elapsed.TotalMilliseconds);
            if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"No futures: {text}");
        }
        figures.Print("futures_1000_paths_52_weeks_ms", Figures.Median(took));
    }
}
