using System.Net;

namespace DToC.Http.Tests.Hypothetical;

/// <summary>How long hypothetical twins last, who sees them, how many there are.</summary>
public sealed class HypotheticalLifeTests
{
    private static async Task<ApiServer> StartAsync(HttpOptions? options = null)
    {
        var server = await ApiServer.StartAsync(options);
        foreach (var customer in new[] { "bea", "cid" })
            await server.PostEventsAsync(EventFormsTests.Event("first", customer));
        return server;
    }

    private static Task<Answer> TryForkAsync(
        ApiServer server, string customer, string body = "{}", string key = ApiServer.AdminKey) =>
        server.SendAsync(HttpMethod.Post, $"/v1/twins/{customer}/hypothetical", body, key: key);

    private static async Task<string> ForkAsync(ApiServer server, string customer = "bea", string body = "{}")
    {
        var answer = await TryForkAsync(server, customer, body);
        Assert.True(answer.Status == HttpStatusCode.Created, answer.Body);
        return $"/v1/hypothetical/{answer.Text("id")}";
    }

    private static async Task AssertGoneAsync(ApiServer server, string path)
    {
        (await server.GetAsync(path)).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await server.GetAsync($"{path}/explain")).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await server.SendAsync(HttpMethod.Post, $"{path}/next-best-action", "{}"))
            .IsProblem(HttpStatusCode.NotFound, "not-found");
        (await server.SendAsync(HttpMethod.Post, $"{path}/events", """{"type":"Email Opened"}"""))
            .IsProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Hypothetical_twin_expires_after_an_hour_or_when_it_was_asked_to()
    {
        await using var server = await StartAsync();
        var (hour, brief, day) = (await ForkAsync(server), await ForkAsync(server, "bea", Minutes(5)),
            await ForkAsync(server, "bea", Minutes(1_440)));
        server.Time.Advance(TimeSpan.FromMinutes(6));
        await AssertGoneAsync(server, brief);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync(hour)).Status);
        server.Time.Advance(TimeSpan.FromMinutes(55));
        await AssertGoneAsync(server, hour);
        Assert.Equal(
            day.Split('/')[^1],
            Assert.Single((await server.GetAsync("/v1/hypothetical")).Json.AsArray())!["id"]!.GetValue<string>());

        static string Minutes(int minutes) => $$"""{"expiresInMinutes":{{minutes}}}""";
    }

    [Theory]
    [InlineData("""{"analytics":"withdrawn"}""")]
    [InlineData("""{"analytics":"restricted"}""")]
    public async Task Hypothetical_twin_goes_when_its_customer_withdraws_and_does_not_come_back(string said)
    {
        await using var server = await StartAsync();
        var (mine, other) = (await ForkAsync(server), await ForkAsync(server, "cid"));
        await ConsentAsync("""{"marketing":"granted"}"""); // more is no reason to go
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync(mine)).Status);

        await ConsentAsync(said);
        await AssertGoneAsync(server, mine);
        await ConsentAsync("""{"analytics":"granted"}""");
        await ConsentAsync("""{"analytics":"unrestricted"}""");

        await AssertGoneAsync(server, mine);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync(other)).Status);

        async Task ConsentAsync(string body)
        {
            server.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(
                HttpStatusCode.OK, (await server.SendAsync(HttpMethod.Put, "/v1/twins/bea/consents", body)).Status);
        }
    }

    [Fact]
    public async Task Hypothetical_twin_goes_when_a_consent_expires()
    {
        await using var server = await StartAsync();
        var expires = server.Time.GetUtcNow().AddMinutes(10).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        var said = $$"""{"marketing":{"said":"granted","expires":"{{expires}}"} }""";
        await server.SendAsync(HttpMethod.Put, "/v1/twins/bea/consents", said);
        var path = await ForkAsync(server);
        server.Time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync(path)).Status);
        server.Time.Advance(TimeSpan.FromMinutes(2));
        await AssertGoneAsync(server, path);
    }

    [Fact]
    public async Task Hypothetical_twin_goes_with_the_erasure_of_its_customer_at_once()
    {
        await using var server = await StartAsync();
        var (mine, other) = (await ForkAsync(server), await ForkAsync(server, "cid"));
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(HttpMethod.Delete, "/v1/twins/bea")).Status);
        var left = Assert.Single((await server.GetAsync("/v1/hypothetical")).Json.AsArray())!;
        Assert.Equal("cid", left["customer"]!.GetValue<string>());
        await AssertGoneAsync(server, mine);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync(other)).Status);
        (await TryForkAsync(server, "bea")).IsProblem(HttpStatusCode.Gone, "erased");
    }

    [Fact]
    public async Task Hypothetical_twin_goes_when_its_customer_becomes_another()
    {
        await using var server = await StartAsync();
        var path = await ForkAsync(server);
        var merged = await server.SendAsync(HttpMethod.Post, "/v1/twins/bea/merge", """{"into":"cid"}""");
        Assert.Equal(HttpStatusCode.OK, merged.Status);
        await AssertGoneAsync(server, path);
    }

    [Fact]
    public async Task List_has_what_the_key_made_the_newest_first()
    {
        await using var server = await StartAsync();
        var key = await server.IssueAsync("read");
        await TryForkAsync(server, "bea", """{"name":"old"}""", key);
        server.Time.Advance(TimeSpan.FromSeconds(1));
        var made = await TryForkAsync(server, "cid", """{"name":"new"}""", key);
        var listed = (await server.GetAsync("/v1/hypothetical", key)).Json.AsArray();
        Assert.Equal("new old", string.Join(' ', listed.Select(entry => entry!["name"]!.GetValue<string>())));
        Assert.Empty((await server.GetAsync("/v1/hypothetical")).Json.AsArray());
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync($"/v1/hypothetical/{made.Text("id")}")).Status);
    }

    [Fact]
    public async Task Number_events_and_memory_are_bounded()
    {
        var options = new HttpOptions
        {
            MaxHypotheticalTwins = 3, MaxHypotheticalTwinsPerKey = 2, MaxHypotheticalEvents = 2,
            MaxHypotheticalBytes = 32 * 1024,
        };
        await using var server = await StartAsync(options);
        var (key, path) = (await server.IssueAsync("read"), await ForkAsync(server));
        await ForkAsync(server);
        var perKey = (await TryForkAsync(server, "bea")).IsProblem(HttpStatusCode.TooManyRequests, "busy");
        Assert.Contains("This key has 2", perKey.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, (await TryForkAsync(server, "bea", key: key)).Status);
        Assert.Contains(
            "There are 3", (await TryForkAsync(server, "bea", key: key)).Body, StringComparison.Ordinal);

        var three = """[{"type":"Email Opened"},{"type":"Email Opened"},{"type":"Email Opened"}]""";
        (await server.SendAsync(HttpMethod.Post, $"{path}/events", three))
            .IsProblem(HttpStatusCode.RequestEntityTooLarge, "over-limit");
        var large = $$"""{"type":"Email Opened","properties":{"note":"{{new string('x', 20_000)}}"} }""";
        var over = await server.SendAsync(HttpMethod.Post, $"{path}/events", large);
        over.IsProblem(HttpStatusCode.TooManyRequests, "busy");
        var metrics = (await server.GetAsync("/metrics")).Body;
        Assert.Contains("dtoc_limited_total{limit=\"hypotheticalTwins\"} 3", metrics, StringComparison.Ordinal);
        // What is let go makes room.
        Assert.Equal(HttpStatusCode.NoContent, (await server.SendAsync(HttpMethod.Delete, path)).Status);
        await ForkAsync(server);
    }

    [Fact]
    public async Task Events_of_two_at_once_are_both_there_or_one_is_told()
    {
        await using var server = await StartAsync();
        var path = await ForkAsync(server);
        var sent = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => server.SendAsync(
            HttpMethod.Post, $"{path}/events", $$"""{"id":"e{{i}}","type":"Email Opened"}""")));
        Assert.All(sent, answer => Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Conflict));
        var taken = sent.Count(answer => answer.Status == HttpStatusCode.OK);
        var events = (await server.GetAsync(path)).Json["twin"]!["description"]!["events"]!.GetValue<int>();
        Assert.Equal(1 + taken, events);
    }
}
