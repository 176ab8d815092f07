using System.Diagnostics;
using System.Globalization;
using DToC.Twin;
using Xunit.Abstractions;

namespace DToC.Conformance;

/// <summary>
/// The embedded host in a real process under strace: what it acknowledges had been synced to the disk. A kill cannot
/// show that, since the operating system keeps what a killed process wrote.
/// </summary>
public sealed class SyncTests(ITestOutputHelper output) : IDisposable
{
    private const int Events = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _root = Directory.CreateTempSubdirectory("dtoc-sync-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Each_acknowledgement_comes_after_a_sync_of_the_log()
    {
        if (await Watch("sound") is not { } acknowledged) return;

        Assert.Equal(Enumerable.Range(1, Events), acknowledged.Select(a => a.Number));
        Assert.All(acknowledged, a => Assert.True(a.IsDurable, $"Event {a.Number} was acknowledged before a sync."));
    }

    [Fact]
    public async Task A_host_with_synchronous_off_is_caught()
    {
        if (await Watch("broken", KilledProcess.SynchronousOff) is not { } acknowledged) return;

        Assert.Equal(Events, acknowledged.Count);
        var first = acknowledged.First(a => !a.IsDurable); // throws when it was not caught
        var caught = acknowledged.Count(a => !a.IsDurable);
        output.WriteLine($"synchronous=OFF is caught by event {first.Number}; {caught} of {Events} were not synced.");
        Assert.Equal(Events, caught);
    }

    /// <summary>
    /// The acknowledgements of a process that is told one event after the other, each once the last is acknowledged.
    /// Null, with a line, where no process can be watched.
    /// </summary>
    private async Task<IReadOnlyList<(int Number, bool IsDurable)>?> Watch(string name, params string[] more)
    {
        if (!await SystemCalls.CanBeWatchedAsync())
        {
            output.WriteLine("Skipped: strace is not installed, or may not watch processes here.");
            return null;
        }
        var log = Path.Combine(_root, $"{name}.strace");
        var time = Instant.From(DateTimeOffset.UtcNow).PlusMs(-Instant.HourMs).UnixMs;
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo("strace",
        [
            .. SystemCalls.Watching(log), host, typeof(KilledProcess).Assembly.Location, Path.Combine(_root, name),
            time.ToString(CultureInfo.InvariantCulture), .. more,
        ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!; // null only where a shell reuses a process
        using var limit = new CancellationTokenSource(Patience);
        for (var number = 0; number <= Events; number++)
        {
            var said = await process.StandardOutput.ReadLineAsync(limit.Token);
            Assert.Equal(number == 0 ? KilledProcess.Begins : number.ToString(CultureInfo.InvariantCulture), said);
            if (number < Events) await process.StandardInput.WriteLineAsync($"{number + 1}".AsMemory(), limit.Token);
            await process.StandardInput.FlushAsync(limit.Token);
        }
        process.StandardInput.Close();
        await process.WaitForExitAsync(limit.Token);
        Assert.Equal(0, process.ExitCode);
        return SystemCalls.Judge(File.ReadLines(log));
    }
}
