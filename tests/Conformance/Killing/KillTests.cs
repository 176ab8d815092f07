using System.Diagnostics;
using System.Globalization;
using DToC.Embedded;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.State;
using Xunit.Abstractions;

namespace DToC.Conformance;

/// <summary>The embedded host in a real process that is killed without a chance to finish anything.</summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const int Kills = 5;

    // More than any kill waits for; all kills together leave some events untold.
    private const int MostAtOnce = NumberedEvents.Count / (Kills + 1);

    private const ulong Seed = 20_260_301;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _root = Directory.CreateTempSubdirectory("dtoc-kill-").FullName;
    private readonly Instant _start = Instant.From(DateTimeOffset.UtcNow).PlusMs(-Instant.HourMs);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Killed_five_times_the_host_has_all_it_acknowledged_once()
    {
        var folder = Path.Combine(_root, "killed");
        var acknowledged = new SortedSet<int>();
        var draws = new SeededDraws(Seed);
        for (var kill = 1; kill <= Kills; kill++)
        {
            // Once before it has opened the folder, or while it looks through it.
            var after = kill == Kills / 2 ? 0 : draws.Between(1, 70);
            var before = acknowledged.Count;
            await RunAndKill(folder, acknowledged, after);
            output.WriteLine($"Kill {kill} of seed {Seed}: {acknowledged.Count - before} more were acknowledged.");
        }
        Assert.InRange(acknowledged.Count, Kills, NumberedEvents.Count - 1);

        await using var host = KilledProcess.Open(folder);
        foreach (var (key, numbers) in await Recorded(host))
        {
            Assert.Equal(numbers.Count, numbers.Distinct().Count());
            Assert.Subset(numbers.ToHashSet(), acknowledged.Where(n => NumberedEvents.KeyOf(n) == key).ToHashSet());
        }

        await SendAll(host);
        await using var sound = KilledProcess.Open(Path.Combine(_root, "sound"));
        await SendAll(sound);
        foreach (var key in NumberedEvents.Keys)
        {
            AssertSame(await State(sound, key), await State(host, key));
        }
        Assert.Equal(NumberedEvents.Count, (await Recorded(host)).Sum(r => r.Numbers.Count));
    }

    /// <summary>
    /// Starts the process on what is not acknowledged yet and kills it after so many acknowledgements; notes all
    /// that it printed.
    /// </summary>
    private async Task RunAndKill(string folder, SortedSet<int> acknowledged, int after)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(typeof(KilledProcess).Assembly.Location);
        start.ArgumentList.Add(folder);
        start.ArgumentList.Add(_start.UnixMs.ToString(CultureInfo.InvariantCulture));
        using var process = Process.Start(start)!; // null only where a shell reuses a process
        using var limit = new CancellationTokenSource(Patience);
        var missing = Enumerable.Range(1, NumberedEvents.Count).Where(n => !acknowledged.Contains(n)).Take(MostAtOnce);
        var told = TellAsync(process.StandardInput, [.. missing]);
        var left = after;
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            Assert.NotEqual(KilledProcess.Ends, line, StringComparer.Ordinal);
            if (line != KilledProcess.Begins)
            {
                acknowledged.Add(int.Parse(line, CultureInfo.InvariantCulture));
                left--;
            }
            // SIGKILL; what it had printed by then is read on.
            if (left == 0) process.Kill();
        }
        await process.WaitForExitAsync(limit.Token);
        await told;
        Assert.NotEqual(0, process.ExitCode);
    }

    private static async Task TellAsync(StreamWriter input, List<int> numbers)
    {
        try
        {
            foreach (var number in numbers) await input.WriteLineAsync(number.ToString(CultureInfo.InvariantCulture));
            await input.FlushAsync(); // and left open: however fast it is, it waits for more until it is killed
        }
        catch (IOException)
        {
            // Killed before it had read them all.
        }
    }

    private async Task SendAll(EmbeddedHost host)
    {
        var events = new NumberedEvents(_start);
        await Parallel.ForEachAsync(Enumerable.Range(1, NumberedEvents.Count), async (number, cancellation) =>
        {
            var reply = await host.SendAsync(NumberedEvents.KeyOf(number), events.Message(number), cancellation);
            var status = Assert.IsType<CustomerReply.Observed>(reply).Results[0].Status;
            Assert.True(status is EventStatus.Accepted or EventStatus.Duplicate, $"Event {number} is {status}.");
        });
    }

    private static async Task<List<(GrainKey Key, List<int> Numbers)>> Recorded(EmbeddedHost host)
    {
        var recorded = new List<(GrainKey, List<int>)>();
        foreach (var key in NumberedEvents.Keys)
        {
            var journal = await host.ReadJournalAsync(key, default);
            var events = CustomersEnd.EventsOf(key, journal, CustomerPlans.First);
            recorded.Add((key, events.ConvertAll(e => int.Parse(e.Event.Id.AsSpan(1), CultureInfo.InvariantCulture))));
        }
        return recorded;
    }

    private static async Task<CustomerState> State(EmbeddedHost host, GrainKey key)
    {
        var stored = await host.ReadAsync(key, default);
        Assert.NotNull(stored);
        return CustomerCodec.Read(stored.Bytes.Span, host.Plans).Twin;
    }

    /// <summary>All that is folded; decayed values within 1e-9 of the contributions.</summary>
    private static void AssertSame(CustomerState should, CustomerState is_)
    {
        Assert.True(should.EventCount > 0);
        Assert.Equal(should.Longs, is_.Longs);
        Assert.Equal(should.Bytes, is_.Bytes);
        Assert.Equal(should.Newest, is_.Newest);
        var decayed = should.Plan.Layout.OrderedFrom.Reals;
        var spend = should.Plan.Layout.Find("sum|Ordered.total:2");
        Assert.NotNull(spend);
        var contributions = should.EventCount + (double)should.Longs[spend.At.Longs];
        for (var i = 0; i < decayed; i++) Assert.Equal(should.Reals[i], is_.Reals[i], 1e-9 * contributions);
        Assert.Equal(should.Reals[decayed..], is_.Reals[decayed..]);
    }
}
