using System.Net;
using System.Text.Json.Nodes;

namespace DToC.Http.Tests;

public sealed class DecisionStreamTests
{
    [Fact]
    public async Task Receiver_that_resumes_gets_every_decision_in_the_order_of_its_customer()
    {
        await using var server = await ApiServer.StartAsync();
        var customer = await CustomerWithWinnersAsync(server);
        string? last = null;
        var seen = new List<string>();
        var made = new List<string>();
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 4; i++) made.Add(await DecideAsync(server, customer));
            using var receiver =
                await Receiver.OpenAsync(server, last, from: last is null ? "beginning" : null);
            for (var i = 0; i < 4; i++)
            {
                var (id, name, data) = await receiver.NextAsync();
                Assert.Equal(("next-best-action", customer), (name, data["customer"]!.GetValue<string>()));
                Assert.NotEmpty(data["offer"]!.GetValue<string>());
                seen.Add(data["id"]!.GetValue<string>());
                last = id;
            }
        }
        // The first decision of all was made while looking for a customer who is not in the control group.
        Assert.Equal(made[..11], seen[1..]);
    }

    [Fact]
    public async Task Live_receiver_gets_a_decision_as_it_is_made_and_signs_of_life_between()
    {
        await using var server =
            await ApiServer.StartAsync(new HttpOptions { Heartbeat = TimeSpan.FromMilliseconds(50) });
        var customer = await CustomerWithWinnersAsync(server);
        using var receiver = await Receiver.OpenAsync(server, lastEventId: null, from: null);
        await receiver.SignOfLifeAsync();
        await receiver.SignOfLifeAsync();
        var id = await DecideAsync(server, customer);
        Assert.Equal(id, (await receiver.NextAsync()).Data["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task Place_that_is_not_of_this_server_is_a_problem()
    {
        await using var server = await ApiServer.StartAsync();
        using var request = server.Request(HttpMethod.Get, "/v1/decisions");
        request.Headers.Add("Last-Event-ID", "not-a-cursor");
        (await server.SendAsync(request)).IsProblem(HttpStatusCode.BadRequest, "malformed");
        (await server.GetAsync("/v1/decisions?from=yesterday"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task Receivers_are_bounded_and_one_that_leaves_makes_room()
    {
        await using var server = await ApiServer.StartAsync(new HttpOptions { MaxSubscribers = 1 });
        var first = await Receiver.OpenAsync(server, null, null);
        await first.SignOfLifeAsync();
        (await server.GetAsync("/v1/decisions")).IsProblem(HttpStatusCode.ServiceUnavailable, "unavailable");
        first.Dispose();
        var deadline = DateTime.UtcNow.AddSeconds(20);
        HttpStatusCode status;
        do
        {
            using var request = server.Request(HttpMethod.Get, "/v1/decisions");
            using var response =
                await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            status = response.StatusCode;
        }
        while (status != HttpStatusCode.OK && DateTime.UtcNow < deadline);
        Assert.Equal(HttpStatusCode.OK, status);
    }

    private static async Task<string> CustomerWithWinnersAsync(ApiServer server)
    {
        for (var i = 0; ; i++)
        {
            var customer = $"decided-{i}";
            await server.PostEventsAsync(EventFormsTests.Event($"d-{i}", customer));
            var decision = await server.SendAsync(HttpMethod.Post, $"/v1/twins/{customer}/next-best-action");
            if (decision.Json["winner"] is not null) return customer;
        }
    }

    private static async Task<string> DecideAsync(ApiServer server, string customer)
    {
        var decision = await server.SendAsync(HttpMethod.Post, $"/v1/twins/{customer}/next-best-action");
        Assert.NotNull(decision.Json["winner"]);
        return decision.Text("id");
    }
}
