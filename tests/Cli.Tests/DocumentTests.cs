using System.Diagnostics;
using Xunit.Abstractions;

namespace DToC.Cli.Tests;

/// <summary>The commands of docs/replay-and-generate.md run when they are pasted.</summary>
public class DocumentTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Every_command_of_the_page_on_replay_works_when_pasted()
    {
        if (OperatingSystem.IsWindows())
        {
            output.WriteLine("skipped: the page is written for a POSIX shell");
            return;
        }
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "replay-and-generate.md"));
        var blocks = page.Split("\n```sh\n").Skip(1).Select(rest => rest.Split("\n```")[0]).ToList();
        Assert.True(blocks.Count >= 7);
        // The block with a server is left out: it needs the program of another project and a free port.
        var script = string.Join('\n', blocks.Where(block => !block.Contains("src/Api", StringComparison.Ordinal)));
        var program = Path.Combine(AppContext.BaseDirectory, "dtoc.dll");
        Assert.Contains("dotnet run --project src/Cli --", script, StringComparison.Ordinal);
        script = script.Replace("dotnet run --project src/Cli --", $"dotnet '{program}'", StringComparison.Ordinal);

        using var folder = new TemporaryFolder();
        var (code, printed, complaints) = await Bash(folder, script);
        output.WriteLine(printed + complaints);
        Assert.Equal(0, code);
        Assert.DoesNotContain("dtoc:", complaints, StringComparison.Ordinal);
        Assert.Contains("\n17,1,16,4.5\n", printed, StringComparison.Ordinal);
        Assert.Contains("net of lines with a customer: 11.50 (exactly 11.5)", printed, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> Bash(TemporaryFolder folder, string script)
    {
        var start = new ProcessStartInfo("bash", ["-e", folder.Write("page.sh", script)])
        {
            WorkingDirectory = Path.GetDirectoryName(folder["page.sh"]),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        var printed = process.StandardOutput.ReadToEndAsync();
        var complaints = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Deadline);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        return (process.ExitCode, await printed, await complaints);
    }
}
