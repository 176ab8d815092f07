using System.Net;
using System.Text.Json.Nodes;

namespace DToC.Http.Tests.Segments;

/// <summary>
/// A shop with sixty customers, <c>c-00</c> to <c>c-59</c>: number i has placed i % 5 orders of 10 + i each, and all
/// have looked at a product. Segments beside the definition: <c>loyal</c> from three orders on, <c>buyers</c> from one.
/// </summary>
internal sealed class Shoppers : IAsyncDisposable
{
    public const int Count = 60;

    private Shoppers(ApiServer server) => Server = server;

    public ApiServer Server { get; }

    public static async Task<Shoppers> OpenAsync()
    {
        var shop = new Shoppers(await ApiServer.StartAsync());
        await shop.MakeAsync("loyal", "orders >= 3");
        await shop.MakeAsync("buyers", "orders >= 1");
        var events = new JsonArray();
        for (var i = 0; i < Count; i++)
        {
            events.Add(Event($"v-{i}", "Product Viewed", IdOf(i), new JsonObject { ["product_id"] = "p" }));
            for (var k = 0; k < OrdersOf(i); k++) events.Add(Order($"o-{k}", IdOf(i), TotalOf(i)));
        }
        var sent = await shop.Server.PostEventsAsync(events.ToJsonString());
        Assert.Equal(events.Count, sent.Number("accepted"));
        return shop;
    }

    public static string IdOf(int i) => $"c-{i:d2}";

    public static int OrdersOf(int i) => i % 5;

    public static double TotalOf(int i) => 10 + i;

    /// <summary>The numbers of customers for which something holds.</summary>
    public static List<int> Where(Func<int, bool> holds) => [.. Enumerable.Range(0, Count).Where(holds)];

    public static JsonObject Order(string id, string customer, double total) => Event(
        id, "Order Completed", customer, new JsonObject { ["total"] = total, ["currency"] = "EUR" });

    public Task<Answer> GetAsync(string path) => Server.GetAsync(path);

    public Task<Answer> PostAsync(string path, string body) => Server.SendAsync(HttpMethod.Post, path, body);

    public async Task MakeAsync(string name, string rule)
    {
        var made = await PostAsync(
            "/v1/segments", $$"""{"name":"{{name}}","purpose":"analytics","rule":"{{rule}}"}""");
        Assert.True(made.Status == HttpStatusCode.Created, made.Body);
        await CompleteAsync();
    }

    /// <summary>Until all customers were looked through under the definition in force.</summary>
    public Task CompleteAsync() => Identities.Shop.UntilAsync(
        async () => (await GetAsync("/v1/segments")).Json["isComplete"]!.GetValue<bool>());

    /// <summary>All members, page by page; each once.</summary>
    public async Task<List<string>> MembersAsync(string path, int limit = 100)
    {
        List<string> members = [];
        for (string? after = null; ;)
        {
            var place = after is null ? "" : $"&after={Uri.EscapeDataString(after)}";
            var page = await GetAsync($"{path}?limit={limit}{place}");
            Assert.True(page.Status == HttpStatusCode.OK, page.Body);
            var here = page.Json["members"]!.AsArray().Select(id => id!.GetValue<string>()).ToList();
            Assert.InRange(here.Count, 0, limit);
            members.AddRange(here);
            if (page.Json["next"] is not { } next) break;
            after = next.GetValue<string>();
        }
        Assert.Equal(members.Count, members.Distinct(StringComparer.Ordinal).Count());
        return [.. members.Order(StringComparer.Ordinal)];
    }

    public static string Named(IEnumerable<int> customers) => string.Join(' ', customers.Select(IdOf));

    public async Task SayAsync(string customer, string consents)
    {
        var said = await Server.SendAsync(HttpMethod.Put, $"/v1/twins/{customer}/consents", consents);
        Assert.True(said.Status == HttpStatusCode.OK, said.Body);
    }

    public async Task EraseAsync(string customer)
    {
        var erased = await Server.SendAsync(HttpMethod.Delete, $"/v1/twins/{customer}");
        Assert.True(erased.Status == HttpStatusCode.OK, erased.Body);
    }

    private static JsonObject Event(string id, string type, string customer, JsonObject properties) => new()
    {
        ["id"] = id, ["type"] = type, ["customer"] = customer, ["properties"] = properties,
    };

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
