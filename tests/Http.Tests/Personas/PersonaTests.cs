using System.Net;
using System.Text.Json.Nodes;

namespace DToC.Http.Tests.Personas;

/// <summary>The facets of a customer over the API.</summary>
public sealed class PersonaTests : IAsyncLifetime
{
    private const string Definition = """
        {
          "name": "office", "version": "1",
          "customer": { "kinds": ["person"], "personaCategory": "said",
            "personas": { "work": { "when": "context.channel == 'b2b'" }, "self": { "pseudonymous": true } } },
          "purposes": ["service", "marketing"],
          "categories": {
            "orders": { "retentionDays": 30, "bases": { "service": "contract", "marketing": "legitimateInterest" } },
            "browsing": { "retentionDays": 30, "bases": { "marketing": "legitimateInterest" } },
            "said": { "retentionDays": 30, "bases": { "marketing": "legitimateInterest" } }
          },
          "attributes": { "likes": { "type": "text", "category": "said" } },
          "events": { "Order": { "category": "orders" }, "Seen": { "category": "browsing" } },
          "features": { "orders": { "kind": "count", "of": "Order" }, "seen": { "kind": "count", "of": "Seen" } },
          "channels": { "web": { "outbound": false } },
          "offers": {
            "desk": { "channel": "web", "purpose": "marketing", "triggers": "request",
              "eligibility": "persona == 'work'", "propensity": "0.5", "value": "1" },
            "boots": { "channel": "web", "purpose": "marketing", "triggers": "request",
              "eligibility": "attribute.likes == 'hiking'", "propensity": "0.5", "value": "2" },
            "any": { "channel": "web", "purpose": "marketing", "triggers": "request",
              "propensity": "0.1", "value": "1" }
          }
        }
        """;

    private ApiServer? _server;

    private ApiServer Server => _server ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync()
    {
        _server = await ApiServer.StartAsync();
        var put = await Server.SendAsync(HttpMethod.Put, "/v1/definition", Definition);
        Assert.True(put.Status is HttpStatusCode.OK or HttpStatusCode.NoContent, put.Body);
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();

    private async Task SendAsync(string id, string type, string context = "{}")
    {
        var answer = await Server.PostEventsAsync(
            $$"""[{"id":"{{id}}","type":"{{type}}","customer":"ann","context":{{context}}}]""");
        Assert.Equal(1, answer.Number("accepted"));
    }

    private async Task<JsonNode> TwinAsync(string query = "") => (await Server.GetAsync($"/v1/twins/ann{query}")).Json;

    private static double? Feature(JsonNode twin, string name) =>
        twin["description"]!["features"]![name]?.GetValue<double>();

    private async Task<Answer> DecideAsync(string body = "{}")
    {
        var answer = await Server.SendAsync(HttpMethod.Post, "/v1/twins/ann/next-best-action", body);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return answer;
    }

    /// <summary>Whether an offer, an event of browsing and an order are allowed.</summary>
    private static string Allowed(JsonNode evaluation) => string.Join(' ', new[] { "boots", "Seen", "Order" }.Select(
        name => evaluation["uses"]!.AsArray().Single(use => use!["name"]!.GetValue<string>() == name)!["allowed"]!
            .GetValue<bool>() ? 1 : 0));

    private static string OfferOf(Answer decided) => decided.Json["winner"]!["offer"]!.GetValue<string>();

    private async Task<Answer> PutAsync(string path, string body)
    {
        Server.Time.Advance(TimeSpan.FromSeconds(1)); // what is said later stands
        return await Server.SendAsync(HttpMethod.Put, $"/v1/twins/ann/{path}", body);
    }

    [Fact]
    public async Task Facets_are_read_and_decided_for_apart()
    {
        await SendAsync("1", "Order", """{"channel":"b2b"}""");
        await SendAsync("2", "Order");
        await SendAsync("3", "Order", """{"persona":"work"}""");
        var (ann, work) = (await TwinAsync(), await TwinAsync("?persona=work"));
        Assert.Equal((1, 2), (Feature(ann, "orders"), Feature(work, "orders")));
        Assert.Equal((null, "work"), (ann["persona"]?.GetValue<string>(), work["persona"]!.GetValue<string>()));
        Assert.Equal(2, ann["operation"]!["personas"]!["facets"]!["work"]!["events"]!.GetValue<int>());
        var timeline = (await Server.GetAsync("/v1/twins/ann/timeline")).Json["entries"]!.AsArray();
        Assert.Equal(2, timeline.Count(entry => entry!["persona"]?.GetValue<string>() == "work"));

        Assert.Equal("desk", OfferOf(await DecideAsync("""{"context":{"channel":"b2b"}}""")));
        Assert.Equal("desk", OfferOf(await DecideAsync("""{"persona":"work"}""")));
        Assert.Equal("any", OfferOf(await DecideAsync()));
        var export = (await Server.GetAsync("/v1/twins/ann/export")).Json["records"]!.AsArray();
        var state = Assert.Single(export, record => record!["record"]!.GetValue<string>() == "state");
        Assert.Equal("work", Assert.Single(state!["personas"]!.AsArray())!["persona"]!.GetValue<string>());
    }

    [Fact]
    public async Task Decisions_of_a_pseudonymous_persona_do_not_name_the_customer()
    {
        await SendAsync("1", "Seen");
        await SendAsync("2", "Order");
        var early = await PutAsync("persona", """{"persona":"self"}""");
        early.IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible");
        var said = await PutAsync("personas/self", """{"likes":"hiking"}""");
        var pseudonym = said.Text("pseudonym");
        Assert.Equal(pseudonym, (await PutAsync("personas/self", "{}")).Text("pseudonym"));
        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync("persona", """{"persona":"self"}""")).Status);

        using var receiver = await Receiver.OpenAsync(Server, lastEventId: null, from: "beginning");
        var decided = await DecideAsync();
        Assert.Equal("boots", OfferOf(decided));
        Assert.DoesNotContain("\"ann\"", decided.Body, StringComparison.Ordinal);
        var sent = (await receiver.NextAsync()).Data;
        Assert.Equal((pseudonym, "self"), (sent["customer"]!.GetValue<string>(), sent["persona"]!.GetValue<string>()));
        Assert.DoesNotContain("\"ann\"", sent.ToJsonString(), StringComparison.Ordinal);

        var refused = await Server.PostEventsAsync("""[{"id":"3","type":"Seen","customer":"ann"}]""");
        Assert.Contains("stands behind a persona", refused.Body, StringComparison.Ordinal);
        Assert.Null(Feature(await TwinAsync(), "seen"));
        Assert.Equal(1, Feature(await TwinAsync(), "orders")); // a contract asks for it
        var dryRun = await Server.SendAsync(HttpMethod.Post, "/v1/consent/evaluate", """{"customer":"ann"}""");
        Assert.Equal("0 0 1", Allowed(dryRun.Json));
        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync("persona", """{"persona":null}""")).Status);
        var assumed = """{"customer":"ann","persona":"self"}""";
        dryRun = await Server.SendAsync(HttpMethod.Post, "/v1/consent/evaluate", assumed);
        Assert.Equal("0 0 1", Allowed(dryRun.Json));
        dryRun = await Server.SendAsync(HttpMethod.Post, "/v1/consent/evaluate", """{"customer":"ann"}""");
        Assert.Equal("1 1 1", Allowed(dryRun.Json));
        Assert.Equal(1, Feature(await TwinAsync(), "seen"));
        Assert.Equal("ann", (await DecideAsync()).Text("customer"));

        var export = (await Server.GetAsync("/v1/twins/ann/export")).Json;
        Assert.Equal($"ann {pseudonym}", string.Join(' ', export["customers"]!.AsArray().Select(id => id!.ToString())));
        var receipt = (await Server.SendAsync(HttpMethod.Delete, "/v1/twins/ann")).Json;
        Assert.Equal(2, receipt["subjects"]!.AsArray().Count); // who knows the pseudonym alone is told too
    }

    [Fact]
    public async Task Hypothetical_twin_is_another_persona_and_never_comes_beyondfrom_behind_one()
    {
        await SendAsync("1", "Seen");
        await SendAsync("2", "Order", """{"channel":"b2b"}""");
        var work = await ForkAsync("""{"persona":"work"}""");
        Assert.Equal("work", work.Json["twin"]!.AsObject()["persona"]!.GetValue<string>());
        Assert.Equal((1, 0), (Feature(work.Json["twin"]!, "orders"), Feature(work.Json["twin"]!, "seen")));
        Assert.Equal("desk", OfferOf(await DecideForAsync(work)));

        var self = await ForkAsync("""{"persona":"self","attributes":{"self:likes":"hiking"} }""");
        var decided = await DecideForAsync(self);
        Assert.Equal(("boots", self.Text("id")), (OfferOf(decided), decided.Text("customer")));
        Assert.DoesNotContain("\"ann\"", decided.Body, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, (await PutAsync("personas/self", """{"likes":"tea"}""")).Status);
        Assert.Equal(HttpStatusCode.OK, (await Server.GetAsync($"/v1/hypothetical/{work.Text("id")}")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync("persona", """{"persona":"self"}""")).Status);
        (await Server.GetAsync($"/v1/hypothetical/{work.Text("id")}"))
            .IsProblem(HttpStatusCode.NotFound, "not-found");
        var beyond = await Server.SendAsync(
            HttpMethod.Post, "/v1/twins/ann/hypothetical", """{"persona":"work"}""");
        beyond.IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible");
        Assert.Contains("set aside", beyond.Text("detail"), StringComparison.Ordinal);
        Assert.Equal("boots", OfferOf(await DecideForAsync(
            await ForkAsync("""{"attributes":{"self:likes":"hiking"} }"""))));

        async Task<Answer> ForkAsync(string body)
        {
            var fork = await Server.SendAsync(HttpMethod.Post, "/v1/twins/ann/hypothetical", body);
            Assert.True(fork.Status == HttpStatusCode.Created, fork.Body);
            return fork;
        }

        Task<Answer> DecideForAsync(Answer fork) => Server.SendAsync(
            HttpMethod.Post, $"/v1/hypothetical/{fork.Text("id")}/next-best-action", "{}");
    }

    [Theory]
    [InlineData("personas/travel", """{"likes":"x"}""", 400, "work, self")]
    [InlineData("personas/work", "{}", 400, "no attribute")]
    [InlineData("personas/work", """{"likes":["x"]}""", 400, "must be text")]
    [InlineData("personas/work", """{"hates":"x"}""", 422, "There is no attribute")]
    [InlineData("personas/self", """{"pseudonym":"bob"}""", 400, "made here")]
    [InlineData("personas/work", """{"persona":"self"}""", 422, "customer as such")]
    [InlineData("persona", """{"persona":"travel"}""", 400, "work, self")]
    [InlineData("persona", "7", 400, "")]
    public async Task What_cannot_be_said_is_refused(string path, string body, int status, string says)
    {
        var answer = await PutAsync(path, body);
        Assert.Equal(status, (int)answer.Status);
        Assert.Contains(says, answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_persona_is_refused_wherever_it_is_named()
    {
        await SendAsync("1", "Order");
        (await Server.GetAsync("/v1/twins/ann?persona=travel")).IsProblem(HttpStatusCode.BadRequest, "malformed");
        (await Server.SendAsync(HttpMethod.Post, "/v1/twins/ann/next-best-action", """{"persona":"travel"}"""))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
        foreach (var name in new[] { "travel", "self" })
        {
            var answer = await Server.PostEventsAsync(
                $$"""[{"id":"{{name}}","type":"Order","customer":"ann","context":{"persona":"{{name}}"} }]""");
            Assert.Equal("quarantined", answer.Json["results"]![0]!["status"]!.GetValue<string>());
        }
        var pseudonym = await Server.SendAsync(
            HttpMethod.Post, "/v1/attributes", """[{"customer":"ann","attributes":{"self:pseudonym":"bob"}}]""");
        Assert.Contains("made here", pseudonym.Body, StringComparison.Ordinal);
    }
}
