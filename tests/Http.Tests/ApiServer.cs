using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using DToC.Api;
using DToC.Embedded;
using DToC.Embedded.Sealing;
using DToC.Grains;
using DToC.Http.Access;
using DToC.Twin.Definitions;
using DToC.Twin.Plan;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DToC.Http.Tests;

/// <summary>The API on a real socket over an embedded host in a folder of its own.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    public const string AdminKey = "the-admin-key-of-the-tests";

    private readonly EmbeddedHost _embedded;
    private readonly WebApplication _app;

    private ApiServer(HttpOptions options, string? folder, MasterKey? masterKey)
    {
        var (plan, _) = ChosenDefinition.Load(ShippedDefinitions.Default);
        Embedded = new EmbeddedOptions
        {
            DataFolder = folder ?? Directory.CreateTempSubdirectory("dtoc-http-").FullName,
            Catalog = TwinGrains.Catalog(),
            InitialPlan = plan ?? throw new InvalidOperationException("The retail definition does not load."),
            LoadPlan = TwinPlan.LoadKept,
            Partitions = 2,
            MasterKey = masterKey,
            Time = Time,
        };
        _embedded = EmbeddedHost.Start(Embedded, Log);
        Host = new InterceptedHost(_embedded);
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        // As the executable has it.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddProvider(Log);
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton<ITwinHost>(Host);
        builder.Services.AddHttpApi(options);
        _app = builder.Build();
    }

    public ShiftedTime Time { get; } = new();

    public string Folder => Embedded.DataFolder;

    public InterceptedHost Host { get; }

    public EmbeddedOptions Embedded { get; }

    /// <summary>All that was logged.</summary>
    public WrittenLog Log { get; } = new();

    public HttpClient Client { get; private set; } = new();

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a server, on a new folder unless one is given.</summary>
    public static async Task<ApiServer> StartAsync(
        HttpOptions? options = null, string? folder = null, MasterKey? masterKey = null)
    {
        var server = new ApiServer(options ?? new HttpOptions(), folder, masterKey);
        await server.Services.GetRequiredService<KeyRing>()
            .EnsureAdminAsync(AdminKey, CancellationToken.None);
        server._app.MapHttpApi();
        await server._app.StartAsync();
        server.Client = new HttpClient { BaseAddress = new Uri(server._app.Urls.First()),
            Timeout = TimeSpan.FromSeconds(60) };
        return server;
    }

    /// <summary>A request with the admin key, another one, or none (an empty text).</summary>
    public HttpRequestMessage Request(
        HttpMethod method, string path, string? body = null, string type = "application/json",
        string key = AdminKey)
    {
        var request = new HttpRequestMessage(method, path);
        if (key.Length > 0) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (body is null) return request;
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return request;
    }

    public async Task<Answer> SendAsync(
        HttpMethod method, string path, string? body = null, string type = "application/json",
        string key = AdminKey)
    {
        using var request = Request(method, path, body, type, key);
        return await SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        var response = await Client.SendAsync(request);
        return new Answer(response, await response.Content.ReadAsStringAsync());
    }

    public Task<Answer> GetAsync(string path, string key = AdminKey) =>
        SendAsync(HttpMethod.Get, path, key: key);

    public Task<Answer> PostEventsAsync(string body, string type = "application/json") =>
        SendAsync(HttpMethod.Post, "/v1/events", body, type);

    public async Task<string> IssueAsync(params string[] scopes)
    {
        var answer = await SendAsync(
            HttpMethod.Post, "/v1/keys", $$"""{"name":"test","scopes":["{{string.Join("\",\"", scopes)}}"]}""");
        return answer.Text("key");
    }

    /// <summary>Stops, and leaves its folder to another one.</summary>
    public async Task StopAsync()
    {
        Client.Dispose();
        // As the executable ends: background work first, then the host.
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _embedded.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await _embedded.DisposeAsync();
        Directory.Delete(Embedded.DataFolder, recursive: true);
    }
}

/// <summary>A response that was read to its end.</summary>
internal sealed record Answer(HttpResponseMessage Response, string Body)
{
    public HttpStatusCode Status => Response.StatusCode;

    public JsonNode Json => JsonNode.Parse(Body) ?? throw new InvalidOperationException("The body is null.");

    public string Text(string name) =>
        Json[name]?.GetValue<string>() ?? throw new InvalidOperationException($"No {name} in {Body}");

    public int Number(string name) =>
        Json[name]?.GetValue<int>() ?? throw new InvalidOperationException($"No {name} in {Body}");

    public List<JsonNode> Lines =>
        [.. Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];

    /// <summary>Asserts that it is a problem that says what to do.</summary>
    public Answer IsProblem(HttpStatusCode status, string type)
    {
        Assert.Equal(
            (status, "application/problem+json"), (Status, Response.Content.Headers.ContentType?.MediaType));
        Assert.Equal($"urn:dtoc:problem:{type}", Text("type"));
        Assert.Equal((int)status, Number("status"));
        Assert.NotEmpty(Text("title"));
        Assert.NotEmpty(Text("detail"));
        return this;
    }
}

/// <summary>One server for all tests that leave nothing behind that others trip over.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private ApiServer? _server;

    internal ApiServer Server => _server ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync() => _server = await ApiServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class SharedServerCollection : ICollectionFixture<SharedServer>
{
    public const string Name = "shared server";
}
