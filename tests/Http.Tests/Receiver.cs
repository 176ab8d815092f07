using System.Text.Json.Nodes;

namespace DToC.Http.Tests;

/// <summary>A receiver of decisions.</summary>
internal sealed class Receiver(HttpResponseMessage response, StreamReader reader) : IDisposable
{
    public static async Task<Receiver> OpenAsync(
        ApiServer server, string? lastEventId, string? from, string path = "/v1/decisions")
    {
        using var request = server.Request(HttpMethod.Get, from is null ? path : $"{path}?from={from}");
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new Receiver(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
    }

    public async Task SignOfLifeAsync()
    {
        while (!(await LineAsync()).StartsWith(':'))
        {
        }
    }

    public async Task<(string Id, string Name, JsonNode Data)> NextAsync()
    {
        var (id, name) = ("", "");
        while (true)
        {
            var line = await LineAsync();
            if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
            if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return (id, name, JsonNode.Parse(line[6..])!);
            }
        }
    }

    public void Dispose()
    {
        reader.Dispose();
        response.Dispose();
    }

    private async Task<string> LineAsync() =>
        await reader.ReadLineAsync()
            .WaitAsync(TimeSpan.FromSeconds(30)) ?? throw new InvalidOperationException(
            "The stream ended.");
}
