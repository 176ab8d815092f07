using System.Text.Json;
using DToC.Cli.Tests.Learning;

namespace DToC.Cli.Tests.Simulating;

public sealed class SimulateCommandTests(LearntFolder folder) : IClassFixture<LearntFolder>
{
    private static readonly string[] Short = ["--weeks", "8", "--paths", "24", "--at", "2026-02-01"];

    [Fact]
    public async Task A_report_tells_scenarios_assumptions_and_what_it_rests_on()
    {
        var ran = await Shell.Run(
            ["simulate", folder.Data, .. Short, "--price", "+10%", "--demand", "-5%", "--group", "valuable"]);

        Assert.True(ran.Code == ExitCode.Ok, ran.Error);
        foreach (var part in (string[])["## baseline", "## price +10%", "## demand -5%", "## What is assumed",
            "## What it rests on", "segment `valuable`", "| marginShare |", "From nowhere come"])
        {
            Assert.Contains(part, ran.Output, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("NaN", ran.Output, StringComparison.Ordinal);
        Assert.Contains("memory: members ", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_in_a_file_gives_the_same_JSON_each_time_and_for_any_threads()
    {
        var request = Path.Combine(Path.GetDirectoryName(folder.Data) ?? "", "request.json");
        await File.WriteAllTextAsync(request, """
            {
              "name": "half a year of discounts", // comments are allowed
              "weeks": 8, "paths": 24, "at": "2026-02-01T00:00:00Z", "population": { "sample": 50 },
              "scenarios": [{ "name": "discounts", "levers": [{ "lever": "promotion", "depth": 0.2, "until": 4 }] }],
            }
            """);
        var first = await Shell.Run("simulate", folder.Data, "--request", request, "--json", "--threads", "1");
        var second = await Shell.Run("simulate", folder.Data, "--request", request, "--json", "--threads", "4");

        Assert.True(first.Code == ExitCode.Ok, first.Error);
        Assert.Equal(first.Output, second.Output);
        var root = JsonDocument.Parse(first.Output).RootElement;
        Assert.Equal("half a year of discounts", root.GetProperty("name").GetString());
        Assert.Equal(24, root.GetProperty("paths").GetInt32());
        Assert.Equal(8, root.GetProperty("scenarios")[1].GetProperty("weeks").GetProperty("orders").GetArrayLength());
        var members = root.GetProperty("members");
        Assert.InRange(members.GetProperty("simulated").GetInt64(), 1, 50);
    }

    [Theory]
    [InlineData("--price ten", "--price is 'ten', wanted a percentage such as +10%")]
    [InlineData("--weeks 0", "weeks is 0; 1 to 520 go")]
    [InlineData("--paths 0", "paths is 0; 1 to 10000 go")]
    [InlineData("--level 1", "level is 1; 0.5 to 0.999 go")]
    [InlineData("--segment nobody", "population.segment is 'nobody'; there are valuable")]
    [InlineData("--group nobody", "groups names 'nobody'")]
    [InlineData("--threads 0", "--threads is 0; 1 or more is right")]
    [InlineData("--sample 50 --memory-mib 1 --paths 2000 --weeks 200", "take fewer paths, scenarios, weeks or groups")]
    public async Task What_cannot_be_run_is_told_with_what_would_be_right(string words, string told)
    {
        var ran = await Shell.Run(["simulate", folder.Data, .. words.Split(' ')]);

        Assert.Equal(ExitCode.Usage, ran.Code);
        Assert.Contains(told, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_definition_that_does_not_say_what_simulations_rest_on_is_told_what_to_add()
    {
        using var shop = new TemporaryFolder();
        var events = shop.Write("none.ndjson", "");
        var definition = shop.Write("bare.jsonc", """
            {
              "name": "bare", "version": "1", "customer": { "kinds": ["person"] }, "purposes": ["service"],
              "categories": { "orders": { "retentionDays": 3650, "bases": { "service": "contract" } } },
              "events": { "Bought": { "category": "orders" } }, "features": {}
            }
            """);
        await Shell.Run("replay", events, "--data", shop["data"], "--definition", definition);

        var ran = await Shell.Run("simulate", shop["data"]);

        Assert.Equal(ExitCode.Usage, ran.Code);
        Assert.Contains("does not say what a simulation rests on", ran.Error, StringComparison.Ordinal);
    }
}
