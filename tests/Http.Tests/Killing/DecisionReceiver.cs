using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace DToC.Http.Tests.Killing;

/// <summary>A receiver of decisions that resumes where it was whenever the server is there again.</summary>
internal sealed class DecisionReceiver(HttpClient client)
{
    private string? _last;

    public ConcurrentDictionary<string, int> Received { get; } = new(StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await ReceiveAsync(cancellation);
            }
            catch (Exception exception)
                when (exception is HttpRequestException or IOException or OperationCanceledException)
            {
                await Task.Delay(20, CancellationToken.None); // the server is away: real time has to pass
            }
        }
    }

    private async Task ReceiveAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, _last is null ? "/v1/decisions?from=beginning" : "/v1/decisions");
        if (_last is not null) request.Headers.Add("Last-Event-ID", _last);
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        answer.EnsureSuccessStatusCode();
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellation));
        var (id, decision) = ("", "");
        while (await lines.ReadLineAsync(cancellation) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                decision = JsonNode.Parse(line[6..])!["id"]!.GetValue<string>(); // cut off, there is no line
            if (line.Length > 0) continue;
            // Only what was received whole is noted, and its place with it.
            if (decision.Length > 0) Received.AddOrUpdate(decision, 1, (_, times) => times + 1);
            if (id.Length > 0) _last = id;
            (id, decision) = ("", "");
        }
    }
}
