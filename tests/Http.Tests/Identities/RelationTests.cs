using System.Net;
using System.Text.Json.Nodes;

namespace DToC.Http.Tests.Identities;

/// <summary>Households: who belongs to whom is said of a twin, and merges nobody.</summary>
public sealed class RelationTests : IAsyncLifetime
{
    private const string Definition = """
        {
          "name": "homes", "version": "1",
          "customer": {
            "kinds": ["person", "household"],
            "relations": {
              "memberOf": { "from": "person", "to": "household", "category": "profile", "maxTargets": 2 },
              "knows": { "from": "person", "to": "person" }
            }
          },
          "purposes": ["service", "marketing"],
          "categories": {
            "behaviour": { "retentionDays": 30, "bases": { "service": "contract" } },
            "profile": { "retentionDays": 30, "bases": { "marketing": "consent" } }
          },
          "features": { "moves": { "kind": "count", "of": "Moved" } },
          "events": { "Moved": { "category": "behaviour", "attributes": { "memberOf": "home" } } }
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

    [Fact]
    public async Task Household_is_named_in_twin_and_timeline_and_nobody_is_merged()
    {
        foreach (var id in new[] { "ann", "bob" })
        {
            await SayAsync(id, "granted");
            Assert.Equal(HttpStatusCode.NoContent, (await PutAsync(id, """{"memberOf":["h-7","h-9","h-7"]}""")).Status);
            Assert.Equal("h-7 h-9", string.Join(' ', await HouseholdsAsync(id)));
        }
        var entry = (await Server.GetAsync("/v1/twins/ann/timeline")).Json["entries"]![0]!;
        Assert.Equal("attributes", entry["kind"]!.GetValue<string>());
        Assert.Equal("h-9", entry["values"]!["memberOf"]![1]!.GetValue<string>());
        Assert.Equal("ann", (await Server.GetAsync("/v1/twins/ann")).Json["customer"]!.GetValue<string>());
        (await Server.GetAsync("/v1/twins/h-7")).IsProblem(HttpStatusCode.NotFound, "not-found");

        Server.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync("ann", """{"memberOf":[]}""")).Status);
        Assert.Empty(await HouseholdsAsync("ann"));
    }

    [Fact]
    public async Task Relation_is_kept_and_shown_as_far_as_there_is_a_basis()
    {
        var before = await PutAsync("cem", """{"memberOf":["h-7"]}""");
        before.IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible");
        await SayAsync("cem", "granted");
        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync("cem", """{"memberOf":["h-7"]}""")).Status);
        Server.Time.Advance(TimeSpan.FromSeconds(1));
        await SayAsync("cem", "withdrawn");
        Assert.Null((await Server.GetAsync("/v1/twins/cem")).Json["description"]!["relations"]!["memberOf"]);
        Assert.DoesNotContain("h-7", (await Server.GetAsync("/v1/twins/cem/timeline")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Event_may_say_it_too()
    {
        await SayAsync("dora", "granted");
        var answer = await Server.PostEventsAsync(
            """{"id":"1","type":"Moved","customer":"dora","properties":{"home":"h-3"}}""");
        Assert.Equal(1, answer.Number("accepted"));
        Assert.Equal("h-3", Assert.Single(await HouseholdsAsync("dora")));
    }

    [Fact]
    public async Task Relation_said_of_a_merged_customer_goes_with_it_when_it_is_split_off()
    {
        foreach (var id in new[] { "fay", "gil" })
        {
            await SayAsync(id, "granted");
            Assert.Equal(HttpStatusCode.NoContent, (await PutAsync(id, $$"""{"memberOf":["of-{{id}}"]}""")).Status);
        }
        Server.Time.Advance(TimeSpan.FromSeconds(1));
        await Server.SendAsync(HttpMethod.Post, "/v1/twins/fay/merge", """{"into":"gil"}""");
        Assert.Equal(HttpStatusCode.NoContent, (await PutAsync("fay", """{"memberOf":["h-5"]}""")).Status);
        Assert.Equal("h-5", Assert.Single(await HouseholdsAsync("gil")));

        await Server.SendAsync(HttpMethod.Post, "/v1/twins/gil/split", """{"customer":"fay"}""");
        Assert.Equal("h-5", Assert.Single(await HouseholdsAsync("fay")));
        Assert.Equal("of-gil", Assert.Single(await HouseholdsAsync("gil")));
    }

    [Fact]
    public async Task Household_is_what_those_who_belong_to_it_add_up_to_as_far_as_each_allows()
    {
        foreach (var id in new[] { "ada", "ben", "cleo", "dan" })
        {
            await SayAsync(id, "granted");
            var home = id == "dan" ? "h-10" : "h-1";
            await Server.PostEventsAsync(
                $$$"""{"id":"1","type":"Moved","customer":"{{{id}}}","properties":{"home":"{{{home}}}"}}""");
            Assert.Equal(HttpStatusCode.NoContent, (await PutAsync(id, $$"""{"memberOf":["{{home}}"]}""")).Status);
        }
        await Server.PostEventsAsync("""{"id":"2","type":"Moved","customer":"ada","properties":{}}""");
        Server.Time.Advance(TimeSpan.FromSeconds(1));
        await SayAsync("cleo", "withdrawn");

        var home1 = (await Server.GetAsync("/v1/twins/h-1/people?relation=memberOf")).Json;

        Assert.Equal(2, home1["people"]!.GetValue<int>());
        Assert.Equal(
            "ada ben",
            string.Join(' ', home1["members"]!["memberOf"]!.AsArray().Select(id => id!.GetValue<string>())));
        var moves = home1["numbers"]!["moves"]!;
        Assert.Equal(
            (2, 3, 1.5, 1, 2),
            (moves["count"]!.GetValue<int>(), moves["sum"]!.GetValue<double>(), moves["mean"]!.GetValue<double>(),
                moves["least"]!.GetValue<double>(), moves["greatest"]!.GetValue<double>()));
        await Server.SendAsync(HttpMethod.Delete, "/v1/twins/ben");
        Assert.Equal(1, (await Server.GetAsync("/v1/twins/h-1/people")).Number("people"));
        Assert.Equal(0, (await Server.GetAsync("/v1/twins/h-2/people")).Number("people"));
        (await Server.GetAsync("/v1/twins/h-1/people?relation=knows"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
    }

    [Theory]
    [InlineData("""{"memberOf":["a","b","c"]}""", 422, "names at most 2")]
    [InlineData("""{"knows":["a"]}""", 400, "the definition has memberOf")]
    [InlineData("""{"memberOf":"a"}""", 400, "must be a list")]
    [InlineData("""{"memberOf":["null"]}""", 400, "must be a list")]
    [InlineData("""{"memberOf":["a\nb"]}""", 400, "must be a list")]
    [InlineData("""{"memberOf":["\ud800"]}""", 400, "must be a list")]
    [InlineData("{}", 400, "no relation")]
    public async Task What_cannot_be_said_is_refused(string body, int status, string says)
    {
        await SayAsync("eve", "granted");
        var answer = await PutAsync("eve", body);
        Assert.Equal(status, (int)answer.Status);
        Assert.Contains(says, answer.Body, StringComparison.Ordinal);
    }

    private Task<Answer> PutAsync(string id, string body) =>
        Server.SendAsync(HttpMethod.Put, $"/v1/twins/{id}/relations?source=desk", body);

    private async Task SayAsync(string id, string said)
    {
        var answer = await Server.SendAsync(
            HttpMethod.Put, $"/v1/twins/{id}/consents", $"{{\"marketing\":\"{said}\"}}");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    private async Task<IEnumerable<string>> HouseholdsAsync(string id) =>
        (await Server.GetAsync($"/v1/twins/{id}")).Json["description"]!["relations"]!["memberOf"]!["customers"]!
            .AsArray().Select((JsonNode? node) => node!.GetValue<string>());
}
