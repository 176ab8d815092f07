using System.Net;
using System.Text.Json.Nodes;
using static DToC.Http.Tests.Simulations.SimulatedCustomers;

namespace DToC.Http.Tests.Simulations;

/// <summary>What simulations tell of customers, and of whom they do not.</summary>
public sealed class SimulationPrivacyTests : IAsyncLifetime
{
    private const string Named = """
        {"weeks":26,"paths":40,"top":20,"population":{"customers":["c-18","c-19","c-20","c-21","c-22","c-23"]},
         "scenarios":[{"name":"dearer","levers":[{"lever":"price","factor":1.3}]}]}
        """;

    private ApiServer? _server;

    private ApiServer Server => _server ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync() => _server = await StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();

    [Fact]
    public async Task Erased_customer_is_named_by_no_simulation_any_more()
    {
        var done = await RunAsync(Server, Named);
        var path = $"/v1/simulations/{Text(done, "id")}";
        var named = NamesIn(done);
        Assert.Contains("c-23", named);
        Assert.Contains("c-23", done["request"]!["population"]!["customers"]!.ToJsonString(), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, (await Server.SendAsync(HttpMethod.Delete, "/v1/twins/c-23")).Status);
        var after = (await Server.GetAsync(path)).Json;
        Assert.DoesNotContain("\"c-23\"", after.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("\"c-22\"", after.ToJsonString(), StringComparison.Ordinal);
        Assert.InRange(after["namesErased"]!.GetValue<int>(), 2, 3);
        // Sums stay as they were.
        Assert.Equal(
            done["result"]!["scenarios"]![0]!["totals"]!.ToJsonString(),
            after["result"]!["scenarios"]![0]!["totals"]!.ToJsonString());
    }

    [Fact]
    public async Task Customer_who_objects_is_not_named_and_not_simulated_any_more_but_counted()
    {
        var done = await RunAsync(Server, Named);
        var someone = NamesIn(done).Order(StringComparer.Ordinal).First();
        var said = await Server.SendAsync(
            HttpMethod.Put, $"/v1/twins/{someone}/consents", """{"analytics":"withdrawn"}""");
        Assert.Equal(HttpStatusCode.OK, said.Status);
        var after = (await Server.GetAsync($"/v1/simulations/{Text(done, "id")}")).Json;
        Assert.DoesNotContain(someone, NamesIn(after));
        var again = await RunAsync(Server, Named);
        var members = again["result"]!["members"]!;
        Assert.Equal(5, members["simulated"]!.GetValue<int>());
        Assert.Equal(1, members["notSimulated"]!["noLegalBasis"]!.GetValue<int>());
        Assert.DoesNotContain(someone, NamesIn(again));
    }

    [Fact]
    public async Task Too_few_customers_are_told_of_neither_alone_nor_as_a_group_nor_by_a_difference()
    {
        // Valuable are those with the most orders; whoever is not is too few of six.
        var done = await RunAsync(
            Server, """{"weeks":4,"paths":20,"groups":["in_cart","valuable"]}""");
        var scenario = done["result"]!["scenarios"]![0]!;
        var simulated = done["result"]!["members"]!["simulated"]!.GetValue<int>();
        Assert.All(scenario["groups"]!.AsArray(), group =>
        {
            var members = group!["simulated"]!.GetValue<int>();
            Assert.False(members is > 0 and < 5 || simulated - members is > 0 and < 5, group.ToJsonString());
        });

        var body = """{"weeks":4,"paths":20,"population":{"sample":4}}""";
        var few = await EndedAsync(Server, await BeginAsync(Server, body));
        Assert.Equal("failed", Text(few, "state"));
        Assert.Contains("5 or more", Text(few, "note"), StringComparison.Ordinal);
        Assert.Null(few["result"]);
    }

    [Fact]
    public async Task Key_that_may_not_read_twins_is_told_sums_and_no_names()
    {
        var key = await Server.IssueAsync("operate");
        var path = await BeginAsync(Server, Named, key);
        var told = await EndedAsync(Server, path, key);
        Assert.Empty(NamesIn(told));
        Assert.NotNull(told["result"]!["scenarios"]![1]!["gains"]!["above"]);
        Assert.NotEmpty(NamesIn((await Server.GetAsync(path)).Json));
    }

    private static HashSet<string> NamesIn(JsonNode simulation)
    {
        var gains = simulation["result"]!["scenarios"]![1]!["gains"]!;
        return gains["top"]!.AsArray().Concat(gains["bottom"]!.AsArray()).Select(gain => Text(gain!, "customer"))
            .ToHashSet(StringComparer.Ordinal);
    }
}
