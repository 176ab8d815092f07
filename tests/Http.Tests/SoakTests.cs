using System.Globalization;
using System.Net;
using System.Text;
using Xunit.Abstractions;

namespace DToC.Http.Tests;

/// <summary>
/// A short soak: memory that is still in use after a collection does not grow with what has been answered. It runs
/// while no other test does, as memory is counted for the whole process. The long soak is bench/Load's.
/// </summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SoakTests(ITestOutputHelper output)
{
    public const string Name = "soak";

    private const int Customers = 100;
    private const int EventsOfRound = 2_000;
    private const int WarmRounds = 4;
    private const int Rounds = 8;

    /// <summary>
    /// Less than an event takes in memory, so that one kept for each event is seen; more than caches and pools move.
    /// </summary>
    private const long MostBytesOfEvent = 200;

    private static readonly DateTimeOffset Start = DateTimeOffset.UtcNow.AddHours(-2);

    private int _sent;

    [Fact]
    public async Task Live_memory_stays_flat_while_events_queries_and_decisions_go_on()
    {
        await using var server = await ApiServer.StartAsync();
        for (var customer = 0; customer < Customers; customer++)
        {
            var consents = """{"personalization":"granted","marketing":"granted"}""";
            var answer = await server.SendAsync(HttpMethod.Put, $"/v1/twins/s-{customer}/consents", consents);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
        }
        using var listening = new CancellationTokenSource();
        var decisions = ListenAsync(server, listening.Token);
        for (var round = 0; round < WarmRounds; round++) await RoundAsync(server);
        var before = Live();
        for (var round = 0; round < Rounds; round++) await RoundAsync(server);
        var growth = Live() - before;
        await listening.CancelAsync();

        output.WriteLine($"{growth} bytes more in use after {Rounds * EventsOfRound} more events");
        Assert.True(await decisions > 0, "No decision came.");
        Assert.True(
            growth < Rounds * EventsOfRound * MostBytesOfEvent,
            $"Memory in use grew by {growth} bytes.");
    }

    private async Task RoundAsync(ApiServer server)
    {
        var lines = new StringBuilder();
        for (var i = 0; i < EventsOfRound; i++) lines.Append(NextEvent()).Append('\n');
        var stream = await server.PostEventsAsync(lines.ToString(), "application/x-ndjson");
        Assert.Equal(EventsOfRound, stream.Lines.Count(line => line["status"]?.GetValue<string>() == "accepted"));
        for (var i = 0; i < 20; i++)
        {
            var single = await server.PostEventsAsync(NextEvent());
            Assert.Equal(1, single.Number("accepted"));
            Assert.Equal(HttpStatusCode.OK, (await server.GetAsync($"/v1/twins/s-{i}")).Status);
            var action = await server.SendAsync(
                HttpMethod.Post, $"/v1/twins/s-{i}/next-best-action", """{"context":{"channel":"web"}}""");
            Assert.Equal(HttpStatusCode.OK, action.Status);
        }
    }

    /// <summary>Views, and an order in ten; each customer's in the order of their time.</summary>
    private string NextEvent()
    {
        var number = _sent++;
        var isOrder = number / Customers % 10 == 9;
        var what = isOrder
            ? $$"""{"order_id":"o-{{number}}","total":{{20 + number % 90}}.90,"currency":"EUR"}"""
            : $$"""{"product_id":"p-{{number % 5_000}}","category":"tea","price":4.90,"currency":"EUR"}""";
        var at = Start.AddMilliseconds(20L * number).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        return $$"""
            {"id":"e-{{number}}","type":"{{(isOrder ? "Order Completed" : "Product Viewed")}}","source":"web",
            """.TrimEnd()
            + $$""" "customer":"s-{{number % Customers}}","time":"{{at}}","properties":{{what}}}""";
    }

    /// <summary>Reads decisions as a subscriber does, and keeps none; returns how many came.</summary>
    private static async Task<int> ListenAsync(ApiServer server, CancellationToken cancellation)
    {
        var count = 0;
        try
        {
            using var request = server.Request(HttpMethod.Get, "/v1/decisions");
            using var answer = await server.Client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellation));
            while (await lines.ReadLineAsync(cancellation) is { } line)
            {
                if (line.StartsWith("data:", StringComparison.Ordinal)) count++;
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
        return count;
    }

    private static long Live()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
