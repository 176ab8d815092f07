using System.Net;
using System.Text.Json.Nodes;

namespace DToC.Http.Tests.Identities;

/// <summary>A server with a definition that has identifiers of every sort.</summary>
internal sealed class Shop : IAsyncDisposable
{
    private const string Definition = """
        {
          "name": "shop", "version": "1", "customer": { "kinds": ["person"] },
          "identifiers": {
            "email": { "priority": 60, "kept": "hash", "normalize": "lowercase", "blocked": "desk@shop.example" },
            "agent": { "priority": 50, "merge": "never" },
            "device": { "priority": 10, "maxValues": 2 }
          },
          "purposes": ["service"],
          "categories": { "behaviour": { "retentionDays": 30, "bases": { "service": "contract" } } },
          "events": { "Seen": { "category": "behaviour" } }
        }
        """;

    private int _lastId;

    private Shop(ApiServer server) => Server = server;

    public ApiServer Server { get; }

    public static async Task<Shop> OpenAsync(ReadOnlyMemory<byte>? key)
    {
        var server = await ApiServer.StartAsync(new HttpOptions { IdentifierKey = key });
        var put = await server.SendAsync(HttpMethod.Put, "/v1/definition", Definition);
        Assert.True(put.Status is HttpStatusCode.OK or HttpStatusCode.NoContent, put.Body);
        return new Shop(server);
    }

    /// <summary>One event; the answer as it came.</summary>
    public Task<Answer> PostAsync(string who, string type = "Seen") =>
        Server.PostEventsAsync($"{{\"id\":\"e{++_lastId}\",\"type\":\"{type}\",{who}}}");

    /// <summary>One event that is accepted; whom it went to.</summary>
    public async Task<string> ShowAsync(string who)
    {
        var answer = await PostAsync(who);
        Assert.True(answer.Status == HttpStatusCode.Accepted && answer.Number("accepted") == 1, answer.Body);
        return answer.Json["results"]![0]!["customer"]!.GetValue<string>();
    }

    public async Task<JsonNode> TwinAsync(string id) => (await Server.GetAsync($"/v1/twins/{id}")).Json;

    /// <summary>Links and merges are effects: they come in their own time.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var end = Environment.TickCount64 + 20_000;
        while (!await holds())
        {
            Assert.True(Environment.TickCount64 < end, "It did not come to that in 20 s.");
            await Task.Delay(5);
        }
    }

    /// <summary>Until an id leads to a customer.</summary>
    public Task UntilLeadsAsync(string id, string customer) =>
        UntilAsync(async () => (await TwinAsync(id))["customer"]!.GetValue<string>() == customer);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
