using System.Net;
using System.Text.Json.Nodes;
using DToC.Twin.Segments.Differences;

namespace DToC.Http.Tests.Segments;

/// <summary>Segments side by side: what makes one different, what several share, sets made of them.</summary>
public sealed class SegmentSetTests : IAsyncLifetime
{
    private Shoppers? _shop;

    private Shoppers Shop => _shop ?? throw new InvalidOperationException("Not open.");

    public async Task InitializeAsync()
    {
        _shop = await Shoppers.OpenAsync();
        await Shop.MakeAsync("big", "spend >= 100");
    }

    public async Task DisposeAsync() => await Shop.DisposeAsync();

    [Fact]
    public async Task Difference_from_the_rest_is_that_of_their_own_values()
    {
        var answer = (await Shop.GetAsync("/v1/segments/big/difference")).Json;

        var big = Shoppers.Where(IsBig);
        var rest = Shoppers.Where(i => !IsBig(i));
        Assert.Equal(
            (big.Count, rest.Count, "rest"),
            (answer["size"]!.GetValue<int>(), answer["others"]!.GetValue<int>(), answer["from"]!.GetValue<string>()));
        var orders = Found(answer, "orders");
        var test = WelchTest.Of(
            Moments.Of(big.Select(i => (double)Shoppers.OrdersOf(i))),
            Moments.Of(rest.Select(i => (double)Shoppers.OrdersOf(i))), 0.95);
        Assert.Equal(test.Statistic, orders["statistic"]!.GetValue<double>(), 1e-9);
        Assert.Equal(test.Probability, orders["probability"]!.GetValue<double>(), 1e-12);
        Assert.Equal(test.Lift, orders["lift"]!.GetValue<double>(), 1e-9);
        Assert.Equal(test.Interval!.Value.Low, orders["interval"]!["low"]!.GetValue<double>(), 1e-9);
        Assert.True(orders["isFound"]!.GetValue<bool>());
        Assert.False(orders["inRule"]!.GetValue<bool>());
        Assert.True(Found(answer, "spend")["inRule"]!.GetValue<bool>());
        var loyal = Found(answer, "loyal");
        var share = ShareTest.Of(
            big.Count(i => Shoppers.OrdersOf(i) >= 3), big.Count, rest.Count(i => Shoppers.OrdersOf(i) >= 3),
            rest.Count, 0.95);
        Assert.Equal(share.Reason == NotCompared.None, loyal["notCompared"] is null);
        Assert.Equal("segment", loyal["of"]!.GetValue<string>());
        // Nobody has a ticket: that is no difference, and no question that was asked.
        Assert.Equal("noSpread", Found(answer, "tickets_30d")["notCompared"]!.GetValue<string>());
        AssertCorrected(answer);
    }

    [Fact]
    public async Task Difference_from_another_leaves_out_those_in_both()
    {
        var answer = (await Shop.GetAsync("/v1/segments/big/difference?from=buyers&level=0.9")).Json;
        var others = Shoppers.Where(i => Shoppers.OrdersOf(i) >= 1 && !IsBig(i));
        Assert.Equal(
            (others.Count, "buyers", 0.9),
            (answer["others"]!.GetValue<int>(), answer["from"]!.GetValue<string>(),
                answer["level"]!.GetValue<double>()));
        Assert.Equal(
            others.Average(Shoppers.OrdersOf), Found(answer, "orders")["otherValue"]!.GetValue<double>(), 1e-9);
        AssertCorrected(answer);
    }

    [Theory]
    [InlineData("/v1/segments/bigger/difference", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/v1/segments/big/difference?from=bigger", HttpStatusCode.BadRequest, "malformed")]
    [InlineData("/v1/segments/big/difference?from=big", HttpStatusCode.BadRequest, "malformed")]
    [InlineData("/v1/segments/big/difference?level=1", HttpStatusCode.BadRequest, "malformed")]
    public async Task Wrong_question_of_a_difference_is_refused(string path, HttpStatusCode status, string type) =>
        (await Shop.GetAsync(path)).IsProblem(status, type);

    [Fact]
    public async Task Overlap_counts_those_in_both()
    {
        var answer = (await Shop.PostAsync("/v1/segments/overlap", """{"segments":["big","loyal"]}""")).Json;
        var (big, loyal) = (Shoppers.Where(IsBig), Shoppers.Where(i => Shoppers.OrdersOf(i) >= 3));
        var both = big.Intersect(loyal).Count();
        var pair = Assert.Single(answer["pairs"]!.AsArray())!;
        Assert.Equal(both, pair["both"]!.GetValue<int>());
        Assert.Equal((double)both / big.Union(loyal).Count(), pair["jaccard"]!.GetValue<double>(), 1e-12);
        Assert.Equal(
            both * 60.0 / (big.Count * loyal.Count), pair["lift"]!.GetValue<double>(), 1e-12);
        Assert.Equal(big.Count, answer["sizes"]!["big"]!.GetValue<int>());
        var all = (await Shop.PostAsync("/v1/segments/overlap", "")).Json;
        var count = Shop.Server.Host.Plans.Current.Segments.Count;
        Assert.Equal(count * (count - 1) / 2, all["pairs"]!.AsArray().Count);
        (await Shop.PostAsync("/v1/segments/overlap", """{"segments":["bigger"]}"""))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
    }

    [Theory]
    [InlineData("buyers and not loyal")]
    [InlineData("not (buyers or loyal)")]
    [InlineData("big && !loyal || loyal && !big")]
    public async Task Set_of_segments_is_counted_exactly_and_sampled(string set)
    {
        var members = Shoppers.Where(i =>
        {
            var (buys, loyal) = (Shoppers.OrdersOf(i) >= 1, Shoppers.OrdersOf(i) >= 3);
            return set[0] == 'n' ? !buys && !loyal : set[1] == 'u' ? buys && !loyal : IsBig(i) != loyal;
        });

        var answer = (await Shop.PostAsync(
            "/v1/segments/evaluate", new JsonObject { ["set"] = set, ["sample"] = 100 }.ToJsonString())).Json;

        Assert.Equal(members.Count, answer["size"]!.GetValue<int>());
        Assert.Equal(
            members.Sum(Shoppers.OrdersOf), answer["counted"]!["numbers"]!["orders"]!["sum"]!.GetValue<double>());
        Assert.Equal(
            Shoppers.Named(members),
            string.Join(' ', answer["sample"]!.AsArray().Select(id => id!.GetValue<string>())
                .Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("""{"set":"buyers and not loyl"}""", "Did you mean 'loyal'?")]
    [InlineData("""{"set":"buyers and"}""", "character")]
    [InlineData("""{"set":"orders > 2"}""", "orders")]
    [InlineData("""{"set":"true"}""", "0 segments")]
    [InlineData("""{"set":""}""", "set must")]
    [InlineData("""{"set":"buyers","sample":101}""", "0 to 100")]
    [InlineData("", "set must")]
    public async Task Wrong_set_is_refused_with_what_would_be_right(string sent, string told)
    {
        var problem = (await Shop.PostAsync("/v1/segments/evaluate", sent))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
        Assert.Contains(told, problem.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Set_of_segments_of_two_purposes_is_refused()
    {
        await Shop.PostAsync("/v1/segments", """{"name":"served","purpose":"service","rule":"orders >= 1"}""");
        var problem = (await Shop.PostAsync("/v1/segments/evaluate", """{"set":"served and loyal"}"""))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
        Assert.Contains("served: service", problem.Text("detail"), StringComparison.Ordinal);
    }

    private static bool IsBig(int i) => Shoppers.OrdersOf(i) * Shoppers.TotalOf(i) >= 100;

    private static JsonNode Found(JsonNode answer, string name) => Assert.Single(
        answer["differences"]!.AsArray(), contrast => contrast!["name"]!.GetValue<string>() == name)!;

    private static void AssertCorrected(JsonNode answer)
    {
        var asked = answer["differences"]!.AsArray().Where(contrast => contrast!["probability"] is not null).ToList();
        var corrected = FalseDiscovery.Correct([.. asked.Select(c => c!["probability"]!.GetValue<double>())]);
        Assert.True(asked.Count > 5);
        for (var i = 0; i < asked.Count; i++)
            Assert.Equal(corrected[i], asked[i]!["corrected"]!.GetValue<double>(), 1e-12);
    }
}
