using System.Text.Json;

namespace DToC.Cli.Tests;

public class TwinCommandTests
{
    [Fact]
    public async Task A_folder_is_read_as_of_a_day_and_reading_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("e.ndjson", """
            {"id":"1","type":"Order Completed","time":"2001-01-01T08:00:00Z","customer":"c/1","properties":{"total":5}}
            {"id":"2","type":"Order Completed","time":"2001-01-03T23:30:00Z","customer":"c/1","properties":{"total":7}}
            """);
        await Shell.Run("replay", file, "--data", folder["data"], "--definition", "purchase-log");
        foreach (var (at, orders) in new[] { ("2001-01-02", 1), ("2001-01-03T23:00:00Z", 1), ("2001-01-03", 2) })
        {
            var ran = await Shell.Run("twin", "c/1", "--data", folder["data"], "--at", at);
            using var twin = JsonDocument.Parse(ran.Output);
            var features = twin.RootElement.GetProperty("description").GetProperty("features");
            Assert.Equal(orders, features.GetProperty("orders").GetInt32());
        }
        var early = await Shell.Run("twin", "c/1", "--data", folder["data"], "--at", "2000-12-31");
        Assert.Equal(ExitCode.Usage, early.Code);
        Assert.Contains("nothing of a customer 'c/1' is kept that had happened by", early.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_is_asked_with_the_key_for_the_escaped_id_at_the_time()
    {
        using var server = new EventServer { Twin = """{"customer":"c/1"}""" };
        var ran = await Shell.Run(
            "twin", "c/1", "--url", server.Url, "--key", EventServer.Key, "--at", "2026-01-31T12:00:00+02:00");
        Assert.Equal((ExitCode.Ok, """{"customer":"c/1"}"""), (ran.Code, string.Concat(ran.Output.Split('\n', ' '))));
        Assert.Equal("/v1/twins/c%2F1?at=2026-01-31T10:00:00.000Z", server.Asked);

        var refused = await Shell.Run("twin", "c", "--url", server.Url, "--key", "another");
        Assert.Equal(ExitCode.Usage, refused.Code);
        Assert.Contains("401", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("twin", "c")]
    [InlineData("twin", "c", "--data", "FOLDER", "--url", "http://127.0.0.1:1")]
    [InlineData("twin", "c", "--data", "FOLDER", "--at", "2999-01-01")]
    [InlineData("twin", "c", "--data", "FOLDER", "--at", "yesterday")]
    [InlineData("twins", "--data", "FOLDER")]
    [InlineData("twins")]
    public async Task A_wrong_command_line_is_a_usage_error_and_makes_no_folder(params string[] args)
    {
        using var folder = new TemporaryFolder();
        var ran = await Shell.Run([.. args.Select(arg => arg == "FOLDER" ? folder["data"] : arg)]);
        Assert.Equal(ExitCode.Usage, ran.Code);
        Assert.NotEqual("", ran.Error.Trim());
        Assert.False(Directory.Exists(folder["data"]));
    }

    [Fact]
    public async Task A_column_that_is_no_feature_is_refused_with_those_there_are()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("e.ndjson", """{"id":"1","type":"Order Completed","customer":"c"}""");
        await Shell.Run("replay", file, "--data", folder["data"], "--definition", "purchase-log");
        var ran = await Shell.Run("twins", "--data", folder["data"], "--features", "orders,spends");
        Assert.Equal(ExitCode.Usage, ran.Code);
        Assert.Contains("'spends' is no feature or score of purchase-log: orders, spend,", ran.Error,
            StringComparison.Ordinal);
    }
}
