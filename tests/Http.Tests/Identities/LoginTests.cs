using DToC.Grains;
using DToC.Twin.Events;

namespace DToC.Http.Tests.Identities;

/// <summary>Who is one customer and who is not, as senders of events see it.</summary>
public sealed class LoginTests
{
    [Fact]
    public async Task Anonymous_visitor_logs_in_and_is_one_twin()
    {
        await using var shop = await Shop.OpenAsync(new byte[32]);
        var visitor = await shop.ShowAsync("\"identifiers\":{\"device\":\"d-1\"}");
        Assert.Equal(visitor, await shop.ShowAsync("\"identifiers\":{\"device\":\"d-1\"}"));
        await shop.ShowAsync("\"customer\":\"ann\",\"identifiers\":{\"device\":\"d-1\"}");
        await shop.UntilLeadsAsync(visitor, "ann");
        await Shop.UntilAsync(async () => Events(await shop.TwinAsync("ann")) == 3);
        await shop.ShowAsync("\"identifiers\":{\"device\":\"d-1\"}");
        Assert.Equal(4, Events(await shop.TwinAsync("ann")));
        Assert.Equal(1, (await shop.TwinAsync("ann"))["operation"]!["identifiers"]!["device"]!.GetValue<int>());
    }

    [Fact]
    public async Task Email_that_comes_later_names_the_twin_and_then_the_customer_id_does()
    {
        await using var shop = await Shop.OpenAsync(new byte[32]);
        var visitor = await shop.ShowAsync("\"identifiers\":{\"device\":\"d-1\"}");
        var reader = await shop.ShowAsync("\"identifiers\":{\"device\":\"d-1\",\"email\":\"ann@home.example\"}");
        Assert.NotEqual(visitor, reader, StringComparer.Ordinal);
        await shop.UntilLeadsAsync(visitor, reader);
        await shop.ShowAsync(
            "\"customer\":\"ann\",\"identifiers\":{\"device\":\"d-1\",\"email\":\"ann@home.example\"}");
        await shop.UntilLeadsAsync(visitor, "ann");
        // The device was shown by two who have turned out to be one: it leads to her.
        await Shop.UntilAsync(async () =>
        {
            await shop.ShowAsync("\"identifiers\":{\"device\":\"d-1\"}");
            return await shop.ShowAsync("\"identifiers\":{\"device\":\"d-1\"}") == "ann";
        });
    }

    [Fact]
    public async Task Tablet_that_two_people_log_in_on_merges_neither_and_leads_to_neither()
    {
        await using var shop = await Shop.OpenAsync(new byte[32]);
        const string Tablet = "\"identifiers\":{\"device\":\"tablet\"}";
        var before = await shop.ShowAsync(Tablet);
        await shop.ShowAsync("\"customer\":\"ann\"," + Tablet);
        await shop.UntilLeadsAsync(before, "ann");
        await shop.ShowAsync("\"customer\":\"bob\"," + Tablet);
        var shared = IdentityGrain.MintSharedId(new Identifier("device", "tablet"));
        await Shop.UntilAsync(async () => await shop.ShowAsync(Tablet) == shared);

        var (ann, bob) = (Events(await shop.TwinAsync("ann")), Events(await shop.TwinAsync("bob")));
        for (var i = 0; i < 3; i++) Assert.Equal(shared, await shop.ShowAsync(Tablet));
        await shop.ShowAsync("\"customer\":\"cem\"," + Tablet);
        await shop.ShowAsync("\"identifiers\":{\"device\":\"tablet\",\"email\":\"dora@home.example\"}");
        Assert.Equal(shared, await shop.ShowAsync(Tablet));

        Assert.Equal((ann, bob), (Events(await shop.TwinAsync("ann")), Events(await shop.TwinAsync("bob"))));
        Assert.Equal(1, bob);
        foreach (var id in new[] { "ann", "bob", "cem", shared })
            Assert.Equal(id, (await shop.TwinAsync(id))["customer"]!.GetValue<string>());
    }

    [Fact]
    public async Task Address_of_the_call_centre_leads_to_nobody_and_agents_merge_nobody()
    {
        await using var shop = await Shop.OpenAsync(new byte[32]);
        const string Desk = "\"identifiers\":{\"email\":\"Desk@Shop.example\"";
        var caller = await shop.ShowAsync(Desk + ",\"device\":\"d-1\"}");
        Assert.Equal(IdentityGrain.MintId(new Identifier("device", "d-1")), caller);
        var nobody = await shop.PostAsync(Desk + "}");
        Assert.Contains("leads to no single customer", nobody.Body, StringComparison.Ordinal);

        var agent = await shop.ShowAsync("\"identifiers\":{\"agent\":\"a-7\"}");
        foreach (var customer in new[] { "ann", "bob" })
        {
            await shop.ShowAsync(
                $"\"customer\":\"{customer}\",\"identifiers\":{{\"agent\":\"a-7\",\"device\":\"{customer}\"}}");
        }
        var shared = IdentityGrain.MintSharedId(new Identifier("agent", "a-7"));
        await Shop.UntilAsync(async () => await shop.ShowAsync("\"identifiers\":{\"agent\":\"a-7\"}") == shared);
        foreach (var id in new[] { "ann", "bob", agent })
            Assert.Equal(id, (await shop.TwinAsync(id))["customer"]!.GetValue<string>());
    }

    [Fact]
    public async Task Values_beyond_the_limit_are_said_to_sender_and_operators()
    {
        await using var shop = await Shop.OpenAsync(new byte[32]);
        for (var i = 1; i <= 3; i++)
        {
            var answer = await shop.PostAsync($"\"customer\":\"ann\",\"identifiers\":{{\"device\":\"d-{i}\"}}");
            Assert.Equal(i == 3, answer.Body.Contains("not linked", StringComparison.Ordinal));
        }
        Assert.Equal(1, (await shop.TwinAsync("ann"))["operation"]!["notLinked"]!.GetValue<int>());
        var metrics = (await shop.Server.GetAsync("/metrics")).Body;
        Assert.Contains("dtoc_identifiers_not_linked_total 1", metrics, StringComparison.Ordinal);
    }

    private static int Events(System.Text.Json.Nodes.JsonNode twin) => twin["description"]!["events"]!.GetValue<int>();
}
