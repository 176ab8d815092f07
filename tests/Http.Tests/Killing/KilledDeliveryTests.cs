using System.Collections.Concurrent;
using System.Net;
using System.Text;
using DToC.Http.Tests.Delivery;
using Xunit.Abstractions;

namespace DToC.Http.Tests.Killing;

/// <summary>
/// The real executable with a webhook, killed under load at random moments: every decision that was recorded arrives,
/// under one id however often, at a receiver that fails every fifth time.
/// </summary>
public sealed class KilledDeliveryTests(ITestOutputHelper output) : IDisposable
{
    private const int Kills = 3;
    private const int Seed = 20_261_123;
    private const int Senders = 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("dtoc-killed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Killed_at_random_moments_it_brings_every_decision_under_one_id()
    {
        var random = new Random(Seed);
        await using var receiver = await HookReceiver.StartAsync();
        var count = 0;
        receiver.Answer = (_, _) => Task.FromResult(Interlocked.Increment(ref count) % 5 == 0 ? 500 : 204);
        var data = Path.Combine(_folder, "data");
        using var server = new ServerProcess(data, "--delivery-network", "127.0.0.0/8");
        using var client = server.NewClient();
        server.Start();
        Assert.True(await server.AnswersAsync(client));
        await PrepareAsync(client, receiver);

        var acknowledged = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        using var stopping = new CancellationTokenSource();
        var senders = Enumerable.Range(0, Senders).Select(i => new EventSender(client, i, acknowledged)).ToList();
        var sends = senders.ConvertAll(sender => sender.RunAsync(stopping.Token));
        for (var kill = 1; kill <= Kills; kill++)
        {
            Assert.True(await server.AnswersAsync(client));
            await Task.Delay(random.Next(200, 1_500)); // another process cannot be asked for its moments
            server.Kill();
            output.WriteLine($"kill {kill} of seed {Seed}: {receiver.Taken.Count} were taken by then");
            server.Start();
        }
        await stopping.CancelAsync();
        await Task.WhenAll(sends);
        foreach (var sender in senders) await sender.FinishAsync();
        await QuietAsync(receiver);
        server.Kill();

        var kept = await KilledFolder.ReadAsync(
            data, Enumerable.Range(0, EventSender.Customers).Select(EventSender.CustomerOf));
        var taken = receiver.Taken.ToLookup(hook => hook.Decision, StringComparer.Ordinal);
        Assert.NotEmpty(kept.Decisions);
        Assert.Equal(
            kept.Decisions.Order(StringComparer.Ordinal),
            taken.Select(one => one.Key).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.All(taken, one => Assert.Single(one.Select(hook => hook.Id).Distinct(StringComparer.Ordinal)));
        output.WriteLine(
            $"{kept.Decisions.Count} decisions, {taken.Count(one => one.Count() > 1)} of them taken again");
    }

    private static async Task PrepareAsync(HttpClient client, HookReceiver receiver)
    {
        for (var i = 0; i < EventSender.Customers; i++)
        {
            var said = await client.PutAsync(
                $"/v1/twins/{EventSender.CustomerOf(i)}/consents", Json("""{"personalization":"granted"}"""));
            Assert.Equal(HttpStatusCode.OK, said.StatusCode);
        }
        var made = await client.PostAsync("/v1/destinations", Json(
            $$"""
            {"name":"hook","kind":"webhook","url":"{{receiver.Url}}",
             "retry":{"attempts":50,"firstDelaySeconds":0.2,"maxDelaySeconds":1} }
            """));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
    }

    /// <summary>The folder cannot be read while it is served: all has come when nothing comes for a while.</summary>
    private static async Task QuietAsync(HookReceiver receiver)
    {
        for (var (seen, quiet) = (-1, 0); quiet < 50; quiet++)
        {
            if (receiver.All.Count != seen) quiet = 0;
            seen = receiver.All.Count;
            await Task.Delay(100);
        }
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
