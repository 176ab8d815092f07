using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using DToC.Embedded.Tests;
using Xunit.Abstractions;

namespace DToC.Http.Tests.Killing;

/// <summary>
/// The real executable, killed under load at random moments: as it starts, as it commits, as it moves its log.
/// <c>DTOC_KILLS</c> says how often, <c>DTOC_SEED</c> at which moments.
/// </summary>
public sealed class KilledServerTests(ITestOutputHelper output) : IDisposable
{
    private const int Senders = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("dtoc-killed-").FullName;
    private readonly int _kills = FromEnvironment("DTOC_KILLS", 4);
    private readonly int _seed = FromEnvironment("DTOC_SEED", 20_261_122);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public Task Killed_under_load_it_has_all_it_acknowledged_once_and_every_decision_arrives() =>
        RunAsync(Path.Combine(_folder, "data"), disk: null);

    [Fact]
    public async Task Killed_on_a_disk_that_fills_up_it_has_all_it_acknowledged_once_and_every_decision_arrives()
    {
        using var disk = SmallDisk.Mount(SmallKb, output);
        if (disk is not null) await RunAsync(Path.Combine(disk.Folder, "data"), disk);
    }

    private const int SmallKb = 3_072;
    private const int LargeKb = 1 << 20;

    private async Task RunAsync(string folder, SmallDisk? disk)
    {
        var random = new Random(_seed);
        using var server = new ServerProcess(folder);
        using var client = server.NewClient();
        server.Start();
        Assert.True(await server.AnswersAsync(client));
        await ConsentAsync(client);

        var acknowledged = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        using var stopping = new CancellationTokenSource();
        var senders = Enumerable.Range(0, Senders).Select(i => new EventSender(client, i, acknowledged)).ToList();
        var receiver = new DecisionReceiver(client);
        using var receiving = new CancellationTokenSource();
        var receives = receiver.RunAsync(receiving.Token);
        var sends = senders.ConvertAll(sender => sender.RunAsync(stopping.Token));
        for (var kill = 1; kill <= _kills; kill++)
        {
            await ServeAndKillAsync(server, client, random, disk, kill, acknowledged);
            server.Start();
        }
        disk?.Resize(LargeKb);
        if (!await server.AnswersAsync(client))
        {
            // It had ended on the full disk; there is room now.
            server.Start();
            Assert.True(await server.AnswersAsync(client));
        }
        await stopping.CancelAsync();
        await Task.WhenAll(sends);
        foreach (var sender in senders) await sender.FinishAsync();
        await JudgeAsync(server, folder, senders, acknowledged, receiver, receives, receiving);
    }

    private async Task ServeAndKillAsync(
        ServerProcess server, HttpClient client, Random random, SmallDisk? disk, int kill,
        ConcurrentDictionary<string, string> acknowledged)
    {
        var (before, isStarting) = (acknowledged.Count, kill % 4 == 0);
        if (isStarting)
        {
            await Task.Delay(random.Next(1_500)); // while it starts: a process cannot be asked for its moments
        }
        else if (await server.AnswersAsync(client))
        {
            if (kill % 5 == 2) disk?.Resize(LargeKb);
            await Task.Delay(random.Next(50, 1_200));
        }
        server.Kill();
        output.WriteLine($"kill {kill} of seed {_seed}{(isStarting ? ", as it started" : "")}: "
            + $"{acknowledged.Count - before} more were acknowledged");
        if (disk is not null && kill % 5 == 3) disk.Resize(Math.Max(SmallKb, UsedKb(disk) + 256));
    }

    private async Task JudgeAsync(
        ServerProcess server, string folder, List<EventSender> senders,
        ConcurrentDictionary<string, string> acknowledged, DecisionReceiver receiver, Task receives,
        CancellationTokenSource receiving)
    {
        // The folder cannot be read while it is served, so the number of decisions to wait for is not known: they
        // have come when a while passes without one.
        var (seen, quiet) = (-1, 0);
        while (quiet < 20)
        {
            quiet = receiver.Received.Count == seen ? quiet + 1 : 0;
            seen = receiver.Received.Count;
            await Task.Delay(100);
        }
        server.Kill();
        await receiving.CancelAsync();
        await receives;

        var kept = await KilledFolder.ReadAsync(
            folder, Enumerable.Range(0, EventSender.Customers).Select(EventSender.CustomerOf));
        foreach (var (customer, ids) in kept.Events)
        {
            Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
            Assert.Equal(ids.Count, kept.Counted[customer]);
            Assert.All(ids, id => Assert.Contains(senders, s => s.Sent.GetValueOrDefault(id) == customer));
            Assert.Empty(acknowledged.Where(a => a.Value == customer).Select(a => a.Key)
                .Except(ids, StringComparer.Ordinal));
        }
        Assert.Empty(kept.Decisions.Except(receiver.Received.Keys, StringComparer.Ordinal));
        Assert.Empty(receiver.Received.Keys.Except(kept.Decisions, StringComparer.Ordinal));
        Assert.True(kept.Decisions.Count > 0 && acknowledged.Count > _kills);
        output.WriteLine($"{_kills} kills: {acknowledged.Count} events acknowledged, each kept once; "
            + $"{kept.Decisions.Count} decisions, each received, "
            + $"{receiver.Received.Values.Count(n => n > 1)} of them again");
    }

    private static async Task ConsentAsync(HttpClient client)
    {
        for (var i = 0; i < EventSender.Customers; i++)
        {
            using var body =
                new StringContent("""{"personalization":"granted"}""", Encoding.UTF8, "application/json");
            using var answer = await client.PutAsync($"/v1/twins/{EventSender.CustomerOf(i)}/consents", body);
            answer.EnsureSuccessStatusCode();
        }
    }

    private static int UsedKb(SmallDisk disk)
    {
        var drive = new DriveInfo(disk.Folder);
        return (int)((drive.TotalSize - drive.TotalFreeSpace) >> 10);
    }

    private static int FromEnvironment(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value)
            ? value : otherwise;
}
