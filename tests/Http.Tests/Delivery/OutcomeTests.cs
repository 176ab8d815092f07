using System.Net;
using System.Text;
using DToC.Twin.Definitions;

namespace DToC.Http.Tests.Delivery;

/// <summary>Receipts and outcomes come back as events, and join the decision by its id.</summary>
public sealed class OutcomeTests
{
    private const string Types = """
        "events": {
            "Message Delivered": {
              "category": "behaviour", "outcome": { "kind": "delivered", "decision": "ref.decision" }
            },
        """;

    [Fact]
    public async Task Outcomes_stand_with_their_decision_as_the_definition_says()
    {
        await using var server = await ApiServer.StartAsync();
        var retail = Encoding.UTF8.GetString(ShippedDefinitions.Find("retail")!.Value.Span);
        var put = await server.SendAsync(HttpMethod.Put, "/v1/definition",
            retail.Replace("\n  \"events\": {", $"\n  {Types}", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, put.Status);
        var (customer, decision) = await DecideAsync(server);
        foreach (var (id, type, properties) in ((string, string, string)[])
            [("o-1", "Message Delivered", $$"""{"ref":{"decision":"{{decision}}"} }"""),
             ("o-2", "Email Clicked", $$"""{"decision_id":"{{decision}}"}"""),
             ("o-3", "Email Clicked", """{"decision_id":"0000000000000000"}"""),
             ("o-4", "Email Clicked", """{"decision_id":7}"""),
             ("o-5", "Product Viewed", $$"""{"decision_id":"{{decision}}"}""")])
        {
            var sent = await server.PostEventsAsync(
                $$"""{"id":"{{id}}","type":"{{type}}","customer":"{{customer}}","properties":{{properties}} }""");
            Assert.Equal(HttpStatusCode.Accepted, sent.Status);
        }
        var entries = (await server.GetAsync($"/v1/twins/{customer}/timeline")).Json["entries"]!.AsArray();
        var decided = entries.Single(entry => entry!["kind"]!.GetValue<string>() == "decision")!;
        Assert.Equal(
            ["delivered o-1", "responded o-2"],
            decided["outcomes"]!.AsArray().Select(outcome => $"{outcome!["kind"]} {outcome["id"]}"),
            StringComparer.Ordinal);
        var said = entries.Where(entry => entry!["outcome"] is not null)
            .Select(entry => entry!["id"]!.GetValue<string>());
        Assert.Equal(["o-1", "o-2", "o-3"], said.Order(StringComparer.Ordinal), StringComparer.Ordinal);

        // What may not be used any more is not shown with the decision either.
        await server.SendAsync(HttpMethod.Put, $"/v1/twins/{customer}/consents",
            """{"analytics":"objected","personalization":"denied","marketing":"denied"}""");
        var after = await server.GetAsync($"/v1/twins/{customer}/timeline");
        Assert.DoesNotContain("o-1", after.Body, StringComparison.Ordinal);
    }

    private static async Task<(string Customer, string Decision)> DecideAsync(ApiServer server)
    {
        for (var i = 0; ; i++)
        {
            var customer = $"outcome-{i}";
            await server.PostEventsAsync(EventFormsTests.Event($"first-{i}", customer));
            var decided = await server.SendAsync(HttpMethod.Post, $"/v1/twins/{customer}/next-best-action");
            if (decided.Json["winner"] is not null) return (customer, decided.Text("id"));
        }
    }
}
