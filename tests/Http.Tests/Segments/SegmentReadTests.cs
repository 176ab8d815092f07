using System.Net;
using System.Text.Json.Nodes;

namespace DToC.Http.Tests.Segments;

/// <summary>What segments say of their members, against what the members were given.</summary>
public sealed class SegmentReadTests : IAsyncLifetime
{
    private Shoppers? _shop;

    private Shoppers Shop => _shop ?? throw new InvalidOperationException("Not open.");

    public async Task InitializeAsync() => _shop = await Shoppers.OpenAsync();

    public async Task DisposeAsync() => await Shop.DisposeAsync();

    [Fact]
    public async Task Segment_tells_what_its_members_were_given()
    {
        var loyal = Shoppers.Where(i => Shoppers.OrdersOf(i) >= 3);

        var twin = (await Shop.GetAsync("/v1/segments/loyal")).Json;

        Assert.Equal(
            (loyal.Count, true, "analytics", "orders >= 3", "added"),
            (twin["size"]!.GetValue<int>(), twin["isComplete"]!.GetValue<bool>(), twin["purpose"]!.GetValue<string>(),
                twin["rule"]!.GetValue<string>(), twin["origin"]!.GetValue<string>()));
        var orders = twin["counted"]!["numbers"]!["orders"]!;
        Assert.Equal(loyal.Sum(Shoppers.OrdersOf), orders["sum"]!.GetValue<double>());
        Assert.Equal(3.5, orders["mean"]!.GetValue<double>());
        Assert.Equal(
            (24, 0, 0), (orders["count"]!.GetValue<int>(), orders["missing"]!.GetValue<int>(),
                orders["withheld"]!.GetValue<int>()));
        var spend = twin["counted"]!["numbers"]!["spend"]!;
        var spends = loyal.Select(i => Shoppers.OrdersOf(i) * Shoppers.TotalOf(i)).Order().ToList();
        Assert.Equal(spends.Sum(), spend["sum"]!.GetValue<double>(), 1e-9);
        Assert.Equal(
            Math.Sqrt(spends.Sum(s => Math.Pow(s - spends.Average(), 2)) / (spends.Count - 1)),
            spend["deviation"]!.GetValue<double>(), 1e-9);
        var median = spends[(spends.Count - 1) / 2];
        Assert.InRange(spend["quantiles"]!["p50"]!.GetValue<double>(), median * 0.99, median * 1.01);
        // Of 24 fewer than five lie below the tenth part: that would be one person's spend.
        Assert.Null(spend["quantiles"]!["p10"]);
        Assert.Equal(loyal.Count, twin["counted"]!["stages"]!["customer"]!.GetValue<int>());
        Assert.Equal(loyal.Count, twin["moves"]!["entries"]!.GetValue<int>());
        Assert.Equal(loyal.Count, twin["moves"]!["byHour"]!.AsArray().Sum(hour => hour!["entries"]!.GetValue<int>()));
        Assert.Equal(
            Shoppers.Named(loyal),
            string.Join(' ', twin["sample"]!.AsArray().Select(id => id!.GetValue<string>())
                .Order(StringComparer.Ordinal)));
        Assert.Equal(
            ("still", 0.0),
            (twin["time"]!["kind"]!.GetValue<string>(), twin["time"]!["lateSeconds"]!.GetValue<double>()));
        Assert.Null(twin["seeded"]);
    }

    [Fact]
    public async Task List_has_sizes_and_says_how_late_each_may_be()
    {
        await Shop.MakeAsync("quiet", "days_since_order > 30");
        var listed = (await Shop.GetAsync("/v1/segments")).Json;
        Assert.Equal(Shoppers.Count, listed["everybody"]!.GetValue<int>());
        var segments = listed["segments"]!.AsArray().ToDictionary(
            segment => segment!["name"]!.GetValue<string>(), StringComparer.Ordinal);
        Assert.Equal(48, segments["buyers"]!["size"]!.GetValue<int>());
        Assert.Equal("computed", segments["quiet"]!["time"]!["kind"]!.GetValue<string>());
        Assert.Equal("ticked", segments["at_risk"]!["time"]!["kind"]!.GetValue<string>());
        Assert.Equal(3_601, segments["at_risk"]!["time"]!["lateSeconds"]!.GetValue<double>());
        Assert.Equal("definition", segments["at_risk"]!["origin"]!.GetValue<string>());
    }

    [Fact]
    public async Task Everybody_is_read_for_a_purpose_that_segments_serve()
    {
        var all = (await Shop.GetAsync("/v1/segments/everybody?purpose=analytics")).Json;
        Assert.Equal(
            (Shoppers.Count, "everybody"), (all["size"]!.GetValue<int>(), all["origin"]!.GetValue<string>()));
        Assert.Equal(120, all["counted"]!["numbers"]!["orders"]!["sum"]!.GetValue<double>());
        var wrong = (await Shop.GetAsync("/v1/segments/everybody?purpose=marketing"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
        Assert.Contains("analytics", wrong.Text("detail"), StringComparison.Ordinal);
        (await Shop.GetAsync("/v1/segments/loyal?purpose=marketing"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
        var none = (await Shop.GetAsync("/v1/segments/loyals")).IsProblem(HttpStatusCode.NotFound, "not-found");
        Assert.Contains("buyers", none.Text("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(7)]
    public async Task Members_come_page_by_page_each_once(int limit) => Assert.Equal(
        Shoppers.Named(Shoppers.Where(i => Shoppers.OrdersOf(i) >= 3)),
        string.Join(' ', await Shop.MembersAsync("/v1/segments/loyal/members", limit)));

    [Fact]
    public async Task Members_are_asked_for_within_limits()
    {
        (await Shop.GetAsync("/v1/segments/loyal/members?limit=0")).IsProblem(HttpStatusCode.BadRequest, "malformed");
        (await Shop.GetAsync("/v1/segments/loyal/members?limit=1001"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
        (await Shop.GetAsync("/v1/segments/loyal/members?after=nowhere"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
        (await Shop.GetAsync("/v1/segments/loyals/members")).IsProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Who_was_erased_or_objects_is_in_no_segment()
    {
        await Shop.EraseAsync("c-03");
        await Shop.SayAsync("c-04", """{"analytics":"objected"}""");

        var twin = (await Shop.GetAsync("/v1/segments/loyal")).Json;

        Assert.Equal(22, twin["size"]!.GetValue<int>());
        Assert.Equal(84 - 3 - 4, twin["counted"]!["numbers"]!["orders"]!["sum"]!.GetValue<double>());
        var shown = twin["sample"]!.AsArray().Select(id => id!.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain("c-03", shown);
        Assert.DoesNotContain("c-04", shown);
        var members = await Shop.MembersAsync("/v1/segments/loyal/members");
        Assert.Equal(
            Shoppers.Named(Shoppers.Where(i => Shoppers.OrdersOf(i) >= 3 && i is not (3 or 4))),
            string.Join(' ', members));
    }

    [Fact]
    public async Task Of_fewer_than_five_nothing_is_told_but_how_many_they_are()
    {
        await Shop.MakeAsync("few", "spend > 235");
        var twin = (await Shop.GetAsync("/v1/segments/few")).Json;
        Assert.Equal(3, twin["size"]!.GetValue<int>()); // c-49, c-54, c-59
        var spend = twin["counted"]!["numbers"]!["spend"]!;
        Assert.Equal(3, spend["count"]!.GetValue<int>());
        Assert.All<string>(["sum", "mean", "deviation", "quantiles"], name => Assert.Null(spend[name]));
        Assert.Null(twin["counted"]!["stages"]!["customer"]);
        Assert.Empty(twin["counted"]!["flows"]!.AsArray());
    }

    [Fact]
    public async Task Seed_is_shown_beside_what_was_counted_and_not_in_it()
    {
        await Shop.MakeAsync("ghosts", "orders > 1000");
        var seeded = await Shop.Server.SendAsync(
            HttpMethod.Put, "/v1/segments/ghosts/seed",
            """{"size":900,"source":"a panel","numbers":{"orders":{"mean":1200}}}""");
        Assert.Equal(HttpStatusCode.OK, seeded.Status);

        var twin = (await Shop.GetAsync("/v1/segments/ghosts")).Json;

        Assert.Equal(0, twin["size"]!.GetValue<int>());
        Assert.Equal(0, twin["counted"]!["numbers"]!["orders"]!["count"]!.GetValue<int>());
        Assert.Equal(900, twin["seeded"]!["size"]!.GetValue<int>());
        Assert.Equal(1_200, twin["seeded"]!["numbers"]!["orders"]!["mean"]!.GetValue<double>());
        var listed = (await Shop.GetAsync("/v1/segments")).Json["segments"]!.AsArray();
        Assert.Equal(
            "ghosts", string.Join(' ', listed.Where(s => s!["isSeeded"]!.GetValue<bool>())
                .Select(s => s!["name"]!.GetValue<string>())));
    }
}
