using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace DToC.Cli.Tests;

public class ResumeTests
{
    private const int Events = 3_000;

    private static string WriteEvents(TemporaryFolder folder, int count = Events)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
            text.Append($$"""{"id":"e{{i}}","type":"Seen","customer":"c-{{i % 7}}"}""").Append('\n');
        return folder.Write("events.ndjson", text.ToString());
    }

    [Fact]
    public async Task A_replay_killed_in_the_middle_and_run_again_brings_every_event_once()
    {
        using var folder = new TemporaryFolder();
        using var server = new EventServer();
        string[] args =
        [
            "replay", WriteEvents(folder), "--url", server.Url, "--key", EventServer.Key, "--batch", "100",
            "--in-flight", "3", "--resume-file", folder["resume.json"],
        ];

        var half = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.BeforeLine = received =>
        {
            if (received < Events / 2)
                return Task.CompletedTask;
            half.TrySetResult();
            return killed.Task;
        };
        using (var process = Start(args))
        {
            await half.Task.WaitAsync(TimeSpan.FromSeconds(60));
            process.Kill();
            await process.WaitForExitAsync();
        }
        killed.SetResult();
        var point = JsonDocument.Parse(await File.ReadAllTextAsync(folder["resume.json"])).RootElement;
        var durable = point.GetProperty("events").GetInt32();
        Assert.InRange(durable, Events / 2 - 400, Events / 2);

        var before = server.Received;
        var ran = await Shell.Run(args);
        Assert.Equal(ExitCode.Ok, ran.Code);
        Assert.Equal(Enumerable.Range(0, Events).Select(i => $"e{i}").Order(), server.Accepted.Keys.Order());
        Assert.InRange(server.Received - before, Events - durable - 300, Events - durable + 300);
        var told = long.Parse(ran["accepted"].Replace(",", "", StringComparison.Ordinal))
            + long.Parse(ran["duplicate"].Replace(",", "", StringComparison.Ordinal));
        Assert.Equal(Events, told);
        Assert.Equal("3,000", ran["lines read"]);
    }

    [Fact]
    public async Task A_finished_replay_run_again_sends_nothing_and_reports_the_same()
    {
        using var folder = new TemporaryFolder();
        using var server = new EventServer();
        server.Judge = next => next.GetProperty("id").GetString() == "e5" ? ("refused", "of no use") : null;
        string[] args =
        [
            "replay", WriteEvents(folder, 250), "--url", server.Url, "--key", EventServer.Key, "--batch", "100",
            "--resume-file", folder["resume.json"],
        ];
        var first = await Shell.Run(args);
        var requests = server.Requests;
        var second = await Shell.Run(args);
        Assert.Equal(3, requests);
        Assert.Equal(requests, server.Requests);
        Assert.Equal(first.Output, second.Output);
        Assert.Equal((ExitCode.SomeRefused, ExitCode.SomeRefused), (first.Code, second.Code));
        Assert.Contains("refused: 1\n  of no use: 1", second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resume_file_of_another_input_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var server = new EventServer();
        string[] args =
        [
            "replay", WriteEvents(folder, 10), "--url", server.Url, "--key", EventServer.Key,
            "--resume-file", folder["resume.json"],
        ];
        await Shell.Run(args);
        WriteEvents(folder, 11);
        var ran = await Shell.Run(args);
        Assert.Equal(ExitCode.Usage, ran.Code);
        Assert.Contains("belongs to another input", ran.Error, StringComparison.Ordinal);
        Assert.Equal(10, server.Accepted.Count);
    }

    private static Process Start(string[] args)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "dtoc.dll"));
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        return Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
    }
}
