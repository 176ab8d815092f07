using System.Net;
using System.Text;
using DToC.Grains;
using DToC.Twin.Events;

namespace DToC.Http.Tests;

[Collection(SharedServerCollection.Name)]
public sealed class EventFormsTests(SharedServer shared)
{
    private ApiServer Server => shared.Server;

    [Fact]
    public async Task Single_event_is_accepted_once_and_then_a_duplicate()
    {
        var body = Event("single-1", "anna");
        var first = await Server.PostEventsAsync(body);
        Assert.Equal((HttpStatusCode.Accepted, 1), (first.Status, first.Number("accepted")));
        Assert.Equal(
            ("single-1", "anna"),
            (first.Json["results"]![0]!["id"]!.GetValue<string>(),
            first.Json["results"]![0]!["customer"]!.GetValue<string>()));
        var second = await Server.PostEventsAsync(body);
        Assert.Equal(
            (HttpStatusCode.Accepted, 0, 1),
            (second.Status, second.Number("accepted"), second.Number("duplicate")));
    }

    [Fact]
    public async Task Array_is_answered_event_by_event_in_order()
    {
        var answer = await Server.PostEventsAsync($$"""
            [ {{Event("array-1", "bert")}}, {"id":"array-2"}, {{Event("array-3", "cora", type: "Unheard Of")}},
              5, {{Event("array-4", "bert")}} ]
            """);
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal(
            "accepted refused quarantined refused accepted",
            string.Join(' ',
                answer.Json["results"]!.AsArray().Select(result => result!["status"]!.GetValue<string>())));
        Assert.Equal(
            (2, 0, 2, 1),
            (answer.Number("accepted"), answer.Number("duplicate"), answer.Number("refused"),
            answer.Number("quarantined")));
    }

    [Fact]
    public async Task Lines_are_answered_line_by_line_in_order()
    {
        var answer = await Server.PostEventsAsync(
            $"{Event("line-1", "dora")}\r\n\n{{not json\n{Event("line-4", "dora")}\n{Event("line-1", "dora")}",
            "application/x-ndjson");
        Assert.Equal("application/x-ndjson", answer.Response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(
            [(1, "accepted"), (3, "refused"), (4, "accepted"), (5, "duplicate")],
            answer.Lines.Select(line => (line["line"]!.GetValue<int>(), line["status"]!.GetValue<string>())));
    }

    [Fact]
    public async Task Structured_cloud_event_names_the_customer_by_subject()
    {
        var answer = await Server.PostEventsAsync(CloudEvent("ce-1", "emil"), "application/cloudevents+json");
        Assert.Equal(
            (HttpStatusCode.Accepted, "emil"),
            (answer.Status, answer.Json["results"]![0]!["customer"]!.GetValue<string>()));
        (await Server.PostEventsAsync(
            CloudEvent("ce-2", "emil").Replace("1.0", "0.3", StringComparison.Ordinal),
            "application/cloudevents+json"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
        (await Server.PostEventsAsync(
            CloudEvent("ce-3", "emil").Replace("\"data\"", "\"data_base64\"", StringComparison.Ordinal),
            "application/cloudevents+json"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task Batch_of_cloud_events_is_taken()
    {
        var answer = await Server.PostEventsAsync(
            $"[{CloudEvent("ceb-1", "emil")},{CloudEvent("ceb-2", "frida")}]",
            "application/cloudevents-batch+json");
        Assert.Equal((HttpStatusCode.Accepted, 2), (answer.Status, answer.Number("accepted")));
        (await Server.PostEventsAsync(CloudEvent("ceb-3", "emil"), "application/cloudevents-batch+json"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task Binary_cloud_event_is_taken_and_folded()
    {
        using var request = Server.Request(HttpMethod.Post, "/v1/events", """{"total":12.5,"currency":"EUR"}""");
        request.Headers.Add("ce-specversion", "1.0");
        request.Headers.Add("ce-id", "bin-1");
        request.Headers.Add("ce-type", "Order%20Completed");
        request.Headers.Add("ce-source", "shop");
        request.Headers.Add("ce-subject", "gustav");
        var answer = await Server.SendAsync(request);
        Assert.Equal((HttpStatusCode.Accepted, 1), (answer.Status, answer.Number("accepted")));
        var twin = await Server.GetAsync("/v1/twins/gustav");
        Assert.Equal(12.5, twin.Json["description"]!["features"]!["spend"]!.GetValue<double>());
    }

    [Fact]
    public async Task Identifiers_lead_to_the_customer_they_were_first_seen_with()
    {
        var known = await Server.PostEventsAsync("""
            {"id":"i-1","type":"Product Viewed","customer":"hanna",
             "identifiers":{"email":"h@x.example","anonymousId":"a1"}}
            """);
        Assert.Equal(1, known.Number("accepted"));
        // The link is an effect of the turn: it is looked up once it has been delivered.
        var email = new Identifier("email", "h@x.example");
        while (await Server.Host.ReadRowAsync(IdentityGrain.KeyOf(email), IdentityGrain.RowOf(email), default) is null)
        {
            await Task.Yield();
        }
        var linked = await Server.PostEventsAsync(
            """{"id":"i-2","type":"Product Viewed","identifiers":{"email":"h@x.example"}}""");
        Assert.Equal("hanna", linked.Json["results"]![0]!["customer"]!.GetValue<string>());
        var stranger = """
            {"id":"i-3","type":"Product Viewed","identifiers":{"anonymousId":"zz","email":"z@x.example"}}
            """;
        var minted =
            (await Server.PostEventsAsync(stranger)).Json["results"]![0]!["customer"]!.GetValue<string>();
        Assert.StartsWith("i-", minted, StringComparison.Ordinal);
        var again = await Server.PostEventsAsync(stranger.Replace("i-3", "i-4", StringComparison.Ordinal));
        Assert.Equal(minted, again.Json["results"]![0]!["customer"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"id":"x","type":"Product Viewed"}""", 400, "malformed")]
    [InlineData("""{"id":"x","type":"Product Viewed","customer":"a","properties":[1]}""", 400, "malformed")]
    [InlineData("""{"id":"x","type":"Product Viewed","customer":"a","time":NaN}""", 400, "malformed")]
    [InlineData("", 400, "malformed")]
    [InlineData("[{}", 400, "malformed")]
    [InlineData("[] []", 400, "malformed")]
    public async Task Event_that_cannot_be_read_is_a_problem_that_says_where(
        string body, int status, string type) =>
        (await Server.PostEventsAsync(body)).IsProblem((HttpStatusCode)status, type);

    [Theory]
    [InlineData("""{"id":"q1","type":"Product Viewed","customer":"a","time":"2199-01-01T00:00:00Z"}""", "absurdTime")]
    [InlineData("""{"id":"q2","type":"Order Completed","customer":"a","properties":{"total":"many"}}""", "wrongType")]
    [InlineData(
        """{"id":"q3","type":"Order Completed","customer":"a","properties":{"total":-5,"currency":"EUR"}}""",
        "implausible")]
    [InlineData(
        """{"id":"q4","type":"Order Completed","customer":"a","properties":{"total":5,"currency":"XXX"}}""",
        "unknownCurrency")]
    public async Task Event_a_person_can_repair_is_quarantined_with_a_reason(string body, string reason)
    {
        var answer = await Server.PostEventsAsync(body);
        Assert.Equal((HttpStatusCode.Accepted, 1), (answer.Status, answer.Number("quarantined")));
        Assert.StartsWith(
            reason, answer.Json["results"]![0]!["reason"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Form_that_is_not_known_is_a_problem(string type) =>
        (await Server.PostEventsAsync(Event("form-1", "a"), type))
            .IsProblem(HttpStatusCode.UnsupportedMediaType, "unknown-form");

    [Fact]
    public async Task Event_over_a_limit_is_refused_alone()
    {
        var wide = Event("wide", "ida")
            .Replace("\"p1\"", $"\"{new string('x', 33_000)}\"", StringComparison.Ordinal);
        (await Server.PostEventsAsync(wide)).IsProblem(HttpStatusCode.RequestEntityTooLarge, "over-limit");
        var deep = Event("deep", "ida")
            .Replace("\"p1\"", new StringBuilder().Insert(0, "[", 20).Append(new string(']', 20)).ToString(),
            StringComparison.Ordinal);
        (await Server.PostEventsAsync(deep)).IsProblem(HttpStatusCode.RequestEntityTooLarge, "over-limit");
        var lines = await Server.PostEventsAsync(
            $"{Event("n-1", "ida")}\n{wide}{new string(' ', 200_000)}\n{deep}\n{Event("n-2", "ida")}\n",
            "application/x-ndjson");
        Assert.Equal(
            "accepted refused refused accepted",
            string.Join(' ', lines.Lines.Select(line => line["status"]!.GetValue<string>())));
        Assert.Contains("overLimit", lines.Lines[1]["reason"]!.GetValue<string>(), StringComparison.Ordinal);
        var array = await Server.PostEventsAsync($"[{Event("n-3", "ida")},{deep}]");
        Assert.Equal((1, 1), (array.Number("accepted"), array.Number("refused")));
    }

    [Fact]
    public async Task Batch_over_its_limit_is_refused_before_it_is_read()
    {
        await using var server = await ApiServer.StartAsync(new HttpOptions { MaxBatchBytes = 64 * 1024 });
        var many = string.Join(",", Enumerable.Range(0, 1_000).Select(i => Event($"b-{i}", "jan")));
        (await server.PostEventsAsync($"[{many}]"))
            .IsProblem(HttpStatusCode.RequestEntityTooLarge, "over-limit");
        Assert.Equal(0, server.Host.EventsSent);
        var lines = await server.PostEventsAsync(
            many.Replace("},{", "}\n{", StringComparison.Ordinal), "application/x-ndjson");
        Assert.Equal(1_000, lines.Lines.Count);
    }

    internal static string Event(string id, string customer, string type = "Product Viewed") =>
        $$"""{"id":"{{id}}","type":"{{type}}","time":"2026-03-01T12:00:00Z","customer":"{{customer}}","""
        + """ "properties":{"product_id":"p1"}}""";

    private static string CloudEvent(string id, string subject) =>
        $$"""{"specversion":"1.0","id":"{{id}}","source":"/web","type":"Product Viewed","subject":"{{subject}}","""
        + """ "time":"2026-03-01T12:00:00Z","data":{"product_id":"p1"}}""";
}
