using System.Diagnostics;
using System.Text.Json;
using Xunit.Abstractions;

namespace DToC.Cli.Tests;

/// <summary>Replays into a folder that do not come to their end at once.</summary>
public class FolderKillTests(ITestOutputHelper output)
{
    private const string End = "2025-06-30";
    private const int Kills = 3;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task A_replay_killed_again_and_again_gives_the_totals_of_one_without_a_kill()
    {
        using var folder = new TemporaryFolder();
        var (events, count) = await Generate(folder);
        await Shell.Run("replay", events, "--data", folder["whole"]);
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}, {count} events");
        var random = new Random(seed);
        var least = 0L;
        for (var kill = 0; kill < Kills; kill++)
        {
            least += random.Next(1, count / (Kills + 1));
            using var process = Start(Arguments(folder, events));
            var killed = await KillOnceDurable(process, folder["resume.json"], least);
            output.WriteLine($"killed when {killed} events were durable, wanted {least}");
            Assert.InRange(killed, least, count - 1);
        }

        var ran = await Shell.Run(Arguments(folder, events));
        Assert.Equal(ExitCode.Ok, ran.Code);
        Assert.Equal(count, NumberOf(ran["accepted"]) + NumberOf(ran["duplicate"]));
        await AssertSameTwins(folder["whole"], folder["killed"]);
    }

    [Fact]
    public async Task A_replay_that_is_stopped_drains_and_goes_on_where_it_was()
    {
        using var folder = new TemporaryFolder();
        var (events, count) = await Generate(folder);
        await Shell.Run("replay", events, "--data", folder["whole"]);
        using var stop = new CancellationTokenSource();
        var stopping = StopOnceDurable(stop, folder["resume.json"], count / 3);
        var stopped = await Shell.Run(stop.Token, Arguments(folder, events));
        await stopping;
        Assert.Equal((ExitCode.Stopped, "dtoc: stopped."), (stopped.Code, stopped.Error.Trim().Split('\n')[^1]));

        var ran = await Shell.Run(Arguments(folder, events));
        Assert.Equal(ExitCode.Ok, ran.Code);
        await AssertSameTwins(folder["whole"], folder["killed"]);
    }

    private static string[] Arguments(TemporaryFolder folder, string events) =>
    [
        "replay", events, "--data", folder["killed"], "--batch", "50", "--in-flight", "3",
        "--resume-file", folder["resume.json"],
    ];

    private static async Task<(string Path, int Count)> Generate(TemporaryFolder folder)
    {
        await Shell.Run("generate", "--profile", "retail", "--customers", "60", "--days", "120", "--seed", "5",
            "--end", End + "T00:00:00Z", "--out", folder["e.ndjson"]);
        var count = File.ReadLines(folder["e.ndjson"]).Count();
        Assert.True(count > 1_000);
        return (folder["e.ndjson"], count);
    }

    private static async Task AssertSameTwins(string expected, string actual)
    {
        var (whole, other) = (await TwinTable.Of(expected, End), await TwinTable.Of(actual, End));
        Assert.True(whole.Sum("orders") > 60);
        Assert.Equal(whole.Rows.Keys.Order(), other.Rows.Keys.Order());
        foreach (var (customer, fields) in whole.Rows)
            Assert.Equal(fields, other.Rows[customer]);
    }

    private static async Task<long> KillOnceDurable(Process process, string resumeFile, long least)
    {
        await UntilDurable(resumeFile, least, () => process.HasExited);
        process.Kill();
        await process.WaitForExitAsync();
        return DurableIn(resumeFile);
    }

    private static async Task StopOnceDurable(CancellationTokenSource stop, string resumeFile, long least)
    {
        await UntilDurable(resumeFile, least, static () => false);
        await stop.CancelAsync();
    }

    // Another process is waited for, so real time has to pass.
    private static async Task UntilDurable(string resumeFile, long least, Func<bool> hasEnded)
    {
        var start = Stopwatch.GetTimestamp();
        while (DurableIn(resumeFile) < least)
        {
            Assert.False(hasEnded(), "the replay ended before it could be killed");
            Assert.True(Stopwatch.GetElapsedTime(start) < Deadline, $"{least} events were not durable in time");
            await Task.Delay(1);
        }
    }

    private static long DurableIn(string resumeFile)
    {
        if (!File.Exists(resumeFile))
            return 0;
        using var json = JsonDocument.Parse(File.ReadAllBytes(resumeFile));
        return json.RootElement.GetProperty("events").GetInt64();
    }

    private static long NumberOf(string text) => long.Parse(text.Replace(",", "", StringComparison.Ordinal));

    private static Process Start(string[] args)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "dtoc.dll") },
        };
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        return Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
    }
}
