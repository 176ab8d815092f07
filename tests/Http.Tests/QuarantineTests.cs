using System.Net;
using System.Text.Json.Nodes;

namespace DToC.Http.Tests;

public sealed class QuarantineTests
{
    private const string Broken = """
        {"id":"o-1","type":"Order Completed","time":"2026-03-01T12:00:00Z","customer":"nina","source":"shop",
         "properties":{"total":"12,50","currency":"EUR"}}
        """;

    [Fact]
    public async Task Broken_event_is_listed_repaired_and_replayed_once()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(1, (await server.PostEventsAsync(Broken)).Number("quarantined"));
        Assert.Equal(1, (await server.PostEventsAsync(Broken)).Number("quarantined"));
        var waiting = Assert.Single(Events(await server.GetAsync("/v1/quarantine")));
        var id = waiting["id"]!.GetValue<string>();
        Assert.Equal(
            ("wrongType", "properties.total", "o-1", "shop"),
            (Text(waiting, "reason"), Text(waiting, "field"), Text(waiting, "eventId"),
            Text(waiting, "source")));
        Assert.Equal(
            "12,50", (await server.GetAsync(
            $"/v1/quarantine/{id}")).Json["event"]!["properties"]!["total"]!.GetValue<string>());

        // As it is, it is refused again and stays.
        (await server.SendAsync(HttpMethod.Post, $"/v1/quarantine/{id}/replay"))
            .IsProblem(HttpStatusCode.UnprocessableEntity, "event-refused");
        Assert.Single(Events(await server.GetAsync("/v1/quarantine")));

        var replayed = await server.SendAsync(
            HttpMethod.Post, $"/v1/quarantine/{id}/replay",
            Broken.Replace("\"12,50\"", "12.50", StringComparison.Ordinal));
        Assert.Equal(
            (HttpStatusCode.OK, "accepted", "nina"),
            (replayed.Status, replayed.Text("status"), replayed.Text("customer")));
        Assert.Empty(Events(await server.GetAsync("/v1/quarantine")));
        (await server.SendAsync(HttpMethod.Post, $"/v1/quarantine/{id}/replay"))
            .IsProblem(HttpStatusCode.NotFound, "not-found");
        Assert.Equal(
            12.5, (await server.GetAsync(
            "/v1/twins/nina")).Json["description"]!["features"]!["spend"]!.GetValue<double>());
    }

    [Fact]
    public async Task Event_that_is_not_unicode_is_listed_with_the_others()
    {
        await using var server = await ApiServer.StartAsync();
        await server.PostEventsAsync(Broken);
        await server.PostEventsAsync("""
            {"id":"o-2","type":"Unheard Of","customer":"nina","source":"shop","properties":{"note":"\ud800"}}
            """);
        var list = await server.GetAsync("/v1/quarantine");
        Assert.Equal(HttpStatusCode.OK, list.Status);
        Assert.Equal(2, Events(list).Count);
        Assert.Contains("\\ud800", list.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleted_event_is_gone()
    {
        await using var server = await ApiServer.StartAsync();
        await server.PostEventsAsync(Broken);
        var id = Text(Events(await server.GetAsync("/v1/quarantine")).Single(), "id");
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await server.SendAsync(HttpMethod.Delete, $"/v1/quarantine/{id}")).Status);
        (await server.SendAsync(HttpMethod.Delete, $"/v1/quarantine/{id}"))
            .IsProblem(HttpStatusCode.NotFound, "not-found");
        (await server.GetAsync("/v1/quarantine/nonsense")).IsProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Pages_hold_every_event_of_a_source_once_the_oldest_first()
    {
        await using var server = await ApiServer.StartAsync();
        for (var i = 0; i < 30; i++)
        {
            var source = i % 3 == 0 ? "shop" : "web";
            await server.PostEventsAsync(
                $$"""{"id":"p-{{i:00}}","type":"Unheard Of","customer":"olga","source":"{{source}}"}""");
        }
        Assert.Equal(30, (await PagesAsync(server, "/v1/quarantine?limit=7")).Count);
        var ofShop = await PagesAsync(server, "/v1/quarantine?limit=4&source=shop");
        Assert.Equal("p-00 p-03 p-06 p-09 p-12 p-15 p-18 p-21 p-24 p-27", string.Join(' ', ofShop));
        (await server.GetAsync("/v1/quarantine?after=yesterday"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
        (await server.GetAsync("/v1/quarantine?limit=0")).IsProblem(HttpStatusCode.BadRequest, "malformed");
    }

    private static async Task<List<string>> PagesAsync(ApiServer server, string first)
    {
        var ids = new List<string>();
        string? after = null;
        do
        {
            var page = await server.GetAsync(after is null ? first : $"{first}&after={after}");
            ids.AddRange(Events(page).Select(waiting => Text(waiting, "eventId")));
            after = page.Json["next"]?.GetValue<string>();
        }
        while (after is not null);
        return ids;
    }

    private static List<JsonNode> Events(Answer answer) =>
        [.. answer.Json["events"]!.AsArray().Select(node => node!)];

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
