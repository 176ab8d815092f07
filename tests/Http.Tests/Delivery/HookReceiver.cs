using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DToC.Http.Tests.Delivery;

/// <summary>What a receiver got.</summary>
internal sealed record Hook(string Id, string Signature, string Timestamp, string Body, IHeaderDictionary Headers)
{
    public JsonNode Json => JsonNode.Parse(Body) ?? throw new InvalidOperationException("The body is null.");

    /// <summary>The id of the decision it is about.</summary>
    public string Decision => Json["data"]!["id"]!.GetValue<string>();

    public string Customer => Json["data"]!["customer"]!.GetValue<string>();
}

/// <summary>A receiver of webhooks on a real socket; a test says how it answers.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HookReceiver(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapPost("/hook", TakeAsync);
        _app.MapPost("/elsewhere", () => Interlocked.Increment(ref _elsewhere));
    }

    private int _elsewhere;

    /// <summary>Everything that came, in the order of coming.</summary>
    public ConcurrentQueue<Hook> All { get; } = new();

    /// <summary>What was taken: answered with 2xx.</summary>
    public ConcurrentQueue<Hook> Taken { get; } = new();

    /// <summary>How it answers.</summary>
    public Func<Hook, HttpContext, Task<int>> Answer { get; set; } = static (_, _) => Task.FromResult(204);

    /// <summary>Requests to where a redirect leads.</summary>
    public int Elsewhere => Volatile.Read(ref _elsewhere);

    public string Root => _app.Urls.First();

    public string Url => $"{Root}/hook";

    public int Port => new Uri(Root).Port;

    public static async Task<HookReceiver> StartAsync(int port = 0)
    {
        var receiver = new HookReceiver(port);
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var headers = http.Request.Headers;
        var hook = new Hook(
            headers["webhook-id"]!, headers["webhook-signature"]!, headers["webhook-timestamp"]!,
            await reader.ReadToEndAsync(),
            new HeaderDictionary(headers.ToDictionary(StringComparer.OrdinalIgnoreCase)));
        All.Enqueue(hook);
        var status = await Answer(hook, http);
        if (status is >= 200 and < 300) Taken.Enqueue(hook);
        http.Response.StatusCode = status;
    }
}
