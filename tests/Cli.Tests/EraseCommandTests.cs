namespace DToC.Cli.Tests;

/// <summary><c>dtoc erase</c>, and the search for what is left.</summary>
public class EraseCommandTests
{
    [Fact]
    public async Task A_customer_is_erased_and_nothing_of_it_is_found_but_in_a_backup()
    {
        using var folder = new TemporaryFolder();
        var events = Path.Combine(folder["files"], "events.ndjson");
        Directory.CreateDirectory(folder["files"]);
        await File.WriteAllLinesAsync(events, Enumerable.Range(0, 40).Select(n => $$"""
            {"id":"e-{{n}}","type":"Order Completed","customer":"customer-{{n % 8}}-of-them","source":"shop",
             "time":"2026-03-01T10:{{n:D2}}:00Z","identifiers":{"email":"person{{n % 8}}@example.com"},
             "properties":{"order_id":"o-{{n}}","total":20,"currency":"EUR"} }
            """.ReplaceLineEndings("")));
        Assert.Equal(ExitCode.Ok, (await Shell.Run("replay", events, "--data", folder["data"])).Code);
        Assert.Equal(ExitCode.Ok, (await Shell.Run("backup", folder["data"], folder["backup"])).Code);
        File.Delete(events);

        var erased = await Shell.Run("erase", folder["data"], "customer-3-of-them", "--verify");
        Assert.True(erased.Code == ExitCode.Ok, erased.Output + erased.Error);
        Assert.Equal("nowhere", erased["found"]);
        Assert.Equal("yes", erased["closed"]);
        Assert.Equal(ExitCode.Ok, (await Shell.Run("check", folder["data"], "--deep")).Code);
        Assert.Equal(ExitCode.Ok, (await Shell.Run("twin", "customer-4-of-them", "--data", folder["data"])).Code);
        Assert.Equal(ExitCode.Usage, (await Shell.Run("twin", "customer-3-of-them", "--data", folder["data"])).Code);

        var twice = await Shell.Run("erase", folder["data"], "customer-3-of-them");
        Assert.Equal((ExitCode.Usage, true), (twice.Code, twice.Error.Contains("before", StringComparison.Ordinal)));
        var inBackup = await Shell.Run(
            "erase", folder["data"], "customer-3-of-them", "--verify", "--in", folder["backup"], "--text",
            "person3@example.com");
        Assert.Equal(ExitCode.Damaged, inBackup.Code);
        Assert.Contains($"found: file {folder["backup"]}", inBackup.Output, StringComparison.Ordinal);
        var other = await Shell.Run("erase", folder["data"], "nobody");
        Assert.Equal((ExitCode.Usage, true), (other.Code, other.Error.Contains("nothing", StringComparison.Ordinal)));

        var token = erased["erased"].Split(',')[0];
        var early = await Shell.Run("readmit", folder["data"], token, "--since", "2026-03-01T00:00:00Z");
        Assert.Equal((ExitCode.Usage, true), (early.Code, early.Error.Contains("between", StringComparison.Ordinal)));
        Assert.Equal(ExitCode.Usage, (await Shell.Run("readmit", folder["data"], "other")).Code);
        var done = await Shell.Run("readmit", folder["data"], token);
        Assert.True(done.Code == ExitCode.Ok, done.Output + done.Error);
        Assert.StartsWith(token, done["readmitted"], StringComparison.Ordinal);
        var again = await Shell.Run("erase", folder["data"], "customer-3-of-them");
        Assert.Equal((ExitCode.Usage, true), (again.Code, again.Error.Contains("nothing", StringComparison.Ordinal)));
    }
}
