using System.Net;
using System.Text.Json.Nodes;

namespace DToC.Http.Tests;

/// <summary>Customers merged and split over the API.</summary>
public sealed class UnionTests : IAsyncLifetime
{
    private ApiServer? _server;

    private ApiServer Server => _server!; // set before each test

    public async Task InitializeAsync() => _server = await ApiServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();

    private Task<Answer> MergeAsync(string id, string into) =>
        Server.SendAsync(HttpMethod.Post, $"/v1/twins/{id}/merge", $$"""{"into":"{{into}}"}""");

    private Task<Answer> SplitAsync(string id, string customer) =>
        Server.SendAsync(HttpMethod.Post, $"/v1/twins/{id}/split", $$"""{"customer":"{{customer}}"}""");

    private async Task<(string Customer, double Spend)> TwinAsync(string id)
    {
        var twin = (await Server.GetAsync($"/v1/twins/{id}")).Json;
        var spend = twin["description"]!["features"]!["spend"];
        return (twin["customer"]!.GetValue<string>(), spend?.GetValue<double>() ?? 0);
    }

    private async Task OrderAsync(string id, string customer, double total) =>
        Assert.Equal(HttpStatusCode.Accepted, (await Server.PostEventsAsync($$$"""
            {"id":"{{{id}}}","type":"Order Completed","time":"2026-03-01T12:00:00Z","customer":"{{{customer}}}",
            "source":"shop","properties":{"total":{{{total}}},"currency":"EUR"}}
            """)).Status);

    [Fact]
    public async Task Merged_customers_share_a_twin_and_split_ones_have_their_own()
    {
        await OrderAsync("o1", "anna", 1);
        await OrderAsync("o2", "bert", 10);

        var merged = await MergeAsync("anna", "bert");
        Assert.Equal(HttpStatusCode.OK, merged.Status);
        Assert.Equal(("anna", "bert", false),
            (merged.Text("customer"), merged.Text("twin"), merged.Json["underWay"]!.GetValue<bool>()));
        Assert.Equal("""["anna"]""", merged.Json["merged"]!.ToJsonString());
        Assert.Equal(("bert", 11), await TwinAsync("anna"));
        await OrderAsync("o3", "anna", 2);
        await Server.SendAsync(HttpMethod.Put, "/v1/twins/anna/consents", """{"marketing":"objected"}""");

        var split = await SplitAsync("bert", "anna");
        Assert.Equal(("anna", "anna", false),
            (split.Text("customer"), split.Text("twin"), split.Json["underWay"]!.GetValue<bool>()));
        Assert.Equal(("anna", 3), await TwinAsync("anna"));
        Assert.Equal(("bert", 10), await TwinAsync("bert"));
        Assert.Equal("objected", await MarketingAsync("anna"));
        Assert.Equal("unknown", await MarketingAsync("bert"));
        Assert.Equal(HttpStatusCode.OK, (await SplitAsync("bert", "anna")).Status); // asked again
        var entries = (await Server.GetAsync("/v1/twins/bert/timeline")).Json["entries"]!.AsArray();
        Assert.NotNull(entries.FirstOrDefault(IsSplit));
    }

    private static bool IsSplit(JsonNode? entry) => entry!["kind"]!.GetValue<string>() == "split";

    private async Task<string?> MarketingAsync(string id)
    {
        var twin = (await Server.GetAsync($"/v1/twins/{id}")).Json;
        return twin["operation"]!["consents"]!["marketing"]?["status"]?.GetValue<string>();
    }

    [Fact]
    public async Task What_cannot_be_merged_or_split_is_refused_with_the_reason()
    {
        await OrderAsync("o1", "anna", 1);
        await OrderAsync("o2", "bert", 10);
        await OrderAsync("o3", "carl", 10);
        await MergeAsync("anna", "bert");

        (await MergeAsync("nobody", "bert")).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await MergeAsync("carl", "nobody")).IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible");
        (await MergeAsync("carl", "carl")).IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible");
        (await Server.SendAsync(HttpMethod.Post, "/v1/twins/carl/merge", "{}"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
        Assert.Equal(HttpStatusCode.OK, (await MergeAsync("anna", "bert")).Status); // they are one already

        (await SplitAsync("nobody", "anna")).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await SplitAsync("bert", "nobody")).IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible");
        (await SplitAsync("bert", "bert")).IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible");
        (await SplitAsync("bert", "carl")).IsProblem(HttpStatusCode.Conflict, "conflict");
        (await Server.SendAsync(HttpMethod.Post, "/v1/twins/bert/split", "[]"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task More_than_can_be_united_are_refused()
    {
        await OrderAsync("o", "all", 1);
        for (var i = 0; i < 65; i++) await OrderAsync($"o{i}", $"m{i}", 1);
        for (var i = 0; i < 64; i++) Assert.Equal(HttpStatusCode.OK, (await MergeAsync($"m{i}", "all")).Status);

        (await MergeAsync("m64", "all")).IsProblem(HttpStatusCode.Conflict, "conflict");
        Assert.Equal("m64", (await TwinAsync("m64")).Customer);
    }
}
