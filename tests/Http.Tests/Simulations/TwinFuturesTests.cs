using System.Net;
using System.Text.Json.Nodes;
using static DToC.Http.Tests.Simulations.SimulatedCustomers;

namespace DToC.Http.Tests.Simulations;

/// <summary>One customer's futures over the API.</summary>
public sealed class TwinFuturesTests : IAsyncLifetime
{
    private ApiServer? _server;

    private ApiServer Server => _server ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync() => _server = await StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();

    [Fact]
    public async Task Futures_are_a_fan_a_few_paths_and_what_can_be_done_and_touch_nobody()
    {
        var before = await HashAsync(Server);
        var answer = await SimulateAsync("c-20", """{"horizonWeeks":52,"paths":1000,"seed":5}""");
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        Assert.Equal(before, await HashAsync(Server));
        var futures = answer.Json["futures"]!;
        var scenario = Assert.Single(futures["scenarios"]!.AsArray())!;
        var weeks = scenario["weeks"]!.AsArray();
        Assert.Equal(52, weeks.Count);
        // What is counted from the beginning never falls, and who has left stays away.
        foreach (var (now, next) in weeks.Zip(weeks.Skip(1)))
        {
            Assert.True(Number(now!["orders"]!, "mean") <= Number(next!["orders"]!, "mean"));
            Assert.True(Number(now, "left") <= Number(next, "left"));
            Assert.True(now["spend"]!["quantiles"]![1]!.GetValue<double>()
                <= now["spend"]!["quantiles"]![3]!.GetValue<double>());
        }
        Assert.Equal(
            Number(scenario["totals"]!["orders"]!["total"]!, "mean"), Number(weeks[51]!["orders"]!, "mean"), 9);
        Assert.Equal(5, scenario["paths"]!.AsArray().Count);
        Assert.All(scenario["paths"]!.AsArray(), path => Assert.True(
            path!["leftInWeek"] is null || path["weeks"]!.AsArray().All(
                week => week!["week"]!.GetValue<int>() <= path["leftInWeek"]!.GetValue<int>())));
    }

    [Fact]
    public async Task What_can_be_done_now_is_what_the_decision_rules_would_choose_from()
    {
        var actions = (await SimulateAsync("c-20", """{"paths":400}""")).Json["futures"]!["actions"]!.AsArray();
        Assert.Single(actions, action => action!["offer"] is null);
        Assert.Equal(1, actions.Sum(action => Number(action!, "shareBest")), 9);
        var decided = (await Server.SendAsync(HttpMethod.Post, "/v1/twins/c-20/next-best-action", "{}")).Json;
        var eligible = decided["candidates"]!.AsArray()
            .Where(candidate => Text(candidate!, "reason") is "none" or "outranked" or "holdout")
            .Select(candidate => Text(candidate!, "offer")).ToList();
        Assert.NotEmpty(eligible);
        foreach (var offer in eligible)
        {
            var action = Assert.Single(actions, action => action!["offer"]?.GetValue<string>() == offer)!;
            var candidate = decided["candidates"]!.AsArray().Single(c => Text(c!, "offer") == offer)!;
            Assert.Equal(Number(candidate, "propensity"), Number(action, "propensity"), 9);
            // The mean of what a response adds is propensity times value, but for chance.
            var expected = Number(candidate, "propensity") * Number(candidate, "value");
            Assert.InRange(
                Number(action["gain"]!, "mean"), 0, expected + 6 * Number(action["gain"]!, "standardError"));
            Assert.InRange(Number(action["expected"]!, "mean"), 0.5 * expected, 2 * expected);
        }
    }

    [Fact]
    public async Task Hypothetical_twin_has_futures_of_its_own_in_the_same_worlds()
    {
        var fork = await Server.SendAsync(
            HttpMethod.Post, "/v1/twins/c-20/hypothetical",
            $"{{\"events\":[{Order(Server, "c-20", "assumed", 1, 400)}]}}");
        Assert.True(fork.Status == HttpStatusCode.Created, fork.Body);
        var (real, assumed) = (
            (await SimulateAsync("c-20", """{"paths":300}""")).Json,
            (await SimulateAsync("c-20", $$"""{"paths":300,"hypothetical":"{{fork.Text("id")}}"}""")).Json);
        Assert.Equal(fork.Text("id"), Text(assumed, "hypothetical"));
        Assert.True(Total(assumed) > Total(real), $"{Total(assumed)} after an order, {Total(real)} without.");
        (await SimulateAsync("c-21", $$"""{"hypothetical":"{{fork.Text("id")}}"}"""))
            .IsProblem(HttpStatusCode.NotFound, "not-found");

        static double Total(JsonNode futures) =>
            Number(futures["futures"]!["scenarios"]![0]!["totals"]!["orders"]!["total"]!, "mean");
    }

    [Fact]
    public async Task Same_seed_on_the_same_state_at_the_same_moment_gives_the_same_bytes_and_another_seed_does_not()
    {
        var at = Server.Time.GetUtcNow().AddDays(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        var fork = await Server.SendAsync(HttpMethod.Post, "/v1/twins/c-20/hypothetical", $$"""{"at":"{{at}}"}""");
        var body = $$"""{"paths":200,"hypothetical":"{{fork.Text("id")}}","seed":5}""";
        var first = await SimulateAsync("c-20", body);
        Assert.True(first.Status == HttpStatusCode.OK, first.Body);
        Assert.Equal(first.Body, (await SimulateAsync("c-20", body)).Body);
        var other = await SimulateAsync("c-20", body.Replace("\"seed\":5", "\"seed\":6", StringComparison.Ordinal));
        Assert.NotEqual(
            first.Json["futures"]!["scenarios"]![0]!["weeks"]!.ToJsonString(),
            other.Json["futures"]!["scenarios"]![0]!["weeks"]!.ToJsonString(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_or_cannot_be_simulated_is_told_why()
    {
        await Server.SendAsync(HttpMethod.Put, "/v1/twins/c-3/consents", """{"analytics":"withdrawn"}""");
        var withheld = await SimulateAsync("c-3", "{}");
        withheld.IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible");
        Assert.Contains("analytics", withheld.Text("detail"), StringComparison.Ordinal);

        await Server.PostEventsAsync(EventFormsTests.Event("looked", "just-looking"));
        var new_ = await SimulateAsync("just-looking", "{}");
        new_.IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible");
        Assert.Contains("not bought anything", new_.Text("detail"), StringComparison.Ordinal);

        (await SimulateAsync("nobody", "{}")).IsProblem(HttpStatusCode.NotFound, "not-found");
        await Server.SendAsync(HttpMethod.Delete, "/v1/twins/c-4");
        (await SimulateAsync("c-4", "{}")).IsProblem(HttpStatusCode.Gone, "erased");
    }

    [Theory]
    [InlineData("""{"paths":0}""", HttpStatusCode.BadRequest, "paths is 0")]
    [InlineData("""{"horizonWeeks":521}""", HttpStatusCode.BadRequest, "horizonWeeks")]
    [InlineData("""{"weeks":4}""", HttpStatusCode.BadRequest, "weeks")]
    [InlineData("""{"paths":10000,"horizonWeeks":520}""", HttpStatusCode.UnprocessableEntity, "fewer paths")]
    [InlineData(
        """{"scenarios":[{"name":"x","levers":[{"lever":"price"}]}]}""", HttpStatusCode.UnprocessableEntity, "factor")]
    public async Task What_cannot_be_run_says_why(string body, HttpStatusCode status, string told)
    {
        var answer = await SimulateAsync("c-20", body);
        answer.IsProblem(status, status == HttpStatusCode.BadRequest ? "malformed" : "not-possible");
        Assert.Contains(told, answer.Text("detail"), StringComparison.Ordinal);
    }

    private Task<Answer> SimulateAsync(string customer, string body) =>
        Server.SendAsync(HttpMethod.Post, $"/v1/twins/{customer}/simulate", body);
}
