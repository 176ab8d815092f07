using System.Net;
using System.Text.Json.Nodes;

namespace DToC.Http.Tests.Segments;

/// <summary>Segments that come and go beside the definition.</summary>
public sealed class SegmentChangeTests : IAsyncLifetime
{
    private const string Big =
        """{"name":"big","purpose":"analytics","rule":"orders >= 2","description":"Two"}""";

    private ApiServer? _server;

    private ApiServer Server => _server ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync() => _server = await ApiServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();

    [Fact]
    public async Task Segment_made_beside_the_definition_has_members_and_is_kept_with_it()
    {
        var before = Server.Host.Plans.Current.Hash;
        await BuyAsync("c-1", 2);

        var made = await MakeAsync(Big);

        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal("/v1/segments/big", made.Response.Headers.Location?.OriginalString);
        Assert.Equal(
            ("big", "analytics", "orders >= 2", "Two", "added"),
            (made.Text("name"), made.Text("purpose"), made.Text("rule"), made.Text("description"),
                made.Text("origin")));
        Assert.NotEqual(before, Server.Host.Plans.Current.Hash);
        Assert.Contains("big", await SegmentsOfAsync("c-1"), StringComparer.Ordinal);
        var kept = TwinPlanOf(Server.Host.Plans.Current.Source.Bytes);
        Assert.Equal(Server.Host.Plans.Current.Hash, kept.Hash);
        Assert.Contains(kept.Segments, segment => segment.Name == "big");
    }

    [Fact]
    public async Task Same_segment_once_more_changes_nothing_and_another_of_its_name_is_refused()
    {
        await MakeAsync(Big);
        var plan = Server.Host.Plans.Current.Hash;

        Assert.Equal(HttpStatusCode.OK, (await MakeAsync(Big)).Status);
        var other = (await MakeAsync(Big.Replace("2", "3", StringComparison.Ordinal)))
            .IsProblem(HttpStatusCode.Conflict, "conflict");
        Assert.Contains("DELETE /v1/segments/big", other.Text("detail"), StringComparison.Ordinal);
        var own = Server.Host.Plans.Current.Definition.Segments[0].Name;
        var taken = (await MakeAsync(Big.Replace("big", own, StringComparison.Ordinal)))
            .IsProblem(HttpStatusCode.Conflict, "conflict");
        Assert.Contains("The definition has a segment", taken.Text("detail"), StringComparison.Ordinal);

        Assert.Equal(plan, Server.Host.Plans.Current.Hash);
    }

    [Theory]
    [InlineData("""{"name":"big","purpose":"analytics","rule":"ordres >= 2"}""", "Did you mean 'orders'?")]
    [InlineData("""{"name":"big","purpose":"analytics","rule":"orders"}""", "rule")]
    [InlineData("""{"name":"big","purpose":"analitics","rule":"orders >= 2"}""", "'analytics'")]
    [InlineData("""{"name":"big","rule":"orders >= 2"}""", "purpose")]
    [InlineData("""{"name":"2big","purpose":"analytics","rule":"orders >= 2"}""", "no digit first")]
    [InlineData("""{"name":"big","purpose":"analytics","rule":"orders >= 2","wen":1}""", "wen")]
    [InlineData("""{"name":"everybody","purpose":"analytics","rule":"orders >= 2"}""", "means something else")]
    [InlineData("""{"name":"big",""", "malformed JSON")]
    [InlineData("", "malformed JSON")]
    public async Task Wrong_segment_is_refused_as_a_definition_would_be(string sent, string told)
    {
        var plan = Server.Host.Plans.Current.Hash;
        var problem = (await MakeAsync(sent)).IsProblem(HttpStatusCode.UnprocessableEntity, "definition-invalid");
        var error = Assert.Single(problem.Json["errors"]!.AsArray().Take(1))!;
        Assert.Contains(told, $"{error["path"]} {error["message"]} {error["remedy"]}", StringComparison.Ordinal);
        Assert.Equal(plan, Server.Host.Plans.Current.Hash);
    }

    [Fact]
    public async Task Segment_too_long_to_read_is_refused()
    {
        var sent = Big + new string(' ', 64 * 1024);
        (await MakeAsync(sent)).IsProblem(HttpStatusCode.RequestEntityTooLarge, "over-limit");
    }

    [Fact]
    public async Task Deleted_segment_is_gone_and_the_definitions_own_cannot_be()
    {
        var before = Server.Host.Plans.Current.Hash;
        await MakeAsync(Big);

        Assert.Equal(HttpStatusCode.NoContent, (await Server.SendAsync(HttpMethod.Delete, "/v1/segments/big")).Status);

        Assert.Equal(before, Server.Host.Plans.Current.Hash);
        (await Server.SendAsync(HttpMethod.Delete, "/v1/segments/big")).IsProblem(HttpStatusCode.NotFound, "not-found");
        var own = Server.Host.Plans.Current.Definition.Segments[0].Name;
        (await Server.SendAsync(HttpMethod.Delete, $"/v1/segments/{own}"))
            .IsProblem(HttpStatusCode.Conflict, "conflict");
    }

    [Fact]
    public async Task Another_definition_keeps_them_takes_their_names_and_says_which_it_breaks()
    {
        await MakeAsync(Big);
        var definition = (await Server.GetAsync("/v1/definition")).Body;

        Assert.Equal(HttpStatusCode.OK, (await PutAsync(definition.Replace(
            "\"features\": {", "\"features\": { \"more\": { \"kind\": \"sessions\" },",
            StringComparison.Ordinal))).Status);
        Assert.Contains(Server.Host.Plans.Current.Segments, segment => segment.Name == "big");

        var broken = (await PutAsync(Small)).IsProblem(HttpStatusCode.UnprocessableEntity, "definition-invalid");
        Assert.Contains(
            broken.Json["errors"]!.AsArray(),
            error => error!["path"]!.GetValue<string>()
                .StartsWith("segments.big (made beside", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.OK, (await PutAsync(definition.Replace(
            "\"segments\": {",
            "\"segments\": { \"big\": { \"purpose\": \"analytics\", \"rule\": \"orders > 99\" },",
            StringComparison.Ordinal))).Status);
        Assert.Single(Server.Host.Plans.Current.Segments, segment => segment.Name == "big");
        Assert.Empty(Server.Host.Plans.Current.Source.Segments);
    }

    [Fact]
    public async Task Keys_without_the_scope_make_no_segment()
    {
        var key = await Server.IssueAsync("read", "operate");
        (await Server.SendAsync(HttpMethod.Post, "/v1/segments", Big, key: key))
            .IsProblem(HttpStatusCode.Forbidden, "scope-missing");
    }

    private const string Small = """
        {
          "name": "small", "version": "1", "customer": { "kinds": ["person"] }, "purposes": ["personalisation"],
          "categories": { "all": { "retentionDays": 30, "bases": { "personalisation": "contract" } } },
          "events": { "Seen": { "category": "all" } }
        }
        """;

    private static Twin.Plan.TwinPlan TwinPlanOf(ReadOnlyMemory<byte> bytes) => Twin.Plan.TwinPlan.LoadKept(bytes);

    private Task<Answer> MakeAsync(string sent) => Server.SendAsync(HttpMethod.Post, "/v1/segments", sent);

    private Task<Answer> PutAsync(string definition) =>
        Server.SendAsync(HttpMethod.Put, "/v1/definition", definition);

    private async Task<IEnumerable<string>> SegmentsOfAsync(string customer) =>
        (await Server.GetAsync($"/v1/twins/{customer}")).Json["prediction"]!["segments"]!.AsArray()
            .Select(name => name!.GetValue<string>());

    private async Task BuyAsync(string customer, int orders)
    {
        for (var i = 0; i < orders; i++)
        {
            var bought = new JsonObject
            {
                ["id"] = $"o-{i}", ["type"] = "Order Completed", ["customer"] = customer,
                ["properties"] = new JsonObject
                {
                    ["order_id"] = $"{customer}-{i}", ["total"] = 40, ["currency"] = "EUR",
                },
            };
            Assert.Equal(1, (await Server.PostEventsAsync(bought.ToJsonString())).Number("accepted"));
        }
    }
}
