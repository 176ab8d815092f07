using System.Net;
using System.Text.Json.Nodes;

namespace DToC.Http.Tests.Consents;

/// <summary>Consents over the API: what is said, tried out, told to others.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class ConsentTests(SharedServer shared)
{
    private ApiServer Server => shared.Server;

    [Fact]
    public async Task Consent_has_its_text_its_end_and_its_time()
    {
        await Server.PostEventsAsync(EventFormsTests.Event("k-1", "kim"));
        var put = await Server.SendAsync(
            HttpMethod.Put, "/v1/twins/kim/consents?source=settings&time=2026-03-01T12:00:00Z",
            """
            {"marketing":{"said":"granted","textVersion":"2026-03","expires":"2999-01-01T00:00:00Z","explicit":true},
             "analytics":"restricted"}
            """);
        Assert.Equal(HttpStatusCode.OK, put.Status);
        var said = put.Json["consents"]!["marketing"]!;
        Assert.Equal(
            ("granted", "2026-03-01T12:00:00.000Z", "settings", "2026-03", "2999-01-01T00:00:00.000Z", true, false),
            (Text(said, "status"), Text(said, "at"), Text(said, "source"), Text(said, "textVersion"),
            Text(said, "expires"), said["explicit"]!.GetValue<bool>(), said["restricted"]!.GetValue<bool>()));
        Assert.True(put.Json["consents"]!["analytics"]!["restricted"]!.GetValue<bool>());

        // What was said before does not stand over it.
        var late = await Server.SendAsync(
            HttpMethod.Put, "/v1/twins/kim/consents?time=2026-02-01T12:00:00Z", """{"marketing":"withdrawn"}""");
        Assert.Equal("granted", Text(late.Json["consents"]!["marketing"]!, "status"));
    }

    [Theory]
    [InlineData("", """{"marketing":{"said":"granted","untill":"2999-01-01T00:00:00Z"}}""")]
    [InlineData("", """{"marketing":{"said":"denied","explicit":true}}""")]
    [InlineData("", """{"marketing":{"said":"granted","expires":"2020-01-01T00:00:00Z"}}""")]
    [InlineData("", """{"marketing":["granted"]}""")]
    [InlineData("", """{"marketing":{}}""")]
    [InlineData("", """{"marketing":{"said":null}}""")]
    [InlineData("?time=2999-01-01T00:00:00Z", """{"marketing":"granted"}""")]
    [InlineData("?time=yesterday", """{"marketing":"granted"}""")]
    public async Task What_cannot_be_a_consent_is_a_problem(string query, string body)
    {
        var answer = await Server.SendAsync(HttpMethod.Put, $"/v1/twins/liv/consents{query}", body);
        answer.IsProblem(HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task Dry_run_explains_and_changes_nothing()
    {
        await Server.PostEventsAsync(EventFormsTests.Event("k-2", "mia"));
        var evaluation = await EvaluateAsync("""{"customer":"mia","consents":{"analytics":"objected"}}""");
        var pair = evaluation.Json["pairs"]!.AsArray().Single(
            p => (Text(p!, "category"), Text(p!, "purpose")) == ("behaviour", "analytics"))!;
        Assert.False(pair["lawful"]!.GetValue<bool>());
        Assert.Equal("legitimateInterest", Text(pair, "basis"));
        Assert.StartsWith("the customer objected", Text(pair, "reason"), StringComparison.Ordinal);
        var churn = evaluation.Json["uses"]!.AsArray().Single(u => Text(u!, "name") == "churn")!;
        Assert.Equal(
            (false, true), (churn["allowed"]!.GetValue<bool>(), churn["before"]!.GetValue<bool>()));
        Assert.NotNull((await Server.GetAsync("/v1/twins/mia")).Json["prediction"]!["scores"]!["churn"]!["value"]);

        Assert.Equal(HttpStatusCode.OK, (await EvaluateAsync("{}")).Status);
        (await EvaluateAsync("""{"customer":"nobody-at-all"}""")).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await EvaluateAsync("""{"consents":{"world":"granted"}}""")).IsProblem(HttpStatusCode.BadRequest, "malformed");
        (await EvaluateAsync("""{"consent":{}}""")).IsProblem(HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task Withdrawal_forgets_and_tells_who_has_got_something()
    {
        using var receiver = await Receiver.OpenAsync(Server, null, null, "/v1/consent/notices");
        await receiver.SignOfLifeAsync();
        await Server.PostEventsAsync(EventFormsTests.Event("k-3", "nora"));
        await Server.SendAsync(
            HttpMethod.Put, "/v1/twins/nora/consents?source=settings", """{"analytics":"objected"}""");

        var (_, name, notice) = await receiver.NextAsync();
        Assert.Equal(("consent-notice", "nora", "settings"), (name, Text(notice, "customer"), Text(notice, "source")));
        Assert.Contains(
            notice["closed"]!.AsArray(),
            closed => (Text(closed!, "category"), Text(closed!, "purpose")) == ("behaviour", "analytics"));
        Assert.Equal("behaviour", Assert.Single(notice["forgotten"]!.AsArray())!.GetValue<string>());

        // Granted again, what was forgotten is not there any more.
        await Server.SendAsync(HttpMethod.Put, "/v1/twins/nora/consents", """{"analytics":"granted"}""");
        Assert.DoesNotContain(
            "k-3", (await Server.GetAsync("/v1/twins/nora/timeline")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signal_in_a_header_goes_for_all_events_of_the_request()
    {
        await using var server = await ApiServer.StartAsync();
        var definition = (await server.GetAsync("/v1/definition")).Body.Replace(
            "\"categories\": {", "\"saleOrSharing\": [\"marketing\"], \"categories\": {", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(HttpMethod.Put, "/v1/definition", definition)).Status);
        using var request = server.Request(HttpMethod.Post, "/v1/events", EventFormsTests.Event("k-4", "olga"));
        request.Headers.Add("Sec-GPC", "1");
        Assert.Equal(HttpStatusCode.Accepted, (await server.SendAsync(request)).Status);

        var consent = (await server.GetAsync("/v1/twins/olga")).Json["operation"]!["consents"]!["marketing"]!;
        Assert.Equal(("objected", "gpc"), (Text(consent, "status"), Text(consent, "source")));
    }

    [Fact]
    public async Task Minimisation_lists_what_nothing_needs()
    {
        var report = await Server.GetAsync("/v1/definition/minimisation");
        var unneeded = report.Json["unneeded"]!.AsArray()
            .ToDictionary(
                field => $"{Text(field!, "kind")} {Text(field!, "name")}", field => field!, StringComparer.Ordinal);
        // Kept of orders, and read by no model, rule or purpose of the shipped definition.
        Assert.Contains("feature smallest_order", unneeded);
        Assert.Contains("attribute country", unneeded);
        Assert.DoesNotContain("attribute loyaltyTier", unneeded); // a model's prior reads it
        Assert.DoesNotContain("feature orders", unneeded);
        Assert.DoesNotContain("event Order Completed", unneeded);
        Assert.DoesNotContain("signal Order Completed.total", unneeded);
        Assert.All(unneeded.Values, field => Assert.True(field["line"]!.GetValue<int>() > 1));
    }

    private Task<Answer> EvaluateAsync(string body) =>
        Server.SendAsync(HttpMethod.Post, "/v1/consent/evaluate", body);

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
