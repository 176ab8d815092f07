using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using DToC.Http.Tests.Console;

namespace DToC.Http.Tests.Delivery;

/// <summary>Destinations over the API: what may be set, what is shown, what is never shown again.</summary>
public sealed class DestinationEndpointTests : IAsyncLifetime
{
    private const string Given = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private ApiServer? _server;
    private HookReceiver? _receiver;

    private ApiServer Server => _server ?? throw new InvalidOperationException("Not started.");

    private HookReceiver Receiver => _receiver ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync()
    {
        _server = await ApiServer.StartAsync(
            new HttpOptions { DeliveryNetworks = [IPNetwork.Parse("127.0.0.0/8")] });
        _receiver = await HookReceiver.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    [Fact]
    public async Task Destination_is_made_read_changed_listed_and_removed()
    {
        var made = await PostAsync($$"""{"name":"crm","kind":"webhook","url":"{{Receiver.Url}}","preset":"crm"}""");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.StartsWith("whsec_", made.Text("secret"), StringComparison.Ordinal);
        (await PostAsync($$"""{"name":"crm","kind":"webhook","url":"{{Receiver.Url}}"}"""))
            .IsProblem(HttpStatusCode.Conflict, "conflict");
        await DecideAsync("one");
        await SoonAsync(() => Receiver.Taken.Count == 1);
        Assert.Equal("upsert", Receiver.Taken.Single().Json["operation"]!.GetValue<string>());

        var put = await Server.SendAsync(HttpMethod.Put, "/v1/destinations/crm",
            $$"""{"kind":"webhook","url":"{{Receiver.Url}}","enabled":false,"topics":["decisions","erasures"]}""");
        Assert.Equal((HttpStatusCode.OK, true), (put.Status, put.Json["secret"] is null));
        await DecideAsync("two");
        var read = (await Server.GetAsync("/v1/destinations/crm")).Json;
        Assert.Equal((false, "Not enabled"), (
            read["status"]!["running"]!.GetValue<bool>(), read["status"]!["problem"]!.GetValue<string>()));
        Assert.Single(Receiver.All);

        await Server.SendAsync(HttpMethod.Put, "/v1/destinations/crm",
            $$"""{"kind":"webhook","url":"{{Receiver.Url}}","topics":["decisions","erasures"]}""");
        await SoonAsync(() => Receiver.Taken.Count == 2);
        Assert.Equal("next-best-action", Receiver.Taken.Last().Json["type"]!.GetValue<string>());
        Assert.Single((await Server.GetAsync("/v1/destinations")).Json["destinations"]!.AsArray());
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync("crm")).Status);
        (await DeleteAsync("crm")).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Server.GetAsync("/v1/destinations/crm")).IsProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Secrets_are_never_shown_again_and_stand_in_no_log()
    {
        var body =
            $$"""
            {"name":"crm","kind":"webhook","url":"{{Receiver.Url}}","secret":"{{Given}}",
             "headers":{"Authorization":"Bearer planted-secret"} }
            """;
        var made = await PostAsync(body);
        await DecideAsync("one");
        await SoonAsync(() => Receiver.Taken.Count == 1);
        Assert.Equal("Bearer planted-secret", Receiver.Taken.Single().Headers["Authorization"]);
        var texts = new List<string> { made.Body, Server.Log.Text };
        foreach (var path in (string[])["/v1/destinations", "/v1/destinations/crm", "/metrics"])
            texts.Add((await Server.GetAsync(path)).Body);
        Assert.All(texts, text =>
        {
            Assert.DoesNotContain("planted-secret", text, StringComparison.Ordinal);
            Assert.DoesNotContain(Given[6..], text, StringComparison.Ordinal);
        });
        Assert.Contains("Authorization", texts[2], StringComparison.Ordinal);

        // What is not sent stays; a rotation signs with both for as long as was asked.
        await Server.SendAsync(
            HttpMethod.Put, "/v1/destinations/crm", $$"""{"kind":"webhook","url":"{{Receiver.Url}}"}""");
        await Server.SendAsync(HttpMethod.Post, "/v1/destinations/crm/secret", """{"overlapHours":1}""");
        await DecideAsync("two");
        await SoonAsync(() => Receiver.Taken.Count == 2);
        Assert.Equal(2, Receiver.Taken.Last().Signature.Split(' ').Length);
        Assert.Equal("Bearer planted-secret", Receiver.Taken.Last().Headers["Authorization"]);
        Server.Time.Advance(TimeSpan.FromHours(2));
        await DecideAsync("three");
        await SoonAsync(() => Receiver.Taken.Count == 3);
        Assert.Single(Receiver.Taken.Last().Signature.Split(' '));
    }

    [Theory]
    [InlineData("""{"kind":"webhook","url":"https://a.example/"}""", "name")]
    [InlineData("""{"name":"CRM","kind":"webhook","url":"https://a.example/"}""", "name")]
    [InlineData("""{"name":"x","url":"https://a.example/"}""", "kind")]
    [InlineData("""{"name":"x","kind":"webhook"}""", "url")]
    [InlineData("""{"name":"x","kind":"webhook","url":"ftp://a.example/"}""", "url")]
    [InlineData("""{"name":"x","kind":"webhook","url":"https://user:word@a.example/"}""", "headers")]
    [InlineData("""{"name":"x","kind":"webhook","url":"https://a.example/","exchange":"e"}""", "exchange")]
    [InlineData("""{"name":"x","kind":"amqp","url":"amqps://a.example/"}""", "exchange")]
    [InlineData("""{"name":"x","kind":"amqp","url":"https://a.example/","exchange":"e"}""", "amqps://")]
    [InlineData("""{"name":"x","kind":"webhook","url":"https://a.example/","offers":["bestseller"]}""", "bestsellers")]
    [InlineData("""{"name":"x","kind":"webhook","url":"https://a.example/","channels":["fax"]}""", "email")]
    [InlineData("""{"name":"x","kind":"webhook","url":"https://a.example/","preset":"fax"}""", "contact-centre")]
    [InlineData("""{"name":"x","kind":"webhook","url":"https://a.example/","template":{"a":"{{b}}"}}""", "template.a")]
    [InlineData("""{"name":"x","kind":"webhook","url":"https://a.example/","secret":"short"}""", "whsec_")]
    [InlineData("""{"name":"x","kind":"webhook","url":"https://a.example/","headers":{"Host":"1"}}""", "Host")]
    [InlineData("""{"name":"x","kind":"webhook","url":"https://a.example/","headers":{"X-A":"a\nb"}}""", "printable")]
    [InlineData("""{"name":"x","kind":"webhook","url":"https://a.example/","inFlight":0}""", "inFlight")]
    [InlineData("""{"name":"x","kind":"webhook","url":"https://a.example/","timeoutSeconds":61}""", "timeoutSeconds")]
    [InlineData("""{"name":"x","kind":"webhook","url":"https://a.example/","retry":{"attempts":0}}""", "attempts")]
    [InlineData("""{"name":"x","kind":"webhook","url":"https://a.example/","ratePerSecond":0}""", "ratePerSecond")]
    [InlineData("""{"name":"x","kind":"webhook","url":"https://a.example/","from":"yesterday"}""", "beginning")]
    public async Task What_cannot_be_a_destination_is_a_problem_that_says_what_would_be_right(string body, string right)
    {
        var answer = (await PostAsync(body)).IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible");
        Assert.Contains(right, answer.Text("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"x","kind":"webhook","url":"https://a.example/","timeout":3}""")]
    [InlineData("""{"name":"x","kind":"fax","url":"https://a.example/"}""")]
    [InlineData("""{"name":"x","kind":"webhook","url":"https://a.example/","topics":["weather"]}""")]
    public async Task What_is_not_known_is_not_passed_over(string body) =>
        (await PostAsync(body)).IsProblem(HttpStatusCode.BadRequest, "malformed");

    [Fact]
    public async Task Routes_ask_for_their_scopes()
    {
        var operate = await Server.IssueAsync("operate");
        Assert.Equal(HttpStatusCode.OK, (await Server.GetAsync("/v1/destinations", operate)).Status);
        var made = await Server.SendAsync(HttpMethod.Post, "/v1/destinations", "{}", key: operate);
        made.IsProblem(HttpStatusCode.Forbidden, "scope-missing");
    }

    [Fact]
    public async Task Dead_letters_are_listed_replayed_and_discarded_and_name_nobody()
    {
        Receiver.Answer = (_, _) => Task.FromResult(500);
        await PostAsync(
            $$"""
            {"name":"crm","kind":"webhook","url":"{{Receiver.Url}}",
             "retry":{"attempts":2,"firstDelaySeconds":0.1,"maxDelaySeconds":0.1} }
            """);
        var customers = new List<string>();
        for (var i = 0; i < 3; i++) customers.Add(await DecideAsync($"dead{i}"));
        JsonNode page = new JsonObject();
        await SoonAsync(async () =>
            (page = (await Server.GetAsync("/v1/destinations/crm/dead-letters")).Json)["total"]!.GetValue<int>() == 3);
        var letters = page["deadLetters"]!.AsArray();
        Assert.All(letters, letter => Assert.Equal("status-500", letter!["reason"]!.GetValue<string>()));
        foreach (var customer in customers)
            Assert.DoesNotContain(customer, page.ToJsonString(), StringComparison.Ordinal);
        var first = await Server.GetAsync("/v1/destinations/crm/dead-letters?limit=2");
        Assert.Equal(2, first.Json["deadLetters"]!.AsArray().Count);
        var rest = await Server.GetAsync($"/v1/destinations/crm/dead-letters?limit=2&after={first.Text("next")}");
        Assert.Single(rest.Json["deadLetters"]!.AsArray());

        Receiver.Answer = (_, _) => Task.FromResult(200);
        var id = letters[0]!["id"]!.GetValue<string>();
        var replayed = await Server.SendAsync(
            HttpMethod.Post, "/v1/destinations/crm/dead-letters/replay", $$"""{"ids":["{{id}}"]}""");
        Assert.Equal(1, replayed.Number("count"));
        await SoonAsync(() => Receiver.Taken.Count == 1);
        Assert.Equal(letters[0]!["messageId"]!.GetValue<string>(), Receiver.Taken.Single().Id);
        var discarded = await Server.SendAsync(HttpMethod.Post, "/v1/destinations/crm/dead-letters/discard");
        Assert.Equal(2, discarded.Number("count"));
        Assert.Equal(0, (await Server.GetAsync("/v1/destinations/crm/dead-letters")).Number("total"));
        (await Server.SendAsync(
            HttpMethod.Post, "/v1/destinations/crm/dead-letters/replay", """{"ids":["w0000000000000001"]}"""))
            .IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible");
    }

    [Fact]
    public async Task Queue_age_and_breaker_stand_in_the_metrics_and_on_the_operators_page()
    {
        using var nobody = new Socket(SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)nobody.LocalEndPoint!).Port;
        await PostAsync($$"""{"name":"away","kind":"webhook","url":"http://127.0.0.1:{{port}}/"}""");
        for (var i = 0; i < 8; i++) await DecideAsync($"away{i}");
        var metrics = "";
        await SoonAsync(async () =>
            (metrics = (await Server.GetAsync("/metrics")).Body).Contains(
                "dtoc_delivery_breaker{destination=\"away\",state=\"open\"} 1", StringComparison.Ordinal));
        Assert.Contains("dtoc_delivery_queue{destination=\"away\"} 8", metrics, StringComparison.Ordinal);
        Assert.Matches("dtoc_delivery_oldest_seconds\\{destination=\"away\"\\} [0-9.]+\n", metrics);
        Assert.DoesNotMatch("dtoc_delivery_oldest_seconds\\{destination=\"away\"\\} 0\n", metrics);
        using var browser = new Browser(Server);
        using var signedIn = await browser.SignInAsync(ApiServer.AdminKey);
        using var page = await browser.GetAsync("/");
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains("away", html, StringComparison.Ordinal);
        Assert.Contains("Held back", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Notices_of_consents_and_erasures_go_to_those_who_ask_for_them()
    {
        await PostAsync(
            $$"""
            {"name":"crm","kind":"webhook","url":"{{Receiver.Url}}","topics":["consentNotices","erasures"]}
            """);
        var customer = await DecideAsync("gone");
        await Server.SendAsync(HttpMethod.Put, $"/v1/twins/{customer}/consents", """{"analytics":"objected"}""");
        await SoonAsync(() => Receiver.Taken.Any(hook => hook.Json["type"]!.GetValue<string>() == "consent-notice"));
        await Server.SendAsync(HttpMethod.Delete, $"/v1/twins/{customer}");
        await SoonAsync(() => Receiver.Taken.Any(hook => hook.Json["type"]!.GetValue<string>() == "erasure"));
        var erasure = Receiver.Taken.Last();
        Assert.DoesNotContain(customer, erasure.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(Receiver.Taken, hook => hook.Json["type"]!.GetValue<string>() == "next-best-action");
    }

    [Theory]
    [InlineData("""{"name":"in","url":"amqps://a.example/"}""", "queue")]
    [InlineData("""{"name":"in","url":"amqps://a.example/","queue":"q"}""", "deadLetterExchange")]
    [InlineData("""{"name":"in","url":"amqps://a/","queue":"q","deadLetterExchange":""}""", "deadLetterRoutingKey")]
    [InlineData("""{"name":"in","url":"https://a.example/","queue":"q","deadLetterExchange":"x"}""", "amqps://")]
    [InlineData("""{"name":"in","url":"amqps://a/","queue":"q","deadLetterExchange":"x","prefetch":0}""", "prefetch")]
    public async Task What_cannot_be_an_intake_is_a_problem_that_says_what_would_be_right(string body, string right)
    {
        var answer = await Server.SendAsync(HttpMethod.Post, "/v1/intakes", body);
        Assert.Contains(
            right, answer.IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible").Text("detail"),
            StringComparison.Ordinal);
    }

    private Task<Answer> PostAsync(string body) => Server.SendAsync(HttpMethod.Post, "/v1/destinations", body);

    private Task<Answer> DeleteAsync(string name) => Server.SendAsync(HttpMethod.Delete, $"/v1/destinations/{name}");

    /// <summary>A decision that is published; gives its customer.</summary>
    private async Task<string> DecideAsync(string prefix)
    {
        for (var i = 0; ; i++)
        {
            var customer = $"{prefix}-customer-{i}";
            await Server.PostEventsAsync(EventFormsTests.Event($"{prefix}-{i}", customer));
            var decided = await Server.SendAsync(HttpMethod.Post, $"/v1/twins/{customer}/next-best-action");
            if (decided.Json["winner"] is not null) return customer;
        }
    }

    private static Task SoonAsync(Func<bool> isSo) => SoonAsync(() => Task.FromResult(isSo()));

    private static async Task SoonAsync(Func<Task<bool>> isSo)
    {
        var until = DateTime.UtcNow.AddSeconds(120);
        while (!await isSo())
        {
            Assert.True(DateTime.UtcNow < until, "It did not come to pass within two minutes.");
            await Task.Delay(10); // sockets take real time
        }
    }
}
