using System.Net;
using System.Text.Json.Nodes;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Decisions;

namespace DToC.Http.Tests.Hypothetical;

/// <summary>Hypothetical twins over the API: what they tell, and that the real ones do not notice.</summary>
public sealed class HypotheticalTests : IAsyncLifetime
{
    private ApiServer? _server;

    private ApiServer Server => _server ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync()
    {
        _server = await ApiServer.StartAsync();
        await SendAsync("bea", "o1", daysAgo: 40, total: 30);
        await SendAsync("bea", "o2", daysAgo: 20, total: 50);
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();

    private string Time(int daysAgo) => Server.Time.GetUtcNow().AddDays(-daysAgo).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");

    private string Order(string id, int daysAgo, double total, string customer = "") => $$"""
        {"id":"{{id}}","type":"Order Completed","time":"{{Time(daysAgo)}}","source":"web"{{customer}},
         "properties":{"order_id":"{{id}}","total":{{total}},"currency":"EUR"},"context":{"channel":"web"} }
        """;

    private async Task SendAsync(string customer, string id, int daysAgo, double total)
    {
        var sent = await Server.PostEventsAsync(Order(id, daysAgo, total, $",\"customer\":\"{customer}\""));
        Assert.Equal(1, sent.Number("accepted"));
    }

    private async Task<Answer> ForkAsync(string body = "{}", string customer = "bea", string key = ApiServer.AdminKey)
    {
        var answer = await Server.SendAsync(HttpMethod.Post, $"/v1/twins/{customer}/hypothetical", body, key: key);
        Assert.True(answer.Status == HttpStatusCode.Created, answer.Body);
        return answer;
    }

    private static double? Feature(JsonNode twin, string name) =>
        twin["description"]!["features"]![name]?.GetValue<double>();

    private static string OfferOf(Answer decided) => decided.Json["winner"]!["offer"]!.GetValue<string>();

    /// <summary>Every state, journal, row and published effect, as one text.</summary>
    private async Task<string> AllThatIsKeptAsync()
    {
        var hashes = new List<string>();
        foreach (var kind in new[] { GrainKind.Customer, GrainKind.Identity, GrainKind.Quarantine })
        {
            foreach (var key in await Server.Host.ListAsync(kind, "", 1_000, CancellationToken.None))
            {
                var state = await Server.Host.ReadAsync(key, CancellationToken.None);
                var journal = await Server.Host.ReadJournalAsync(key, CancellationToken.None);
                var rows = await Server.Host.ReadRowsAsync(key, "", 1_000, CancellationToken.None);
                hashes.Add($"{key} {state!.Version} {StableHash.Of(state.Bytes.Span):x} {rows.Count} "
                    + string.Join(' ', journal.Select(entry => StableHash.Of(entry.Payload.Span).ToString("x"))));
            }
        }
        var partitions = Server.Host.Status().Partitions;
        return $"{string.Join('\n', hashes)}\n{partitions.Sum(p => p.JournalEntries)} {partitions.Sum(p => p.Commits)}";
    }

    [Fact]
    public async Task Difference_names_what_would_be_otherwise()
    {
        var fork = (await ForkAsync($$"""{"name":"one more","events":[{{Order("o3", 1, 100)}}]}""")).Json;
        Assert.Equal(("bea", "one more"), (fork["customer"]!.GetValue<string>(), fork["name"]!.GetValue<string>()));
        Assert.Equal("accepted", Assert.Single(fork["results"]!.AsArray())!["status"]!.GetValue<string>());
        Assert.Equal(fork["id"]!.GetValue<string>(), fork["twin"]!["customer"]!.GetValue<string>());
        Assert.Equal((3, 180), (Feature(fork["twin"]!, "orders"), Feature(fork["twin"]!, "spend")));
        var orders = fork["difference"]!["features"]!["orders"]!;
        Assert.Equal((2, 3), (orders["real"]!.GetValue<double>(), orders["hypothetical"]!.GetValue<double>()));
        var churn = fork["difference"]!["scores"]!["churn"]!;
        Assert.True(churn["hypothetical"]!.GetValue<double>() < churn["real"]!.GetValue<double>());
        Assert.Equal("valuable", Assert.Single(fork["difference"]!["segmentsEntered"]!.AsArray())!.GetValue<string>());

        var same = (await ForkAsync()).Json["difference"]!;
        Assert.Empty(same["features"]!.AsObject());
        Assert.Empty(same["scores"]!.AsObject());
        Assert.Null(same["stage"]);
    }

    [Fact]
    public async Task Without_its_orders_a_customer_is_a_visitor()
    {
        var fork = (await ForkAsync("""{"without":["Order Completed"]}""")).Json;
        Assert.Equal(0, fork["twin"]!["description"]!["events"]!.GetValue<int>());
        Assert.Equal("customer", fork["difference"]!["stage"]!["real"]!.GetValue<string>());
        Assert.False(fork["difference"]!["stage"]!["hypothetical"]!.GetValue<string>() == "customer");

        var then = (await ForkAsync($$"""{"at":"{{Time(30)}}"}""")).Json;
        Assert.Equal(1, Feature(then["twin"]!, "orders"));
        Assert.Empty(then["difference"]!["features"]!.AsObject()); // of then too there was one
        var ahead = (await ForkAsync($$"""{"at":"{{Time(-60)}}","events":[{{Order("o4", -50, 5)}}]}""")).Json;
        Assert.Equal(3, Feature(ahead["twin"]!, "orders"));
        Assert.Equal(10, Feature(ahead["twin"]!, "days_since_order")!.Value, 0.01);
    }

    [Fact]
    public async Task Real_twins_do_not_notice_anything()
    {
        await SendAsync("cid", "x1", daysAgo: 3, total: 10);
        var before = await AllThatIsKeptAsync();
        var more = $$"""[{{Order("o3", 0, 400)}},{"type":"Payment Failed","identifiers":{"email":"b@x.org"} }]""";
        var fork = await ForkAsync($$"""
            {"without":["o1"],"context":{"channel":"store"},"attributes":{"country":"FR"},
             "consents":{"marketing":"denied"},"events":{{more}} }
            """);
        var path = $"/v1/hypothetical/{fork.Text("id")}";
        var sent = await Server.SendAsync(HttpMethod.Post, $"{path}/events", Order("o9", 30, 40));
        Assert.Equal((HttpStatusCode.OK, 1), (sent.Status, sent.Number("accepted")));
        Assert.Equal(1, (await Server.SendAsync(HttpMethod.Post, $"{path}/events", Order("o9", 30, 40)))
            .Number("duplicate"));
        Assert.Equal(3, Feature((await Server.GetAsync(path)).Json["twin"]!, "orders"));
        Assert.Equal(HttpStatusCode.OK, (await Server.GetAsync($"{path}/explain?model=churn")).Status);
        for (var i = 0; i < 2; i++)
        {
            var decided = await Server.SendAsync(HttpMethod.Post, $"{path}/next-best-action", "{}");
            Assert.Equal(HttpStatusCode.OK, decided.Status);
        }
        Assert.Equal(HttpStatusCode.NoContent, (await Server.SendAsync(HttpMethod.Delete, path)).Status);
        (await Server.GetAsync(path)).IsProblem(HttpStatusCode.NotFound, "not-found");

        Assert.Equal(before, await AllThatIsKeptAsync());
    }

    [Fact]
    public async Task What_happens_to_the_real_twin_happens_to_the_hypothetical_one()
    {
        var path = $"/v1/hypothetical/{(await ForkAsync("""{"without":["o1"]}""")).Text("id")}";
        await SendAsync("bea", "o3", daysAgo: 1, total: 70);
        var fork = (await Server.GetAsync(path)).Json;
        Assert.Equal((2, 120), (Feature(fork["twin"]!, "orders"), Feature(fork["twin"]!, "spend")));
        var spend = fork["difference"]!["features"]!["spend"]!;
        Assert.Equal(150, spend["real"]!.GetValue<double>());
    }

    [Fact]
    public async Task Explanation_and_decision_are_of_the_assumed_twin()
    {
        var id = (await ForkAsync($$"""{"events":[{{Order("o3", 1, 100)}}]}""")).Text("id");
        var explained = (await Server.GetAsync($"/v1/hypothetical/{id}/explain?model=churn")).Json;
        Assert.Equal(id, explained["customer"]!.GetValue<string>());
        var real = (await Server.GetAsync("/v1/twins/bea/explain?model=churn")).Json;
        Assert.Equal(RecentOrders(real) + 1, RecentOrders(explained), 0.1);
        var decided = await Server.SendAsync(
            HttpMethod.Post, $"/v1/hypothetical/{id}/next-best-action", """{"context":{"channel":"web"} }""");
        Assert.Equal((id, 3), (decided.Text("customer"), decided.Json["vector"]!["orders"]!.GetValue<int>()));
        Assert.StartsWith(id, decided.Text("id"), StringComparison.Ordinal);
        Assert.Equal(
            Decider.IsHeldOut(Server.Host.Plans.Current, "bea"), decided.Json["holdout"]!.GetValue<bool>());

        static double RecentOrders(JsonNode explanation) => explanation["scores"]!["churn"]!["reasons"]!.AsArray()
            .Single(reason => reason!["name"]!.GetValue<string>() == "orders_90d")!["value"]!.GetValue<double>();
    }

    [Fact]
    public async Task Somebody_made_up_is_read_and_decided_for()
    {
        var made = await Server.SendAsync(HttpMethod.Post, "/v1/hypothetical", $$"""
            {"name":"a student who ordered twice","attributes":{"householdSize":4},
             "consents":{"personalization":{"said":"granted"},"marketing":"granted"},
             "context":{"channel":"web"},"events":[{{Order("a", 30, 120)}},{{Order("b", 10, 150)}}]}
            """);
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Null(made.Json["customer"]);
        Assert.Null(made.Json["difference"]);
        Assert.Equal(2, Feature(made.Json["twin"]!, "orders"));
        Assert.NotNull(made.Json["twin"]!["prediction"]!["scores"]!["churn"]!["value"]);
        var path = $"/v1/hypothetical/{made.Text("id")}";
        var decided = await Server.SendAsync(HttpMethod.Post, $"{path}/next-best-action");
        Assert.Equal((false, "accessories"), (decided.Json["holdout"]!.GetValue<bool>(), OfferOf(decided)));
        var late = await Server.SendAsync(HttpMethod.Post, $"{path}/events", $"[{Order("c", 20, 9)}]");
        Assert.Equal(1, late.Number("accepted"));
        Assert.Equal(3, Feature((await Server.GetAsync(path)).Json["twin"]!, "orders"));
        Assert.Empty(await Server.Host.ReadJournalAsync(
            GrainKey.Customer(made.Text("id")), CancellationToken.None));
    }

    [Fact]
    public async Task Consents_may_allow_less_and_not_more()
    {
        var more = await Server.SendAsync(
            HttpMethod.Post, "/v1/twins/bea/hypothetical", """{"consents":{"marketing":"granted"} }""");
        more.IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible");
        Assert.Contains("for marketing", more.Text("detail"), StringComparison.Ordinal);
        var less = (await ForkAsync("""{"consents":{"analytics":"withdrawn"} }""")).Json;
        var churn = less["twin"]!["prediction"]!["scores"]!["churn"]!;
        Assert.Null(churn["value"]);
        Assert.Contains("objected", churn["withheld"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Id_of_a_hypothetical_twin_is_taken_for_no_customer()
    {
        var id = (await ForkAsync()).Text("id");
        var before = await AllThatIsKeptAsync();
        (await Server.PostEventsAsync(Order("e1", 1, 10, $",\"customer\":\"{id}\"")))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
        var attributes = await Server.SendAsync(
            HttpMethod.Post, "/v1/attributes", $$"""[{"customer":"{{id}}","attributes":{"country":"AT"} }]""");
        Assert.Equal(1, attributes.Number("refused"));
        (await Server.SendAsync(HttpMethod.Put, $"/v1/twins/{id}/consents", """{"marketing":"granted"}"""))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
        (await Server.GetAsync($"/v1/twins/{id}")).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Server.SendAsync(HttpMethod.Delete, $"/v1/twins/{id}")).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Server.SendAsync(HttpMethod.Post, "/v1/twins/bea/merge", $$"""{"into":"{{id}}"}"""))
            .IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible");
        Assert.Equal(before, await AllThatIsKeptAsync());
    }

    [Theory]
    [InlineData("""{"colour":1}""", 400, "colour")]
    [InlineData("""{"context":{"mood":"good"} }""", 400, "channel, device, place, session")]
    [InlineData("""{"persona":"work"}""", 400, "")]
    [InlineData("""{"attributes":{"size":1} }""", 422, "the definition has")]
    [InlineData("""{"attributes":{"country":["AT"]} }""", 400, "must be text")]
    [InlineData("""{"consents":{"marketing":"perhaps"} }""", 400, "not a word for a consent")]
    [InlineData("""{"consents":{"fun":"denied"} }""", 422, "fun")]
    [InlineData("""{"without":["o7"]}""", 422, "o7")]
    [InlineData("""{"without":[""]}""", 400, "ids or types")]
    [InlineData("""{"at":"2001-01-01T00:00:00Z","without":["o1"]}""", 422, "o1")]
    [InlineData("""{"at":"2200-01-01T00:00:00Z"}""", 400, "must lie between")]
    [InlineData("""{"expiresInMinutes":1441}""", 400, "1 to 1440")]
    [InlineData("""{"name":""}""", 400, "128")]
    [InlineData("""{"events":[7]}""", 400, "events[0] is not an object")]
    [InlineData("""{"events":[{"type":"Sneezed"}]}""", 422, "events[0]: Type 'Sneezed'")]
    [InlineData("""{"events":[{"type":"Email Opened","customer":"cid"}]}""", 400, "name 'bea'")]
    [InlineData("""{"events":[{"type":"Email Opened","time":"2200-01-01T00:00:00Z"}]}""", 422, "ahead")]
    public async Task What_cannot_be_assumed_is_refused(string body, int status, string says)
    {
        var answer = await Server.SendAsync(HttpMethod.Post, "/v1/twins/bea/hypothetical", body);
        Assert.True(status == (int)answer.Status, answer.Body);
        Assert.Contains(says, answer.Body, StringComparison.Ordinal);
        Assert.Empty((await Server.GetAsync("/v1/hypothetical")).Json.AsArray());
    }

    [Fact]
    public async Task Nobody_has_no_hypothetical_twin_and_no_past()
    {
        (await Server.SendAsync(HttpMethod.Post, "/v1/twins/nobody/hypothetical", "{}"))
            .IsProblem(HttpStatusCode.NotFound, "not-found");
        var past = await Server.SendAsync(HttpMethod.Post, "/v1/hypothetical", """{"without":["o1"]}""");
        Assert.Contains("has no past", past.IsProblem(HttpStatusCode.BadRequest, "malformed").Body,
            StringComparison.Ordinal);
        (await Server.SendAsync(HttpMethod.Post, "/v1/hypothetical", """{"persona":"work"}"""))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
    }
}
