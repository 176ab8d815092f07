using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using DToC.Learn.Synthetic;

namespace DToC.Http.Tests.Learning;

/// <summary>Training and back-tests over the API, on generated customers.</summary>
public sealed class LearnEndpointTests : IAsyncLifetime
{
    private const int Customers = 300;
    private const int Days = 420;

    private ApiServer? _server;

    private ApiServer Server => _server ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync()
    {
        _server = await ApiServer.StartAsync();
        var (profile, fault) = ProfileReader.Read("retail");
        Assert.Null(fault);
        var start = Server.Time.GetUtcNow().AddDays(-Days);
        var population = new Population(
            profile! with { Start = start, Days = Days, JoinWithinDays = 60 }, seed: 7);
        var lines = new StringBuilder();
        foreach (var next in population.Events(Customers, EventOrder.ByTime, _ => { }))
            lines.Append(Encoding.UTF8.GetString(next.ToUtf8())).Append('\n');
        var answer = await Server.PostEventsAsync(lines.ToString(), "application/x-ndjson");
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();

    [Fact]
    public async Task Model_is_trained_graded_and_put_in_force()
    {
        var job = await DoneAsync("/v1/training", """{"model":"buys_again","trees":20,"seed":3}""");
        Assert.Equal("done", Text(job, "state"));
        Assert.Equal(Customers, job["customers"]!.GetValue<int>());
        var file = await Server.GetAsync($"/v1/jobs/{Text(job, "id")}/files/buys_again.json");
        var card = JsonNode.Parse(file.Body)!["card"]!;
        Assert.True(Number(card["measures"]!, "auc") > Number(card["measures"]!, "again_auc"));
        Assert.True(Number(card["measures"]!, "brier") < Number(card["measures"]!, "alike_brier"));

        var put = await Server.SendAsync(HttpMethod.Put, "/v1/models/buys_again", file.Body);
        Assert.Equal(HttpStatusCode.OK, put.Status);
        var again = await DoneAsync("/v1/training", """{"model":"buys_again","trees":20,"seed":3}""");
        var twice = await Server.GetAsync($"/v1/jobs/{Text(again, "id")}/files/buys_again.json");
        Assert.True(file.Body == twice.Body, "The same seed gave other bytes.");
    }

    [Fact]
    public async Task Model_is_learnt_row_by_row_and_calibrated_as_was_asked()
    {
        var job = await DoneAsync("/v1/training", """{"model":"buys_again","kind":"ftrl","calibration":"isotonic"}""");
        Assert.Equal("done", Text(job, "state"));
        var file = JsonNode.Parse((await Server.GetAsync($"/v1/jobs/{Text(job, "id")}/files/buys_again.json")).Body)!;
        Assert.Equal("calibrated", Text(file, "kind"));
        Assert.Contains("\"isotonic\"", file.ToJsonString(), StringComparison.Ordinal);
        var measures = file["card"]!["measures"]!;
        Assert.InRange(Number(measures, "progressiveLogLoss"), 0, Math.Log(2));
        Assert.True(Number(measures, "brier") < Number(measures, "alike_brier"));
    }

    [Fact]
    public async Task Back_test_compares_with_what_came()
    {
        var job = await DoneAsync("/v1/backtests", """{"models":["churn","expected_orders"]}""");
        Assert.Equal(
            "backtest.md backtest.json churn.svg expected_orders.svg",
            string.Join(' ', job["files"]!.AsArray().Select(name => name!.GetValue<string>())));
        var report = await Server.GetAsync($"/v1/jobs/{Text(job, "id")}/files/backtest.json");
        var orders = report.Json["models"]![1]!;
        Assert.True(Number(orders["refitted"]!["model"]!["measures"]!, "mae")
            < Number(orders["refitted"]!["naive"]![0]!["measures"]!, "mae"));
        var plot = await Server.GetAsync($"/v1/jobs/{Text(job, "id")}/files/churn.svg");
        Assert.Equal("image/svg+xml", plot.Response.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("<svg", plot.Body, StringComparison.Ordinal);
        Assert.Equal(Text(job, "id"), Text((await Server.GetAsync("/v1/jobs")).Json[0]!, "id"));
    }

    [Fact]
    public async Task What_comes_next_is_trained_and_graded_within_a_horizon()
    {
        var definition = (await Server.GetAsync("/v1/definition")).Body
            .Replace(
                "\"days_in_stage\": {",
                "\"last\": { \"kind\": \"lastEvent\", \"of\": [\"Product Viewed\", \"Order Completed\"] }, "
                + "\"days_in_stage\": {",
                StringComparison.Ordinal)
            .Replace(
                "\"email_response\": {",
                "\"next_event\": { \"kind\": \"fitted\", \"purpose\": \"analytics\" }, \"email_response\": {",
                StringComparison.Ordinal);
        var put = await Server.SendAsync(HttpMethod.Put, "/v1/definition", definition);
        Assert.True(put.Status == HttpStatusCode.OK, put.Body);

        var job = await DoneAsync("/v1/training", """{"model":"next_event","kind":"nextEvent","horizon":60}""");
        var file = await Server.GetAsync($"/v1/jobs/{Text(job, "id")}/files/next_event.json");
        var measures = JsonNode.Parse(file.Body)!["card"]!["measures"]!;
        Assert.True(Number(measures, "waitMaeDays") < Number(measures, "alike_waitMaeDays"));
        Assert.True(Number(measures, "brier") < Number(measures, "alike_brier"));

        await Server.SendAsync(HttpMethod.Put, "/v1/models/next_event", file.Body);
        job = await DoneAsync("/v1/backtests", """{"model":"next_event"}""");
        var report = await Server.GetAsync($"/v1/jobs/{Text(job, "id")}/files/backtest.json");
        var graded = report.Json["models"]![0]!;
        // The one in force forecasts 60 days.
        Assert.Equal(60, Number(graded, "horizonDays"));
        Assert.True(Number(graded["refitted"]!["model"]!["measures"]!, "waitMaeDays")
            < Number(graded["refitted"]!["naive"]![0]!["measures"]!, "waitMaeDays"));
    }

    [Fact]
    public async Task What_cannot_be_learnt_says_why()
    {
        foreach (var (path, body, told) in ((string, string, string)[])[
            ("training", """{"model":"chrun"}""", "no model 'chrun'"),
            ("training", """{"model":"lifetime_value"}""", "a rule of the definition"),
            ("training", """{"model":"churn","inputs":["smiles"]}""", "no feature 'smiles'"),
            ("backtests", """{"models":["churn","chrun"]}""", "no model 'chrun'"),
            ("backtests", """{"models":["email_response"]}""", "has no target"),
        ])
        {
            var answer = await Server.SendAsync(HttpMethod.Post, $"/v1/{path}", body);
            answer.IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible");
            Assert.Contains(told, answer.Body, StringComparison.Ordinal);
        }
        foreach (var path in (string[])["training", "backtests"])
        {
            var answer = await Server.SendAsync(HttpMethod.Post, $"/v1/{path}", """{"model":"churn","tree":5}""");
            answer.IsProblem(HttpStatusCode.BadRequest, "malformed");
            Assert.Contains("tree", answer.Body, StringComparison.Ordinal);
        }
        var many = await Server.SendAsync(
            HttpMethod.Post, "/v1/training", """{"model":"churn","customers":1000000000}""");
        many.IsProblem(HttpStatusCode.BadRequest, "malformed");
        Assert.Contains("1 to 250000 are read", many.Body, StringComparison.Ordinal);
        Assert.Empty((await Server.GetAsync("/v1/jobs")).Json.AsArray());
        var job = await DoneAsync("/v1/training", """{"model":"churn","until":"2001-01-01T00:00:00Z"}""");
        Assert.Contains("too short", Text(job, "error"), StringComparison.Ordinal);
        (await Server.SendAsync(HttpMethod.Post, "/v1/training", "{}"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
        (await Server.SendAsync(HttpMethod.Post, "/v1/training", """{"model":"churn","trees":0}"""))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
        var kind = await Server.SendAsync(HttpMethod.Post, "/v1/training", """{"model":"churn","kind":"forest"}""");
        kind.IsProblem(HttpStatusCode.BadRequest, "malformed");
        Assert.Contains("kind is 'forest', wanted logistic, trees, ", kind.Body, StringComparison.Ordinal);
        var calibration = await Server.SendAsync(
            HttpMethod.Post, "/v1/training", """{"model":"churn","calibration":"line"}""");
        calibration.IsProblem(HttpStatusCode.BadRequest, "malformed");
        Assert.Contains(
            "calibration is 'line', wanted platt, isotonic, none.", calibration.Body, StringComparison.Ordinal);
        (await Server.SendAsync(HttpMethod.Post, "/v1/training", """{"model":"churn","horizon":0}"""))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
        (await Server.SendAsync(HttpMethod.Post, "/v1/training", """{"model":"churn","inputs":[]}"""))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
        (await Server.GetAsync("/v1/jobs/none")).IsProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Jobs_run_one_after_the_other_and_can_be_stopped()
    {
        var ids = new List<string>();
        for (var i = 0; i < 4; i++)
            ids.Add((await Server.SendAsync(HttpMethod.Post, "/v1/training", """{"model":"churn"}""")).Text("id"));
        await Server.SendAsync(HttpMethod.Delete, $"/v1/jobs/{ids[3]}");
        Assert.Equal("done", Text(await EndedAsync(ids[0]), "state"));
        Assert.Equal("cancelled", Text(await EndedAsync(ids[3]), "state"));
    }

    [Fact]
    public async Task Kind_is_chosen_by_the_word_that_models_are_stored_under_and_no_models_are_all()
    {
        var job = await DoneAsync("/v1/training", """{"model":"alive","kind":"mbgnbd"}""");
        var file = await Server.GetAsync($"/v1/jobs/{Text(job, "id")}/files/alive.json");
        Assert.Equal("mbgnbd", Text(JsonNode.Parse(file.Body)!, "kind"));
        job = await DoneAsync("/v1/training", """{"model":"alive","kind":"mbgnbd","customers":150}""");
        Assert.Equal((150, 150), (job["customers"]!.GetValue<int>(), job["of"]!.GetValue<int>()));
        job = await DoneAsync("/v1/backtests", """{"models":[]}""");
        Assert.Contains("churn.svg", job["files"]!.ToJsonString(), StringComparison.Ordinal);
    }

    private async Task<JsonNode> DoneAsync(string path, string body)
    {
        var accepted = await Server.SendAsync(HttpMethod.Post, path, body);
        Assert.Equal(HttpStatusCode.Accepted, accepted.Status);
        return await EndedAsync(accepted.Text("id"));
    }

    private async Task<JsonNode> EndedAsync(string id)
    {
        for (var tries = 0; tries < 1_200; tries++)
        {
            var job = (await Server.GetAsync($"/v1/jobs/{id}")).Json;
            if (Text(job, "state") is not ("waiting" or "running")) return job;
            await Task.Delay(100);
        }
        throw new TimeoutException($"Job {id} does not end.");
    }

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static double Number(JsonNode node, string name) => node[name]!.GetValue<double>();
}
