using System.Net;
using System.Text.Json.Nodes;
using static DToC.Http.Tests.Simulations.SimulatedCustomers;

namespace DToC.Http.Tests.Simulations;

/// <summary>Simulations over the API: run, kept, streamed, compared, repeated; the customers do not notice.</summary>
public sealed class SimulationTests : IAsyncLifetime
{
    private const string Dearer =
        """
        [{"name":"dearer","levers":[{"lever":"price","factor":1.1}]},
         {"name":"same","levers":[{"lever":"price","factor":1}]}]
        """;

    private ApiServer? _server;

    private ApiServer Server => _server ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync() => _server = await StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();

    [Fact]
    public async Task Simulation_tells_what_scenarios_change_and_touches_nobody()
    {
        var before = await HashAsync(Server);
        var done = await RunAsync(
            Server,
            $$"""{"name":"prices","weeks":13,"paths":60,"seed":7,"scenarios":{{Dearer}},"top":3}""");
        Assert.Equal(before, await HashAsync(Server));
        Assert.Equal(("prices", 13), (Text(done, "name"), done["request"]!["weeks"]!.GetValue<int>()));
        Assert.Equal((60, Count), (
            done["progress"]!["pathsDone"]!.GetValue<int>(), done["ground"]!["members"]!.GetValue<int>()));
        var result = done["result"]!;
        Assert.Equal(Count, result["members"]!["simulated"]!.GetValue<int>());
        Assert.Equal(
            "baseline dearer same",
            string.Join(' ', result["scenarios"]!.AsArray().Select(scenario => Text(scenario!, "name"))));
        var (baseline, dearer, same) =
            (result["scenarios"]![0]!, result["scenarios"]![1]!, result["scenarios"]![2]!);
        Assert.True(Number(Total(baseline, "orders"), "mean") > 0);
        Assert.True(Number(Total(dearer, "units"), "mean") < Number(Total(baseline, "units"), "mean"));
        // The same worlds: what changes nothing differs in none.
        Assert.Equal(0, Number(same["totals"]!["revenue"]!["difference"]!["difference"]!, "mean"));
        Assert.Equal(13, baseline["weeks"]!["orders"]!.AsArray().Count);
        var gains = dearer["gains"]!;
        Assert.InRange(gains["top"]!.AsArray().Count + gains["bottom"]!.AsArray().Count, 1, 6);
        Assert.StartsWith(
            "c-", Text(gains["top"]!.AsArray().Concat(gains["bottom"]!.AsArray()).First()!, "customer"),
            StringComparison.Ordinal);
        Assert.Equal(
            Text(done, "id"),
            Text((await Server.GetAsync("/v1/simulations")).Json["simulations"]![0]!, "id"));
    }

    [Fact]
    public async Task Simulation_that_is_run_once_more_is_the_same_until_a_customer_goes_on()
    {
        var body = $$"""{"weeks":8,"paths":40,"seed":3,"scenarios":{{Dearer}}}""";
        var first = await RunAsync(Server, body);
        var again = await RerunAsync(first);
        Assert.Equal(Text(first, "id"), Text(again["rerun"]!, "of"));
        Assert.True(again["rerun"]!["isIdentical"]!.GetValue<bool>(), again["rerun"]!.ToJsonString());
        Assert.Equal(first["result"]!.ToJsonString(), again["result"]!.ToJsonString());

        await Server.PostEventsAsync(Order(Server, "c-5", "later", 1, 99));
        var other = await RerunAsync(first);
        Assert.False(other["rerun"]!["isIdentical"]!.GetValue<bool>());
        Assert.Equal(
            "states moment",
            string.Join(' ', other["rerun"]!["changed"]!.AsArray().Select(what => what!.GetValue<string>())));
        Assert.NotEqual(first["result"]!.ToJsonString(), other["result"]!.ToJsonString(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Simulations_of_the_same_worlds_are_compared_with_intervals_and_others_say_why_not()
    {
        var moment = """ "at":"AT" """.Replace(
            "AT", Server.Time.GetUtcNow().AddDays(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"), StringComparison.Ordinal);
        var (one, dearer, other) = (
            await RunAsync(Server, $$"""{"weeks":8,"paths":40,"seed":3,{{moment}},"name":"as it is"}"""),
            await RunAsync(
                Server,
                $$"""
                {"weeks":8,"paths":40,"seed":3,{{moment}},
                 "scenarios":[{"name":"dearer","levers":[{"lever":"price","factor":1.2}]}]}
                """),
            await RunAsync(Server, $$"""{"weeks":8,"paths":30,"seed":4,{{moment}},"discountRate":0.2}"""));
        var compared = (await Server.GetAsync(
            $"/v1/simulations/compare?ids={Text(one, "id")},{Text(dearer, "id")},{Text(other, "id")}")).Json;
        Assert.Equal("as it is", Text(compared["with"]!, "name"));
        var paired = compared["others"]![0]!;
        Assert.True(paired["arePaired"]!.GetValue<bool>(), paired["whyNot"]!.ToJsonString());
        var orders = Assert.Single(paired["scenarios"]!.AsArray())!["quantities"]!["orders"]!;
        Assert.Equal(
            (0, 40),
            ((int)Number(orders["paired"]!["difference"]!, "mean"),
            orders["paired"]!["difference"]!["worlds"]!.GetValue<int>()));
        var apart = compared["others"]![1]!;
        Assert.False(apart["arePaired"]!.GetValue<bool>());
        Assert.Equal("seed", Assert.Single(apart["whyNot"]!.AsArray())!.GetValue<string>());
        var quantities = apart["scenarios"]![0]!["quantities"]!;
        Assert.Null(quantities["orders"]!["paired"]);
        Assert.Null(quantities["value"]);
        Assert.Equal(
            Number(quantities["orders"]!, "other") - Number(quantities["orders"]!, "first"),
            Number(quantities["orders"]!, "difference"), 9);

        (await Server.GetAsync("/v1/simulations/compare?ids=a")).IsProblem(HttpStatusCode.BadRequest, "malformed");
        (await Server.GetAsync($"/v1/simulations/compare?ids={Text(one, "id")},nobody"))
            .IsProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Progress_and_partial_results_are_streamed_to_the_end()
    {
        // One that waits behind a longer one is still there when the receiver comes.
        var longer = await BeginAsync(Server, """{"weeks":260,"paths":10000,"seed":1,"sensitivity":false}""");
        var path = await BeginAsync(Server, """{"weeks":13,"paths":96,"seed":2,"sensitivity":false}""");
        using var receiver = await Receiver.OpenAsync(Server, lastEventId: null, from: null, $"{path}/events");
        await receiver.SignOfLifeAsync();
        Assert.Equal(HttpStatusCode.OK, (await Server.SendAsync(HttpMethod.Post, $"{longer}/cancel")).Status);
        var (done, seen) = (0, new HashSet<string>(StringComparer.Ordinal));
        while (true)
        {
            var (_, name, data) = await receiver.NextAsync();
            seen.Add(name);
            if (name == "end")
            {
                Assert.Equal("done", Text(data, "state"));
                break;
            }
            if (name == "partial") Assert.InRange(data["paths"]!.GetValue<int>(), 1, 96);
            if (name != "progress") continue;
            Assert.InRange(data["pathsDone"]!.GetValue<int>(), done, 96);
            done = data["pathsDone"]!.GetValue<int>();
            Assert.InRange(data["memberBytes"]!.GetValue<long>(), 1, Eager.SimulationMemoryBytes);
        }
        Assert.Contains("progress", seen);
        Assert.Contains("partial", seen);
        var cancelled = await EndedAsync(Server, longer);
        Assert.Equal("cancelled", Text(cancelled, "state"));
        Assert.InRange(cancelled["progress"]!["pathsDone"]!.GetValue<int>(), 0, 9_999);
        (await Server.SendAsync(HttpMethod.Post, $"{longer}/cancel")).IsProblem(HttpStatusCode.Conflict, "conflict");
    }

    [Fact]
    public async Task Progress_is_told_before_a_block_of_paths_is_done()
    {
        // More than run between two looks at the traffic.
        await using var server = await SimulatedCustomers.StartAsync(customers: 200);
        var longer = await BeginAsync(server, """{"weeks":520,"paths":10000,"seed":1,"sensitivity":false}""");
        var path = await BeginAsync(server, """{"weeks":260,"paths":20,"seed":2,"sensitivity":false}""");
        using var receiver = await Receiver.OpenAsync(server, lastEventId: null, from: null, $"{path}/events");
        await receiver.SignOfLifeAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(HttpMethod.Post, $"{longer}/cancel")).Status);
        List<double> fractions = [];
        for (var name = ""; name != "end";)
        {
            (_, name, var data) = await receiver.NextAsync();
            if (name == "progress") fractions.Add(data["fraction"]!.GetValue<double>());
        }
        Assert.Contains(fractions, fraction => fraction is > 0 and < 1);
    }

    [Fact]
    public async Task Simulation_that_is_removed_stops_and_is_gone()
    {
        var running = await BeginAsync(Server, """{"weeks":260,"paths":5000,"sensitivity":false}""");
        var waiting = await BeginAsync(Server, """{"weeks":4,"paths":20}""");
        foreach (var path in (string[])[waiting, running])
        {
            Assert.Equal(HttpStatusCode.NoContent, (await Server.SendAsync(HttpMethod.Delete, path)).Status);
            (await Server.GetAsync(path)).IsProblem(HttpStatusCode.NotFound, "not-found");
            (await Server.GetAsync($"{path}/events")).IsProblem(HttpStatusCode.NotFound, "not-found");
        }
        // The next one is not held up by it.
        await RunAsync(Server, """{"weeks":4,"paths":20}""");
    }

    [Theory]
    [InlineData("""{"weeks":0}""", HttpStatusCode.BadRequest, "weeks is 0")]
    [InlineData("""{"paths":20000}""", HttpStatusCode.BadRequest, "paths is 20000")]
    [InlineData("""{"wekes":4}""", HttpStatusCode.BadRequest, "wekes")]
    [InlineData("[]", HttpStatusCode.BadRequest, "request")]
    [InlineData("", HttpStatusCode.BadRequest, "no body")]
    [InlineData("""{"population":{"segment":"valueable"}}""", HttpStatusCode.UnprocessableEntity, "valuable")]
    [InlineData("""{"population":{"customers":["c-1","c-2"]}}""", HttpStatusCode.UnprocessableEntity, "5 or more")]
    [InlineData(
        """{"scenarios":[{"name":"a","levers":[{"lever":"prise","factor":1.1}]}]}""",
        HttpStatusCode.UnprocessableEntity, "price")]
    public async Task What_cannot_be_simulated_says_why(string body, HttpStatusCode status, string told)
    {
        var answer = await Server.SendAsync(HttpMethod.Post, "/v1/simulations", body);
        answer.IsProblem(status, status == HttpStatusCode.BadRequest ? "malformed" : "not-possible");
        Assert.Contains(told, answer.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Simulation_itself_is_graded_on_the_past()
    {
        var at = Server.Time.GetUtcNow().AddDays(-100).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        var begun = await Server.SendAsync(
            HttpMethod.Post, "/v1/backtests",
            $$"""{"simulate":true,"at":"{{at}}","weeks":8,"paths":40,"refit":false}""");
        Assert.True(begun.Status == HttpStatusCode.Accepted, begun.Body);
        var path = $"/v1/jobs/{begun.Text("id")}";
        Answer job;
        do
        {
            await Task.Delay(50);
            job = await Server.GetAsync(path);
        }
        while (job.Text("state") is "waiting" or "running");
        Assert.True(job.Text("state") == "done", job.Body);
        var report = (await Server.GetAsync($"{path}/files/simulation.json")).Json;
        Assert.Equal("orders", Text(report["quantities"]![0]!, "name"));
        Assert.Equal(3, report["errors"]!.AsArray().Count);

        foreach (var (body, told) in ((string, string)[])[
            ("""{"simulate":true}""", "at is missing"), ("""{"weeks":4}""", "simulate"),
            ($$"""{"simulate":true,"at":"{{at}}","weeks":26}""", "not over yet")])
        {
            var refused = await Server.SendAsync(HttpMethod.Post, "/v1/backtests", body);
            Assert.Contains(told, refused.Text("detail"), StringComparison.Ordinal);
        }
    }

    private async Task<JsonNode> RerunAsync(JsonNode simulation)
    {
        var answer = await Server.SendAsync(HttpMethod.Post, $"/v1/simulations/{Text(simulation, "id")}/rerun");
        Assert.True(answer.Status == HttpStatusCode.Accepted, answer.Body);
        var done = await EndedAsync(Server, $"/v1/simulations/{answer.Text("id")}");
        Assert.True(Text(done, "state") == "done", done.ToJsonString());
        return done;
    }

    private static JsonNode Total(JsonNode scenario, string quantity) => scenario["totals"]![quantity]!["total"]!;
}
