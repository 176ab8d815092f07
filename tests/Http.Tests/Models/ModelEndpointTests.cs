using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using DToC.Twin;
using DToC.Twin.Models;
using DToC.Twin.Models.Linear;
using DToC.Twin.Models.Trees;

namespace DToC.Http.Tests.Models;

/// <summary>Models and what they say, over the API.</summary>
public sealed class ModelEndpointTests : IAsyncLifetime
{
    private static readonly ModelFile Fitted = new(
        new Logistic(0.5, [new("orders_90d", -1, 1, 1), new("views_7d", -0.2)], [.1, 0, 0, 0, .01, 0, 0, 0, .01]),
        [new("orders_90d", 0.5, 9), new("views_7d", 0, 40)],
        new ModelCard
        {
            Origin = "a test", Until = new Instant(1_750_000_000_000), Rows = 2_000,
            Measures = new Dictionary<string, double>(StringComparer.Ordinal) { ["auc"] = 0.81 },
            Limits = ["Never saw anybody without an order."],
        });

    private ApiServer? _server;

    private ApiServer Server => _server ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync()
    {
        _server = await ApiServer.StartAsync();
        await Server.PostEventsAsync(EventFormsTests.Event("first", "zora"));
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();

    private Task<Answer> PutAsync(string name, byte[] model) =>
        Server.SendAsync(HttpMethod.Put, $"/v1/models/{name}", Encoding.UTF8.GetString(model));

    private async Task<JsonNode> ChurnAsync(string query = "") =>
        (await Server.GetAsync($"/v1/twins/zora/explain{query}")).Json["scores"]!["churn"]!;

    private static double Number(JsonNode node) => node.GetValue<double>();

    [Fact]
    public async Task Models_are_listed_with_where_they_come_from()
    {
        var listed = (await Server.GetAsync("/v1/models")).Json.AsArray()
            .ToDictionary(m => m!["name"]!.GetValue<string>(), m => m!, StringComparer.Ordinal);
        Assert.Equal("definition", listed["churn"]["origin"]!.GetValue<string>());
        Assert.Equal("none", listed["buys_again"]["origin"]!.GetValue<string>());
        Assert.True(listed["churn"]["inTurn"]!.GetValue<bool>());
        Assert.False(listed["buys_again"]["inTurn"]!.GetValue<bool>());
        (await Server.GetAsync("/v1/models/chrun")).IsProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Card_says_what_models_of_its_kind_are_not_good_for()
    {
        var limits = (await Server.GetAsync("/v1/models/alive")).Json["limits"]!.AsArray();
        Assert.Contains("not to be used as a churn score", Assert.Single(limits)!.GetValue<string>());
    }

    [Fact]
    public async Task Fitted_model_is_in_force_with_the_answer_and_can_be_taken_away()
    {
        var before = await ChurnAsync();
        var put = await PutAsync("churn", Fitted.ToBytes());
        Assert.Equal(HttpStatusCode.OK, put.Status);
        Assert.Equal("fitted", put.Json["model"]!["origin"]!.GetValue<string>());

        var card = (await Server.GetAsync("/v1/models/churn")).Json;
        Assert.Equal((0.81, 2_000), (Number(card["measures"]!["auc"]!), card["rows"]!.GetValue<int>()));
        Assert.Equal(9, Number(card["inputs"]![0]!["max"]!));
        Assert.Equal("orders", card["inputs"]![0]!["categories"]![0]!.GetValue<string>());
        Assert.Equal(("orders", "none"), (Text(card["target"]!, "feature"), Text(card["target"]!, "outcome")));
        Assert.Equal(
            Encoding.UTF8.GetString(Fitted.ToBytes()), (await Server.GetAsync("/v1/models/churn/file")).Body);

        var after = await ChurnAsync();
        Assert.False(Text(before, "version") == Text(after, "version"));
        Assert.Equal(Number(after["value"]!), Logistic.Sigmoid(
            Number(after["baseline"]!) + after["reasons"]!.AsArray().Sum(r => Number(r!["contribution"]!))), 1e-9);
        Assert.InRange(
            Number(after["value"]!), Number(after["interval"]!["low"]!), Number(after["interval"]!["high"]!));
        var shown = (await Server.GetAsync("/v1/twins/zora")).Json["prediction"]!["scores"]!["churn"]!;
        Assert.Equal(Text(after, "version"), Text(shown, "version"));
        Assert.Equal(0.9, Number(shown["interval"]!["level"]!));

        Assert.Equal(
            HttpStatusCode.OK, (await Server.SendAsync(HttpMethod.Delete, "/v1/models/churn")).Status);
        Assert.Equal(Text(before, "version"), Text(await ChurnAsync(), "version"));
    }

    [Fact]
    public async Task Fitted_model_stays_when_the_definition_changes()
    {
        await PutAsync("churn", Fitted.ToBytes());
        var version = Text(await ChurnAsync(), "version");
        var definition = (await Server.GetAsync("/v1/definition")).Body;
        Assert.StartsWith("// Retail", definition, StringComparison.Ordinal);
        var changed = definition.Replace("\"version\": \"1.0.0\"", "\"version\": \"1.0.1\"", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Server.SendAsync(HttpMethod.Put, "/v1/definition", changed)).Status);
        Assert.Equal(version, Text(await ChurnAsync(), "version"));
        // Without the feature it reads it cannot stay.
        var without = changed.Replace("\"views_7d\"", "\"views_8d\"", StringComparison.Ordinal)
            .Replace("views_7d", "views_8d", StringComparison.Ordinal);
        var problem = (await Server.SendAsync(HttpMethod.Put, "/v1/definition", without))
            .IsProblem(HttpStatusCode.UnprocessableEntity, "definition-invalid");
        Assert.Contains("views_7d", problem.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_models_are_refused_with_what_would_be_right()
    {
        Assert.Contains(
            "it has expected_orders", (await PutAsync("mood", Fitted.ToBytes()))
                .IsProblem(HttpStatusCode.NotFound, "not-found").Body, StringComparison.Ordinal);
        Assert.Contains(
            "no JSON", (await PutAsync("churn", "tree"u8.ToArray()))
                .IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible").Body, StringComparison.Ordinal);
        var strange = ModelFile.Of(new Logistic(0, [new("mood", 1)])).ToBytes();
        Assert.Contains(
            "mood", (await PutAsync("churn", strange))
                .IsProblem(HttpStatusCode.UnprocessableEntity, "definition-invalid").Body, StringComparison.Ordinal);
        var kept = (await Server.GetAsync("/v1/models/churn")).Json["model"]!;
        Assert.Equal("definition", Text(kept, "origin"));
    }

    [Fact]
    public async Task Margins_in_the_place_of_a_probability_are_told_of_and_taken()
    {
        var margins = ModelFile.Of(new LinearModel(["orders_90d"], [0.5], [-9], [], MarginLink.Identity, 0)).ToBytes();
        var put = await PutAsync("churn", margins);
        Assert.Equal(HttpStatusCode.OK, put.Status);
        Assert.Contains("is to be a probability", put.Json["limits"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(
            put.Json["limits"]!.ToJsonString(),
            (await Server.GetAsync("/v1/models/churn")).Json["limits"]!.ToJsonString());
        put = await PutAsync("order_value", margins);
        Assert.DoesNotContain("probability", put.Json["limits"]!.ToJsonString(), StringComparison.Ordinal);
        // A forest averages shares: it has no link by right.
        var forest = new TreeEnsemble(
            ["orders_90d"], [new DecisionTree([], [new TreeLeaf(0.4, 9)], weight: 0.5),
                new DecisionTree([], [new TreeLeaf(1, 9)], weight: 0.5)], TreeOutput.Sum);
        put = await PutAsync("churn", ModelFile.Of(forest).ToBytes());
        Assert.DoesNotContain("is to be a probability", put.Json["limits"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Formula_over_scores_has_reasons_and_a_prior_alone_is_thin()
    {
        for (var n = 0; n < 3; n++)
        {
            var order = EventFormsTests.Event($"o{n}", "zora", "Order Completed")
                .Replace("2026-03-01T12", $"2026-02-{n + 10}T12", StringComparison.Ordinal)
                .Replace("\"product_id\":\"p1\"", $"\"order_id\":\"o{n}\",\"total\":40,\"currency\":\"EUR\"",
                    StringComparison.Ordinal);
            await Server.PostEventsAsync(order);
        }
        var scores = (await Server.GetAsync("/v1/twins/zora/explain")).Json["scores"]!;
        var value = scores["lifetime_value"]!;
        Assert.Equal(2, value["reasons"]!.AsArray().Count);
        Assert.Equal(
            Number(value["value"]!),
            Number(value["baseline"]!) + value["reasons"]!.AsArray().Sum(r => Number(r!["contribution"]!)), 1e-9);
        var again = scores["buys_again"]!;
        Assert.Equal((1, true), (Number(again["prior"]!["share"]!), again["thin"]!.GetValue<bool>()));
    }

    [Fact]
    public async Task Recorded_decision_is_explained_from_what_it_kept()
    {
        var decision = (await Server.SendAsync(HttpMethod.Post, "/v1/twins/zora/next-best-action", "{}")).Json;
        var id = Text(decision, "id");
        await Server.PostEventsAsync(EventFormsTests.Event("second", "zora"));
        await PutAsync("churn", Fitted.ToBytes());
        var churn = await ChurnAsync($"?decision={id}");
        Assert.Equal(Number(decision["vector"]!["churn"]!), Number(churn["value"]!));
        Assert.Equal(
            Number(decision["vector"]!["orders_90d"]!),
            Number(churn["reasons"]!.AsArray().Single(r => Text(r!, "name") == "orders_90d")!["value"]!));
        (await Server.GetAsync("/v1/twins/zora/explain?decision=none")).IsProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Theory]
    [InlineData("?level=1", "level is 1")]
    [InlineData("?model=mood", "no model 'mood'")]
    [InlineData("?at=tomorrow", "RFC 3339")]
    [InlineData("?decision=x&at=2026-01-01T00:00:00Z", "its own moment")]
    public async Task Wrong_question_is_answered_with_what_would_be_right(string query, string told) =>
        Assert.Contains(
            told, (await Server.GetAsync($"/v1/twins/zora/explain{query}"))
                .IsProblem(HttpStatusCode.BadRequest, "malformed").Body, StringComparison.Ordinal);

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
