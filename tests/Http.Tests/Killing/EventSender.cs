using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace DToC.Http.Tests.Killing;

/// <summary>
/// A sender that does not give up: lines that were not answered are sent again, as they were, until they are.
/// </summary>
internal sealed class EventSender(HttpClient client, int number, ConcurrentDictionary<string, string> acknowledged)
{
    public const int Customers = 40;

    private const int LinesAtOnce = 25;
    private readonly List<(string Id, string Json)> _waiting = [];
    private int _sent;

    /// <summary>Whatever was sent, answered or not.</summary>
    public ConcurrentDictionary<string, string> Sent { get; } = new(StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            while (_waiting.Count < LinesAtOnce) _waiting.Add(Next());
            await PostAsync(cancellation);
        }
    }

    /// <summary>Sends what is left until all of it is answered.</summary>
    public async Task FinishAsync()
    {
        while (_waiting.Count > 0) await PostAsync(CancellationToken.None);
    }

    private async Task PostAsync(CancellationToken cancellation)
    {
        var body = new StringBuilder();
        foreach (var (_, json) in _waiting) body.Append(json).Append('\n');
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events")
        {
            Content = new StringContent(body.ToString(), Encoding.UTF8, "application/x-ndjson"),
        };
        var done = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            using var answer =
                await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellation));
            while (await lines.ReadLineAsync(cancellation) is { } line) Take(line, done);
        }
        catch (Exception exception)
            when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            // Killed, or not started yet: what was answered by then counts, the rest is sent again.
        }
        _waiting.RemoveAll(e => done.Contains(e.Id));
        // Nothing done: the server is down or its disk is full, and real time has to pass.
        if (done.Count == 0) await Task.Delay(20, CancellationToken.None);
    }

    private void Take(string line, HashSet<string> done)
    {
        JsonNode? answer;
        try
        {
            answer = JsonNode.Parse(line);
        }
        catch (System.Text.Json.JsonException)
        {
            return; // cut off in the middle
        }
        var (id, status) = (answer?["id"]?.GetValue<string>(), answer?["status"]?.GetValue<string>());
        if (id is null || status is not ("accepted" or "duplicate")) return;
        done.Add(id);
        acknowledged.TryAdd(id, Sent[id]);
    }

    private (string Id, string Json) Next()
    {
        var serial = _sent++;
        var id = string.Create(CultureInfo.InvariantCulture, $"s{number}-{serial}");
        var customer = CustomerOf(serial % Customers);
        Sent[id] = customer;
        var time = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var type = serial % 3 == 0 ? "Order Completed" : "Product Viewed";
        var head =
            $$"""{"id":"{{id}}","type":"{{type}}","source":"shop","customer":"{{customer}}","time":"{{time}}",""";
        return (id, head + """ "properties":{"total":12.5,"currency":"EUR","product_id":"p1"}}""");
    }

    public static string CustomerOf(int index) => string.Create(CultureInfo.InvariantCulture, $"killed-{index}");
}
