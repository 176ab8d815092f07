using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using DToC.Grains;
using DToC.Twin.State;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit.Abstractions;

namespace DToC.Http.Tests.Delivery.Amqp;

/// <summary>Decisions go out by a real RabbitMQ, events come in; it is killed once, and nothing is lost.</summary>
public sealed class BrokerTests(ITestOutputHelper output)
{
    private const int Customers = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Both_directions_lose_nothing_when_the_broker_is_killed()
    {
        using var broker = await Broker.StartAsync(output);
        if (broker is null) return;
        await DeclareAsync(broker);
        await using var server = await ApiServer.StartAsync(
            new HttpOptions { DeliveryNetworks = [IPNetwork.Parse("127.0.0.0/8")] });
        await ConnectAsync(server, broker);

        var confirmed = await PublishAsync(broker, "before", 60);
        await UntilAsync(async () => await MissingAsync(server, confirmed) == 0);
        var decided = await DecideAsync(server);
        broker.Kill();
        decided.UnionWith(await DecideAsync(server));
        await UntilAsync(async () => (await StatusAsync(server))["retrying"]!.GetValue<int>() > 0);
        await broker.BeginAsync();
        confirmed.AddRange(await PublishAsync(broker, "after", 60));
        await using (var connection = await broker.ConnectAsync())
            await PublishAsync(connection, Encoding.UTF8.GetBytes("""{"id":"x-1","type":"Product Viewed" """), "bad");

        await UntilAsync(async () => await MissingAsync(server, confirmed) == 0);
        var arrived = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        await UntilAsync(async () =>
            await DrainAsync(broker, arrived) && decided.IsSubsetOf(arrived.Keys));
        Assert.Equal(
            decided.Order(StringComparer.Ordinal), arrived.Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.All(arrived.Values, ids => Assert.StartsWith("eff_", Assert.Single(ids), StringComparison.Ordinal));
        await AssertRefusedAsync(broker);
        output.WriteLine($"{confirmed.Count} events came in, {decided.Count} decisions went out");
    }

    private static async Task DeclareAsync(Broker broker)
    {
        await using var connection = await broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var queue in (string[])["events", "refused", "decided"])
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        await channel.ExchangeDeclareAsync("decisions", ExchangeType.Topic, durable: true);
        await channel.QueueBindAsync("decided", "decisions", "nba.#");
    }

    private static async Task ConnectAsync(ApiServer server, Broker broker)
    {
        var destination = await server.SendAsync(HttpMethod.Post, "/v1/destinations",
            $$$"""
            {"name":"bus","kind":"amqp","url":"{{{broker.Url}}}","password":"guest","exchange":"decisions",
             "routingKey":"nba.{{data.channel}}","timeoutSeconds":30,
             "retry":{"firstDelaySeconds":0.5,"maxDelaySeconds":2} }
            """);
        Assert.Equal(HttpStatusCode.Created, destination.Status);
        Assert.DoesNotContain("guest", destination.Body, StringComparison.Ordinal);
        var intake = await server.SendAsync(HttpMethod.Post, "/v1/intakes",
            $$"""
            {"name":"bus","url":"{{broker.Url}}","password":"guest","queue":"events","prefetch":50,
             "deadLetterExchange":"","deadLetterRoutingKey":"refused"}
            """);
        Assert.Equal(HttpStatusCode.Created, intake.Status);
    }

    /// <summary>Publishes events, and says which the broker has confirmed: it will have those after a crash.</summary>
    private static async Task<List<(string Customer, string Id)>> PublishAsync(Broker broker, string prefix, int count)
    {
        var confirmed = new List<(string, string)>(count);
        await using var connection = await broker.ConnectAsync();
        for (var i = 0; i < count; i++)
        {
            var (customer, id) = ($"bus-{i % Customers}", $"{prefix}-{i}");
            var json = EventFormsTests.Event(id, customer);
            await PublishAsync(connection, Encoding.UTF8.GetBytes(json), id);
            confirmed.Add((customer, id));
        }
        return confirmed;
    }

    private static async Task PublishAsync(IConnection connection, byte[] body, string id)
    {
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.BasicPublishAsync("", "events", mandatory: true,
            new BasicProperties { Persistent = true, MessageId = id, ContentType = "application/json" }, body);
    }

    private static async Task<int> MissingAsync(ApiServer server, List<(string Customer, string Id)> events)
    {
        var missing = 0;
        foreach (var customer in events.GroupBy(e => e.Customer, StringComparer.Ordinal))
        {
            var journal = await server.Host.ReadJournalAsync(GrainKey.Customer(customer.Key), default);
            var ids = journal.Where(entry => entry.Kind == JournalKind.Event)
                .Select(entry => JsonNode.Parse(Envelope.Open(entry.Payload.Span))!["id"]!.GetValue<string>()).ToList();
            Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
            missing += customer.Count(e => !ids.Contains(e.Id, StringComparer.Ordinal));
        }
        return missing;
    }

    private static async Task<HashSet<string>> DecideAsync(ApiServer server)
    {
        var decided = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Customers; i++)
        {
            var answer = await server.SendAsync(HttpMethod.Post, $"/v1/twins/bus-{i}/next-best-action");
            if (answer.Json["winner"] is not null) decided.Add(answer.Text("id"));
        }
        Assert.NotEmpty(decided);
        return decided;
    }

    private static async Task<JsonNode> StatusAsync(ApiServer server) =>
        (await server.GetAsync("/v1/destinations/bus")).Json["status"]!;

    /// <summary>Takes what is in the queue: decisions with the ids of the messages that brought them.</summary>
    private static async Task<bool> DrainAsync(Broker broker, Dictionary<string, HashSet<string>> arrived)
    {
        await using var connection = await broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        while (await channel.BasicGetAsync("decided", autoAck: true) is { } got)
        {
            Assert.True(got.BasicProperties.Persistent);
            var decision = JsonNode.Parse(got.Body.Span)!["data"]!["id"]!.GetValue<string>();
            if (!arrived.TryGetValue(decision, out var ids)) arrived.Add(decision, ids = new(StringComparer.Ordinal));
            ids.Add(got.BasicProperties.MessageId ?? "");
        }
        return true;
    }

    private static async Task AssertRefusedAsync(Broker broker)
    {
        await using var connection = await broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        BasicGetResult? refused = null;
        await UntilAsync(async () => (refused = await channel.BasicGetAsync("refused", autoAck: true)) is not null);
        Assert.Equal("bad", refused?.BasicProperties.MessageId);
        var reason = (byte[]?)refused?.BasicProperties.Headers?["x-dtoc-reason"] ?? [];
        Assert.NotEmpty(Encoding.UTF8.GetString(reason));
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var until = DateTime.UtcNow + Patience;
        while (true)
        {
            try
            {
                if (await isSo()) return;
            }
            catch (Exception exception) when (exception is RabbitMQClientException or IOException)
            {
                // The broker is starting.
            }
            Assert.True(DateTime.UtcNow < until, "It did not come to pass within three minutes.");
            await Task.Delay(50); // another process is waited for, so real time has to pass
        }
    }
}
