using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;

namespace DToC.Cli.Tests.Learning;

public class BacktestCommandTests(LearntFolder folder) : IClassFixture<LearntFolder>
{
    [Fact]
    public async Task A_report_has_plots_and_figures_and_the_same_bytes_each_time()
    {
        foreach (var name in (string[])["first", "second"])
        {
            var ran = await Shell.Run("backtest", "--data", folder.Data, "--models", "churn,expected_orders",
                "--trees", "30", "--out", folder[name]);
            Assert.True(ran.Code == ExitCode.Ok, ran.Error);
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(folder[name], "backtest.md")), ran.Output);
        }
        string[] files = ["backtest.json", "backtest.md", "churn.svg", "expected_orders.svg"];
        Assert.Equal(files, Directory.GetFiles(folder["first"]).Select(Path.GetFileName).Order());
        foreach (var file in files)
        {
            Assert.Equal(
                await File.ReadAllTextAsync(Path.Combine(folder["first"], file)),
                await File.ReadAllTextAsync(Path.Combine(folder["second"], file)));
        }
        var plot = XDocument.Load(Path.Combine(folder["first"], "churn.svg"));
        Assert.Equal(10, plot.Descendants().Count(element => element.Name.LocalName == "circle"));
        Assert.DoesNotContain("NaN", plot.ToString());

        var report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder["first"], "backtest.json")));
        var churn = report.RootElement.GetProperty("models")[0];
        var refitted = churn.GetProperty("refitted");
        var auc = Auc(refitted.GetProperty("model"));
        Assert.All(refitted.GetProperty("naive").EnumerateArray(), naive => Assert.True(auc > Auc(naive)));
        var end = report.RootElement.GetProperty("until").GetDateTimeOffset();
        Assert.Equal(TimeSpan.FromDays(90), end - churn.GetProperty("at").GetDateTimeOffset());

        static double Auc(JsonElement forecaster) =>
            forecaster.GetProperty("measures").GetProperty("auc").GetDouble();
    }

    [Fact]
    public async Task Forecasts_do_not_know_what_came()
    {
        // Of events that no retention has taken from one of the two folders, all after the moment are taken away: what
        // was forecast stays, what came does not.
        var kept = folder.Events.Where(line => TimeOf(line) > TimeOf(folder.Events[^1]).AddDays(-380)).ToArray();
        var full = await folder.FolderOf("full", kept);
        var all = await Shell.Run("backtest", "--data", full, "--models", "churn", "--out", folder["all"]);
        Assert.True(all.Code == ExitCode.Ok, all.Error);
        var report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder["all"], "backtest.json")));
        var at = report.RootElement.GetProperty("models")[0].GetProperty("at").GetDateTimeOffset();
        var quiet = await folder.FolderOf(
            "quiet", kept.Where((line, n) => n == kept.Length - 1 || TimeOf(line) <= at));
        var ran = await Shell.Run("backtest", "--data", quiet, "--models", "churn", "--out", folder["none"]);
        Assert.True(ran.Code == ExitCode.Ok, ran.Error);
        var other = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder["none"], "backtest.json")));
        Assert.Equal(Tenths(report, "forecast"), Tenths(other, "forecast"));
        Assert.NotEqual(Tenths(report, "outcome"), Tenths(other, "outcome"));

        static DateTimeOffset TimeOf(string line) =>
            DateTimeOffset.Parse(LearntFolder.TimeOf(line), CultureInfo.InvariantCulture);

        static List<double> Tenths(JsonDocument report, string of) =>
        [
            .. report.RootElement.GetProperty("models")[0].GetProperty("refitted").GetProperty("tenths")
                .EnumerateArray().Select(tenth => tenth.GetProperty(of).GetDouble()),
        ];
    }

    [Theory]
    [InlineData("--models churn,chum", "There is no model 'chum'; there are expected_orders")]
    [InlineData("--models email_response", "'email_response' has no target")]
    [InlineData("--models churn --until 2025-03-01T00:00:00Z", "too short to grade 'churn': it takes three times 90")]
    public async Task What_cannot_be_graded_is_told_with_what_would_be_right(string words, string told)
    {
        var ran = await Shell.Run(
            ["backtest", "--data", folder.Data, "--out", folder["nothing"], .. words.Split(' ')]);
        Assert.Equal(ExitCode.Usage, ran.Code);
        Assert.Contains(told, ran.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["nothing"]));
    }
}
