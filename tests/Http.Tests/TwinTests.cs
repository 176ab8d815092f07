using System.Net;
using System.Net.Http.Headers;

namespace DToC.Http.Tests;

[Collection(SharedServerCollection.Name)]
public sealed class TwinTests(SharedServer shared)
{
    private ApiServer Server => shared.Server;

    [Fact]
    public async Task Twin_has_its_four_parts_and_what_was_folded()
    {
        await OrderAsync("t-1", "paula", 20, Server.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"));
        var twin = await Server.GetAsync("/v1/twins/paula");
        Assert.Equal((HttpStatusCode.OK, "paula"), (twin.Status, twin.Text("customer")));
        Assert.Equal(20, twin.Json["description"]!["features"]!["spend"]!.GetValue<double>());
        Assert.Equal("customer", twin.Json["context"]!["stage"]!.GetValue<string>());
        Assert.Equal(
            "behaviour for marketing: consent is not granted",
            twin.Json["prediction"]!["scores"]!["email_response"]!["withheld"]!.GetValue<string>());
        Assert.Equal(
            "unknown", twin.Json["operation"]!["consents"]!["marketing"]!["status"]!.GetValue<string>());
        Assert.Equal(3650, twin.Json["operation"]!["kept"]!["orders"]!["retentionDays"]!.GetValue<int>());
        Assert.Null(twin.Json["operation"]!["kept"]!["support"]);
    }

    [Fact]
    public async Task Etag_holds_until_the_twin_changes()
    {
        await OrderAsync("t-2", "quinn", 20, "2026-03-01T12:00:00Z");
        var first = (
            await Server.GetAsync(
            "/v1/twins/quinn")).Response.Headers.ETag ?? throw new InvalidOperationException("No ETag.");
        using var known = Server.Request(HttpMethod.Get, "/v1/twins/quinn");
        known.Headers.IfNoneMatch.Add(first);
        var unchanged = await Server.SendAsync(known);
        Assert.Equal((HttpStatusCode.NotModified, ""), (unchanged.Status, unchanged.Body));
        await OrderAsync("t-3", "quinn", 5, "2026-03-02T12:00:00Z");
        using var old = Server.Request(HttpMethod.Get, "/v1/twins/quinn");
        old.Headers.IfNoneMatch.Add(first);
        var changed = await Server.SendAsync(old);
        Assert.Equal(HttpStatusCode.OK, changed.Status);
        Assert.True(VersionOf(changed.Response.Headers.ETag) > VersionOf(first));
    }

    [Fact]
    public async Task Past_state_has_what_had_happened_by_then()
    {
        await OrderAsync("t-4", "rosa", 20, "2026-02-01T12:00:00Z");
        await OrderAsync("t-5", "rosa", 30, "2026-03-01T12:00:00Z");
        var past = await Server.GetAsync("/v1/twins/rosa?at=2026-02-15T00:00:00Z");
        Assert.Equal(20, past.Json["description"]!["features"]!["spend"]!.GetValue<double>());
        Assert.Equal(
            50, (await Server.GetAsync(
            "/v1/twins/rosa")).Json["description"]!["features"]!["spend"]!.GetValue<double>());
        (await Server.GetAsync("/v1/twins/rosa?at=2025-01-01T00:00:00Z"))
            .IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Server.GetAsync("/v1/twins/rosa?at=yesterday"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
        (await Server.GetAsync("/v1/twins/rosa?at=2199-01-01T00:00:00Z"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task Customer_never_seen_is_not_found()
    {
        (await Server.GetAsync("/v1/twins/nobody")).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Server.GetAsync("/v1/twins/nobody/timeline")).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Server.SendAsync(HttpMethod.Post, "/v1/twins/nobody/next-best-action"))
            .IsProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Timeline_pages_from_the_newest_to_the_oldest_without_gap_or_repetition()
    {
        for (var day = 1; day <= 9; day++)
        {
            await OrderAsync($"t-s{day}", "sven", day, $"2026-01-0{day}T12:00:00Z");
        }
        var ids = new List<string>();
        string? before = null;
        do
        {
            var page = await Server.GetAsync(
                $"/v1/twins/sven/timeline?limit=4{(before is null ? "" : $"&before={before}")}");
            ids.AddRange(
                page.Json["entries"]!.AsArray().Where(e => e!["kind"]!.GetValue<string>() == "event")
                .Select(e => e!["id"]!.GetValue<string>()));
            before = page.Json["next"]?.GetValue<string>();
        }
        while (before is not null);
        Assert.Equal("t-s9 t-s8 t-s7 t-s6 t-s5 t-s4 t-s3 t-s2 t-s1", string.Join(' ', ids));
        var bounded = await Server.GetAsync("/v1/twins/sven/timeline?before=2026-01-03T12:00:00Z");
        Assert.Equal(2, bounded.Json["entries"]!.AsArray().Count);
        (await Server.GetAsync("/v1/twins/sven/timeline?before=x"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
        (await Server.GetAsync("/v1/twins/sven/timeline?limit=x"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task Consents_are_recorded_and_stand_in_twin_and_timeline()
    {
        await OrderAsync("t-6", "tina", 20, "2026-03-01T12:00:00Z");
        var put = await Server.SendAsync(
            HttpMethod.Put, "/v1/twins/tina/consents?source=web", """{"marketing":"granted","analytics":"denied"}""");
        Assert.Equal(HttpStatusCode.OK, put.Status);
        Assert.Equal("granted", put.Json["consents"]!["marketing"]!["status"]!.GetValue<string>());
        var entry = (await Server.GetAsync("/v1/twins/tina/timeline")).Json["entries"]![0]!;
        Assert.Equal(
            ("consents", "web", "denied"),
            (entry["kind"]!.GetValue<string>(), entry["source"]!.GetValue<string>(),
            entry["purposes"]!["analytics"]!["said"]!.GetValue<string>()));
        (await Server.SendAsync(HttpMethod.Put, "/v1/twins/tina/consents", """{"world":"granted"}"""))
            .IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible");
        (await Server.SendAsync(HttpMethod.Put, "/v1/twins/tina/consents", """{"marketing":"maybe"}"""))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
        (await Server.SendAsync(HttpMethod.Put, "/v1/twins/tina/consents", "[]"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task Timeline_leaves_out_what_has_no_legal_basis_any_more()
    {
        await Server.PostEventsAsync(EventFormsTests.Event("t-7", "ulla"));
        Assert.Contains(
            "t-7", (await Server.GetAsync("/v1/twins/ulla/timeline")).Body, StringComparison.Ordinal);
        await Server.SendAsync(
            HttpMethod.Put, "/v1/twins/ulla/consents",
            """{"analytics":"denied","personalization":"denied","marketing":"denied"}""");
        Assert.DoesNotContain(
            "t-7", (await Server.GetAsync("/v1/twins/ulla/timeline")).Body, StringComparison.Ordinal);
        (await Server.PostEventsAsync(EventFormsTests.Event("t-8", "ulla")))
            .IsProblem(HttpStatusCode.UnprocessableEntity, "event-refused");
    }

    [Fact]
    public async Task Decision_on_request_shows_every_candidate_with_its_reason()
    {
        await OrderAsync("t-9", "vera", 80, "2026-03-01T12:00:00Z");
        await Server.SendAsync(HttpMethod.Put, "/v1/twins/vera/consents", """{"personalization":"granted"}""");
        var decision = await Server.SendAsync(
            HttpMethod.Post, "/v1/twins/vera/next-best-action", """{"context":{"channel":"web"}}""");
        Assert.Equal("request", decision.Text("trigger"));
        var candidates = decision.Json["candidates"]!.AsArray()
            .ToDictionary(c => c!["offer"]!.GetValue<string>(), c => c!, StringComparer.Ordinal);
        Assert.Equal(1.2, candidates["accessories"]["context"]!.GetValue<double>());
        Assert.Equal(80, decision.Json["vector"]!["spend"]!.GetValue<double>());
        var isHeldOut = decision.Json["holdout"]!.GetValue<bool>();
        Assert.Equal(isHeldOut ? null : "accessories", decision.Json["winner"]?["offer"]?.GetValue<string>());
        (await Server.SendAsync(HttpMethod.Post, "/v1/twins/vera/next-best-action", """{"context":{"mood":"good"}}"""))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
        (await Server.SendAsync(HttpMethod.Post, "/v1/twins/vera/next-best-action", "{"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task Attributes_are_taken_record_by_record()
    {
        const string Records = """
            [{"customer":"wanda","attributes":{"householdSize":3}},
             {"customer":"wanda","origin":"declared","source":"crm","attributes":{"loyaltyTier":"gold"}},
             {"customer":"wanda","attributes":{"shoeSize":40}},
             {"customer":"wanda","origin":"observed","attributes":{"householdSize":3}},
             {"attributes":{"householdSize":3}}]
            """;
        var answer = await Server.SendAsync(HttpMethod.Post, "/v1/attributes", Records);
        Assert.Equal(
            (HttpStatusCode.Accepted, 2, 3),
            (answer.Status, answer.Number("accepted"), answer.Number("refused")));
        var attributes = (await Server.GetAsync("/v1/twins/wanda")).Json["description"]!["attributes"]!;
        Assert.Equal(
            (3, "gold", "declared", "crm"), (attributes["householdSize"]!["value"]!.GetValue<double>(),
            attributes["loyaltyTier"]!["value"]!.GetValue<string>(),
            attributes["loyaltyTier"]!["origin"]!.GetValue<string>(),
            attributes["loyaltyTier"]!["source"]!.GetValue<string>()));
        var lines = await Server.SendAsync(
            HttpMethod.Post, "/v1/attributes",
            """
            {"customer":"wanda","attributes":{"householdSize":99}}
            {"customer":"wanda","attributes":{"country":"DE"}}
            """,
            "application/x-ndjson");
        Assert.Equal(
            "refused accepted",
            string.Join(' ', lines.Lines.Select(line => line["status"]!.GetValue<string>())));
    }

    private async Task OrderAsync(string id, string customer, double total, string time)
    {
        var answer = await Server.PostEventsAsync(
            $$$"""
            {"id":"{{{id}}}","type":"Order Completed","time":"{{{time}}}","customer":"{{{customer}}}",
             "properties":{"total":{{{total}}},"currency":"EUR"}}
            """);
        Assert.Equal(1, answer.Number("accepted"));
    }

    private static long VersionOf(EntityTagHeaderValue? tag) =>
        long.Parse(tag?.Tag.Trim('"').Split('-')[0] ?? "0");

    [Fact]
    public async Task Timeline_shows_an_event_that_is_not_unicode_as_it_came()
    {
        await Server.PostEventsAsync("""
            {"id":"u-1","type":"Checkout Started","customer":"ute","source":"shop","properties":{"note":"\ud800"}}
            """);
        var timeline = await Server.GetAsync("/v1/twins/ute/timeline");
        Assert.Equal(HttpStatusCode.OK, timeline.Status);
        Assert.Contains("\\ud800", timeline.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\\ud800")]
    [InlineData("\\udc00\\ud800")]
    public async Task Attribute_that_is_not_unicode_is_refused_alone(string text)
    {
        var answer = await Server.SendAsync(HttpMethod.Post, "/v1/attributes", $$"""
            [{"customer":"una","attributes":{"country":"{{text}}"} }, {"customer":"una","attributes":{"country":"AT"} }]
            """);
        Assert.Equal(
            (HttpStatusCode.Accepted, 1, 1), (answer.Status, answer.Number("accepted"), answer.Number("refused")));
        Assert.Contains("not Unicode", answer.Body, StringComparison.Ordinal);
    }

}
