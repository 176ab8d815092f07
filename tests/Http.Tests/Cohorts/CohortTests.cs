using System.Net;
using System.Text.Json.Nodes;
using DToC.Http.Tests.Segments;

namespace DToC.Http.Tests.Cohorts;

/// <summary>Customers as they were chosen at a moment, and what becomes of them.</summary>
public sealed class CohortTests : IAsyncLifetime
{
    private Shoppers? _shop;

    private Shoppers Shop => _shop ?? throw new InvalidOperationException("Not open.");

    public async Task InitializeAsync() => _shop = await Shoppers.OpenAsync();

    public async Task DisposeAsync() => await Shop.DisposeAsync();

    [Fact]
    public async Task Cohort_of_a_segment_keeps_its_members_and_tells_what_becomes_of_them()
    {
        var made = await MakeAsync("""{"name":"spring","segment":"loyal"}""");
        Assert.Equal((HttpStatusCode.Created, 24), (made.Status, made.Number("members")));
        Assert.True(made.Json["isFixed"]!.GetValue<bool>());
        var before = (await Shop.GetAsync("/v1/cohorts/spring")).Json;
        var segment = (await Shop.GetAsync("/v1/segments/loyal")).Json;
        Assert.Equal(segment["counted"]!.ToJsonString(), before["counted"]!.ToJsonString());

        // One buys, and one of those who were not chosen becomes loyal.
        await Shop.Server.PostEventsAsync(Shoppers.Order("more", "c-03", 500).ToJsonString());
        await Shop.Server.PostEventsAsync(Shoppers.Order("more", "c-02", 500).ToJsonString());

        var after = (await Shop.GetAsync("/v1/cohorts/spring")).Json;
        Assert.Equal(24, after["size"]!.GetValue<int>());
        Assert.Equal(85, after["counted"]!["numbers"]!["orders"]!["sum"]!.GetValue<double>());
        Assert.Equal(25, (await Shop.GetAsync("/v1/segments/loyal")).Json["size"]!.GetValue<int>());
        Assert.Equal(
            Shoppers.Named(Shoppers.Where(i => Shoppers.OrdersOf(i) >= 3)),
            string.Join(' ', await Shop.MembersAsync("/v1/cohorts/spring/members", 10)));
    }

    [Fact]
    public async Task Cohort_of_a_rule_may_be_as_of_a_past_moment()
    {
        var then = Shop.Server.Time.GetUtcNow();
        Shop.Server.Time.Advance(TimeSpan.FromDays(2));
        await Shop.Server.PostEventsAsync(Shoppers.Order("more", "c-02", 500).ToJsonString());

        const string Rule = """ "rule":"orders >= 3","purpose":"analytics" """;
        Assert.Equal(25, (await MakeAsync($$"""{"name":"now",{{Rule}}}""")).Number("members"));
        var at = then.AddMinutes(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        var past = await MakeAsync($$"""{"name":"past",{{Rule}},"at":"{{at}}"}""");
        Assert.Equal((24, "rule", "orders >= 3"), (past.Number("members"), past.Text("origin"), past.Text("told")));
        Assert.DoesNotContain(
            "c-02", await Shop.MembersAsync("/v1/cohorts/past/members"), StringComparer.Ordinal);
        var listed = (await Shop.GetAsync("/v1/cohorts")).Json["cohorts"]!.AsArray();
        Assert.Equal("now past", string.Join(' ', listed.Select(cohort => cohort!["name"]!.GetValue<string>())));
    }

    [Fact]
    public async Task Cohort_of_ids_follows_merges_and_lets_the_erased_go()
    {
        var made = await MakeAsync(
            """{"name":"named","purpose":"analytics","ids":["c-01","c-02","c-03","c-04","c-09","c-14","nobody"]}""");
        Assert.Equal((6, 1), (made.Number("members"), made.Number("unknown")));
        var merged = await Shop.PostAsync("/v1/twins/c-01/merge", """{"into":"c-02"}""");
        Assert.True(merged.Status is HttpStatusCode.OK or HttpStatusCode.Accepted, merged.Body);
        await Shop.EraseAsync("c-04");

        var cohort = (await Shop.GetAsync("/v1/cohorts/named")).Json;

        Assert.Equal(
            (5, 1), (cohort["cohort"]!["members"]!.GetValue<int>(), cohort["cohort"]!["erased"]!.GetValue<int>()));
        Assert.Equal(4, cohort["size"]!.GetValue<int>());
        Assert.Equal(
            "c-02 c-03 c-09 c-14", string.Join(' ', await Shop.MembersAsync("/v1/cohorts/named/members")));
        var export = (await Shop.GetAsync("/v1/twins/c-03/export")).Json["records"]!.AsArray();
        var row = Assert.Single(export, record => record!["to"]?.GetValue<string>() == "cohort/named")!;
        Assert.Equal("c-03", row["customer"]!.GetValue<string>());
    }

    [Fact]
    public async Task Who_may_not_be_chosen_by_it_any_more_is_counted_and_not_shown()
    {
        await MakeAsync("""{"name":"spring","segment":"loyal"}""");
        await Shop.SayAsync("c-03", """{"analytics":"objected"}""");

        var cohort = (await Shop.GetAsync("/v1/cohorts/spring")).Json;

        Assert.Equal((24, 1), (cohort["size"]!.GetValue<int>(), cohort["withheld"]!.GetValue<int>()));
        Assert.Equal(81, cohort["counted"]!["numbers"]!["orders"]!["sum"]!.GetValue<double>());
        var shown = cohort["sample"]!.AsArray().Select(id => id!.GetValue<string>());
        Assert.DoesNotContain("c-03", shown, StringComparer.Ordinal);
        Assert.DoesNotContain(
            "c-03", await Shop.MembersAsync("/v1/cohorts/spring/members"), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Cohort_outlives_its_segment_and_goes_when_it_is_deleted()
    {
        await MakeAsync("""{"name":"spring","segment":"loyal"}""");
        await Shop.Server.SendAsync(HttpMethod.Delete, "/v1/segments/loyal");
        Assert.Equal(24, (await Shop.GetAsync("/v1/cohorts/spring")).Number("size"));
        (await MakeAsync("""{"name":"spring","segment":"buyers"}""")).IsProblem(HttpStatusCode.Conflict, "conflict");

        Assert.Equal(
            HttpStatusCode.NoContent, (await Shop.Server.SendAsync(HttpMethod.Delete, "/v1/cohorts/spring")).Status);

        (await Shop.GetAsync("/v1/cohorts/spring")).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Shop.GetAsync("/v1/cohorts/spring/members")).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Shop.Server.SendAsync(HttpMethod.Delete, "/v1/cohorts/spring"))
            .IsProblem(HttpStatusCode.NotFound, "not-found");
        Assert.Empty((await Shop.GetAsync("/v1/cohorts")).Json["cohorts"]!.AsArray());
        Assert.Equal(48, (await MakeAsync("""{"name":"spring","segment":"buyers"}""")).Number("members"));
    }

    [Theory]
    [InlineData("""{"name":"a b","segment":"loyal"}""", "letters, digits")]
    [InlineData("""{"segment":"loyal"}""", "letters, digits")]
    [InlineData("""{"name":"x"}""", "one of segment, rule and ids")]
    [InlineData("""{"name":"x","segment":"loyal","ids":["c-01"]}""", "one of segment, rule and ids")]
    [InlineData("""{"name":"x","segment":"loyl"}""", "There is no segment 'loyl'")]
    [InlineData("""{"name":"x","segment":"loyal","purpose":"analytics"}""", "a purpose of its own")]
    [InlineData("""{"name":"x","rule":"ordres > 1","purpose":"analytics"}""", "Did you mean 'orders'?")]
    [InlineData("""{"name":"x","rule":"orders > 1"}""", "Name a purpose")]
    [InlineData("""{"name":"x","ids":["c-01"],"purpose":"marketing"}""", "No segment serves")]
    [InlineData("""{"name":"x","ids":["c-01"],"purpose":"analytics","at":"2020-01-01T00:00:00Z"}""", "Leave it out")]
    [InlineData("""{"name":"x","segment":"loyal","at":"2999-01-01T00:00:00Z"}""", "lies ahead")]
    [InlineData("""{"name":"x","segmnt":"loyal"}""", "segmnt")]
    [InlineData("", "Send an object")]
    public async Task Wrong_cohort_is_refused_and_none_is_made(string sent, string told)
    {
        var problem = (await MakeAsync(sent)).IsProblem(HttpStatusCode.BadRequest, "malformed");
        Assert.Contains(told, problem.Text("detail"), StringComparison.Ordinal);
        Assert.Empty((await Shop.GetAsync("/v1/cohorts")).Json["cohorts"]!.AsArray());
    }

    private Task<Answer> MakeAsync(string sent) => Shop.PostAsync("/v1/cohorts", sent);
}
