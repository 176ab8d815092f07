using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace DToC.Cli.Tests;

/// <summary>The commands that look after a data folder, as an operator runs them.</summary>
public class FolderCareTests(ITestOutputHelper output)
{
    private const string At = "2025-06-30";
    private const int Kills = 8;

    [Fact]
    public async Task A_folder_is_checked_backed_up_restored_and_spread_over_more_files()
    {
        using var folder = new TemporaryFolder();
        await FillAsync(folder, "data");
        var before = await TwinTable.Of(folder["data"], At);

        var check = await Shell.Run("check", folder["data"], "--deep");
        Assert.Contains("sound: nothing", check.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, check.Code);
        var json = await Shell.Run("check", folder["data"], "--json");
        Assert.Equal(0, JsonNode.Parse(json.Output)!["findingCount"]!.GetValue<long>());

        Assert.Equal(ExitCode.Ok, (await Shell.Run("backup", folder["data"], folder["backup"])).Code);
        Assert.Equal(ExitCode.Usage, (await Shell.Run("backup", folder["data"], folder["backup"])).Code);
        Assert.Equal(ExitCode.Ok, (await RestoreAsync(folder, "backup", "restored")).Code);
        var again = await RestoreAsync(folder, "backup", "restored");
        Assert.Equal((ExitCode.Usage, true), (again.Code, again.Error.Contains("not empty", StringComparison.Ordinal)));
        AssertSame(before, await TwinTable.Of(folder["restored"], At));

        Assert.Equal(ExitCode.Ok, (await Shell.Run("repartition", folder["restored"], "--partitions", "5")).Code);
        AssertSame(before, await TwinTable.Of(folder["restored"], At));
        Assert.Equal("2, nothing to do", (await Shell.Run("upgrade", folder["restored"]))["format"]);
        Assert.Equal(ExitCode.Usage, (await Shell.Run("repartition", folder["restored"], "--partitions", "0")).Code);
    }

    [Fact]
    public async Task A_damaged_folder_is_found_and_rebuilt()
    {
        using var folder = new TemporaryFolder();
        await FillAsync(folder, "data");
        var before = await TwinTable.Of(folder["data"], At);
        await Shell.Run("repartition", folder["data"], "--partitions", "1");
        await using (var file = File.Open(Path.Combine(folder["data"], "partition-000.db"), FileMode.Open))
        {
            // A byte of an event; the form of the page stays whole.
            var content = new byte[file.Length];
            await file.ReadExactlyAsync(content);
            var at = content.AsSpan().LastIndexOf("Order Completed"u8);
            Assert.True(at > 0);
            file.Position = at;
            file.WriteByte((byte)'X');
        }
        var check = await Shell.Run("check", folder["data"]);
        Assert.Contains("checksum: ", check.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Damaged, check.Code);
        Assert.Equal(ExitCode.Damaged, (await Shell.Run("check", folder["data"], "--json")).Code);

        var rebuild = await Shell.Run("rebuild", folder["data"]);
        Assert.Equal(ExitCode.Damaged, rebuild.Code);
        Assert.Contains(
            "not saved: journal rows that are not what was written: 1", rebuild.Output, StringComparison.Ordinal);
        Assert.Single(Directory.GetDirectories(folder["data"], "damaged-partition-000-*"));
        Assert.Equal(ExitCode.Ok, (await Shell.Run("check", folder["data"])).Code);
        Assert.Equal(before.Rows.Count, (await TwinTable.Of(folder["data"], At)).Rows.Count);
        Assert.Equal("sound: there is nothing to rebuild", (await Shell.Run("rebuild", folder["data"])).Output.Trim());
    }

    [Fact]
    public async Task A_repartitioning_that_is_killed_leaves_a_folder_that_can_be_used()
    {
        using var folder = new TemporaryFolder();
        await FillAsync(folder, "data");
        var before = await TwinTable.Of(folder["data"], At);
        var seed = Environment.TickCount;
        var random = new Random(seed);
        output.WriteLine($"seed {seed}");
        for (var kill = 0; kill < Kills; kill++)
        {
            using var process = Start("repartition", folder["data"], "--partitions", $"{3 + kill % 2}");
            // Another process is killed at a moment of its own, so real time has to pass.
            await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(random.Next(100, 900)));
            process.Kill();
            await process.WaitForExitAsync();
            AssertSame(before, await TwinTable.Of(folder["data"], At));
            Assert.Equal(ExitCode.Ok, (await Shell.Run("check", folder["data"], "--deep")).Code);
        }
    }

    [Fact]
    public async Task A_folder_is_backed_up_beside_the_process_that_fills_it()
    {
        using var folder = new TemporaryFolder();
        var events = await GenerateAsync(folder, customers: 60);
        using var process = Start("replay", events, "--data", folder["data"], "--batch", "20");
        for (var i = 0; !process.HasExited || i == 0; i++)
        {
            var backup = await Shell.Run("backup", folder["data"], folder[$"backup-{i}"]);
            if (backup.Code != ExitCode.Ok)
            {
                // Not created yet.
                Assert.Contains("data folder", backup.Error, StringComparison.Ordinal);
                await Task.Delay(20);
                i--;
                continue;
            }
            output.WriteLine(backup["took"]);
            await RestoreAsync(folder, $"backup-{i}", $"restored-{i}");
            var check = await Shell.Run("check", folder[$"restored-{i}"], "--deep");
            Assert.True(check.Code == ExitCode.Ok, check.Output);
        }
        Assert.Equal(0, process.ExitCode);
        await Shell.Run("replay", events, "--data", folder["restored-0"], "--batch", "20");
        var (whole, resumed) = (await TwinTable.Of(folder["data"], At), await TwinTable.Of(folder["restored-0"], At));
        Assert.Equal(whole.Sum("orders"), resumed.Sum("orders"));
        AssertSame(whole, resumed);
    }

    private static Task<Shell> RestoreAsync(TemporaryFolder folder, string backup, string target) =>
        Shell.Run("restore", folder[backup], folder[target], "--vault", Path.Combine(folder["data"], "vault"));

    private static async Task FillAsync(TemporaryFolder folder, string name)
    {
        var events = await GenerateAsync(folder, customers: 25);
        Assert.Equal(ExitCode.Ok, (await Shell.Run("replay", events, "--data", folder[name])).Code);
    }

    private static async Task<string> GenerateAsync(TemporaryFolder folder, int customers)
    {
        await Shell.Run(
            "generate", "--profile", "retail", "--customers", $"{customers}", "--days", "100", "--seed", "9", "--end",
             At + "T00:00:00Z", "--out", folder["e.ndjson"]);
        return folder["e.ndjson"];
    }

    private static void AssertSame(TwinTable expected, TwinTable actual)
    {
        Assert.NotEmpty(expected.Rows);
        Assert.Equal(expected.Rows.Keys.Order(), actual.Rows.Keys.Order());
        foreach (var (customer, fields) in expected.Rows) Assert.Equal(fields, actual.Rows[customer]);
    }

    private static Process Start(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "dtoc.dll") },
        };
        foreach (var arg in args) start.ArgumentList.Add(arg);
        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
