using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DToC.Grains;

namespace DToC.Http.Tests.Simulations;

/// <summary>A server with customers who have bought, and simulations of them.</summary>
internal static class SimulatedCustomers
{
    public const int Count = 24;

    /// <summary>Options under which every block of paths is kept and told, and no priority stands back.</summary>
    public static readonly HttpOptions Eager = new()
    {
        SimulationKeepInterval = TimeSpan.Zero, SimulationTellInterval = TimeSpan.Zero, SimulationNiceness = 0,
    };

    /// <summary>Starts a server with customers c-0 to c-23; those of higher numbers have bought more often.</summary>
    public static async Task<ApiServer> StartAsync(HttpOptions? options = null, int customers = Count)
    {
        var server = await ApiServer.StartAsync(options ?? Eager);
        var lines = new StringBuilder();
        for (var customer = 0; customer < customers; customer++)
        {
            for (var order = 0; order <= customer % Count / 4; order++)
            {
                var daysAgo = 300 - 40 * order - customer % Count;
                lines.Append(Order(server, $"c-{customer}", $"o-{customer}-{order}", daysAgo, 20 + 5 * order))
                    .Append('\n');
            }
        }
        var sent = await server.PostEventsAsync(lines.ToString(), "application/x-ndjson");
        Assert.Equal(HttpStatusCode.Accepted, sent.Status);
        return server;
    }

    /// <summary>An order as an event, on one line.</summary>
    public static string Order(ApiServer server, string customer, string id, int daysAgo, double total)
    {
        var time = server.Time.GetUtcNow().AddDays(-daysAgo).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"id":"{{id}}","type":"Order Completed","time":"{{time}}","source":"web","customer":"{{customer}}","""
            + $$""" "properties":{"order_id":"{{id}}","total":{{total}},"currency":"EUR"},"""
            + $$""" "context":{"channel":"web"} }""");
    }

    /// <summary>A hash of all states of all customers.</summary>
    public static async Task<string> HashAsync(ApiServer server)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var key in await server.Host.ListAsync(GrainKind.Customer, "", 1_000, CancellationToken.None))
        {
            var state = await server.Host.ReadAsync(key, CancellationToken.None);
            hash.AppendData(Encoding.UTF8.GetBytes(key.Id));
            hash.AppendData(state!.Bytes.Span); // listed just now
            foreach (var entry in await server.Host.ReadJournalAsync(key, CancellationToken.None))
                hash.AppendData(entry.Payload.Span);
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Asks for a simulation; its path.</summary>
    public static async Task<string> BeginAsync(ApiServer server, string body, string? key = null)
    {
        var answer = await server.SendAsync(
            HttpMethod.Post, "/v1/simulations", body, key: key ?? ApiServer.AdminKey);
        Assert.True(answer.Status == HttpStatusCode.Accepted, answer.Body);
        var path = answer.Response.Headers.Location!.ToString(); // answered with 202
        Assert.Equal($"/v1/simulations/{answer.Text("id")}", path);
        return path;
    }

    /// <summary>Reads a simulation when it has ended.</summary>
    public static async Task<JsonNode> EndedAsync(ApiServer server, string path, string key = ApiServer.AdminKey)
    {
        for (var look = 0; look < 6_000; look++)
        {
            var read = await server.GetAsync(path, key);
            Assert.Equal(HttpStatusCode.OK, read.Status);
            if (read.Text("state") is not ("queued" or "running")) return read.Json;
            await Task.Delay(50);
        }
        throw new TimeoutException($"{path} did not end.");
    }

    /// <summary>Runs one to its end; it must be done.</summary>
    public static async Task<JsonNode> RunAsync(ApiServer server, string body)
    {
        var ended = await EndedAsync(server, await BeginAsync(server, body));
        Assert.True(Text(ended, "state") == "done", ended.ToJsonString());
        return ended;
    }

    public static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    public static double Number(JsonNode node, string name) => node[name]!.GetValue<double>();
}
