using System.Net;
using System.Text.Json.Nodes;

namespace DToC.Http.Tests.Segments;

/// <summary>What is believed of a segment, and of those who come into it.</summary>
public sealed class SegmentSeedTests : IAsyncLifetime
{
    private const string Silver =
        """{"name":"silver","purpose":"analytics","rule":"attribute.loyaltyTier == 'silver'"}""";

    private const string Seed = """
        { "size": 4000, "source": "panel of 2025",
          "numbers": { "orders": { "mean": 3.5, "deviation": 1.2 } }, "scores": { "buys_again": { "mean": 0.45 } } }
        """;

    private ApiServer? _server;

    private ApiServer Server => _server ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync()
    {
        _server = await ApiServer.StartAsync();
        await Server.SendAsync(HttpMethod.Post, "/v1/segments", Silver);
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();

    [Fact]
    public async Task Individuals_take_the_prior_of_a_seeded_segment_and_others_do_not()
    {
        await TierAsync("c-silver", "silver");
        await TierAsync("c-plain", "none");

        var answer = await SeedAsync("silver", Seed);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal((4000, "panel of 2025"), (answer.Number("size"), answer.Text("source")));
        Assert.Equal(1.2, answer.Json["numbers"]!["orders"]!["deviation"]!.GetValue<double>());
        Assert.Equal(0.45, await BelievedAsync("c-silver"), 12);
        Assert.Equal(0.3, await BelievedAsync("c-plain"), 12);

        Assert.Equal(HttpStatusCode.OK, (await SeedAsync("silver", "{}")).Status);
        Assert.Equal(0.3, await BelievedAsync("c-silver"), 12);
    }

    [Fact]
    public async Task Seed_goes_with_its_segment()
    {
        var before = Server.Host.Plans.Current.ModelsHash;
        await SeedAsync("silver", Seed);
        Assert.NotEqual(before, Server.Host.Plans.Current.ModelsHash);

        await Server.SendAsync(HttpMethod.Delete, "/v1/segments/silver");

        Assert.Empty(Server.Host.Plans.Current.Seeds);
        Assert.Equal(before, Server.Host.Plans.Current.ModelsHash);
    }

    [Theory]
    [InlineData("""{"scores":{"churn":{"mean":0.2}}}""", "The model 'churn' has no prior")]
    [InlineData("""{"scores":{"chrun":{"mean":0.2}}}""", "Did you mean 'churn'?")]
    [InlineData("""{"scores":{"buys_again":{"mean":4}}}""", "4 is no probability")]
    [InlineData("""{"numbers":{"ordres":{"mean":2}}}""", "Did you mean 'orders'?")]
    [InlineData("""{"numbers":{"orders":{"mean":2,"deviation":-1}}}""", "out of range")]
    [InlineData("""{"numbers":{"orders":{"deviation":1}}}""", "mean")]
    [InlineData("""{"size":2.5}""", "whole number")]
    [InlineData("""{"szie":2}""", "szie")]
    public async Task Wrong_seed_is_refused_with_what_would_be_right(string seed, string told)
    {
        var plan = Server.Host.Plans.Current.Hash;
        var problem = (await SeedAsync("silver", seed))
            .IsProblem(HttpStatusCode.UnprocessableEntity, "definition-invalid");
        Assert.Contains(told, problem.Body, StringComparison.Ordinal);
        Assert.Equal(plan, Server.Host.Plans.Current.Hash);
    }

    [Fact]
    public async Task Segment_told_by_a_score_cannot_say_what_is_believed_of_it()
    {
        await Server.SendAsync(
            HttpMethod.Post, "/v1/segments", """{"name":"keen","purpose":"analytics","rule":"buys_again > 0.5"}""");
        var problem = (await SeedAsync("keen", Seed)).IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible");
        Assert.Contains("reads the score 'buys_again'", problem.Text("detail"), StringComparison.Ordinal);
        (await SeedAsync("sliver", Seed)).IsProblem(HttpStatusCode.NotFound, "not-found");
    }

    private Task<Answer> SeedAsync(string segment, string seed) =>
        Server.SendAsync(HttpMethod.Put, $"/v1/segments/{segment}/seed", seed);

    private async Task<double> BelievedAsync(string customer) =>
        (await Server.GetAsync($"/v1/twins/{customer}")).Json["prediction"]!["scores"]!["buys_again"]!["value"]!
            .GetValue<double>();

    private async Task TierAsync(string customer, string tier)
    {
        var said = new JsonArray(new JsonObject
        {
            ["customer"] = customer, ["origin"] = "declared",
            ["attributes"] = new JsonObject { ["loyaltyTier"] = tier },
        });
        Assert.Equal(
            1, (await Server.SendAsync(HttpMethod.Post, "/v1/attributes", said.ToJsonString())).Number("accepted"));
    }
}
