using System.Globalization;
using System.IO.Compression;
using System.Text.Json;

namespace DToC.Cli.Tests;

public class GenerateCommandTests
{
    [Fact]
    public async Task The_same_seed_writes_the_same_file_and_truths_of_all_customers()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in (string[])["1.ndjson", "2.ndjson"])
        {
            var ran = await Shell.Run("generate", "--profile", "retail", "--customers", "30", "--seed", "7",
                "--out", folder[name], "--truth", folder["truth.ndjson"]);
            Assert.Equal(ExitCode.Ok, ran.Code);
        }
        Assert.Equal(File.ReadAllText(folder["1.ndjson"]), File.ReadAllText(folder["2.ndjson"]));
        var truths = File.ReadAllLines(folder["truth.ndjson"]);
        Assert.Equal(30, truths.Length);
        Assert.Equal(File.ReadAllLines(folder["1.ndjson"]).Length,
            truths.Sum(truth => JsonDocument.Parse(truth).RootElement.GetProperty("events").GetInt32()));
    }

    [Fact]
    public async Task Days_and_end_move_the_span_and_packed_output_is_packed()
    {
        using var folder = new TemporaryFolder();
        await Shell.Run("generate", "--profile", "telecom", "--customers", "20", "--days", "60",
            "--end", "2026-03-01T00:00:00Z", "--out", folder["e.ndjson.gz"]);
        using var reader = new StreamReader(
            new GZipStream(File.OpenRead(folder["e.ndjson.gz"]), CompressionMode.Decompress));
        var times = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("time").GetDateTimeOffset()).ToList();
        var end = DateTimeOffset.Parse("2026-03-01T00:00:00Z", CultureInfo.InvariantCulture);
        Assert.NotEmpty(times);
        Assert.All(times, time => Assert.InRange(time, end.AddDays(-60), end));
        Assert.Equal(times.Order(), times);
    }

    [Fact]
    public async Task Live_traffic_arrives_whole_and_ends_about_now()
    {
        using var server = new EventServer();
        var ran = await Shell.Run("generate", "--profile", "retail", "--customers", "20", "--live",
            "--url", server.Url, "--key", EventServer.Key);
        Assert.Equal(ExitCode.Ok, ran.Code);
        Assert.Equal(server.Accepted.Count.ToString("N0"), ran["accepted"]);
        var last = server.Accepted.Values.Max(next => next.GetProperty("time").GetDateTimeOffset());
        Assert.InRange(last, DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task Live_traffic_stamped_now_has_the_time_of_sending_and_new_ids()
    {
        using var server = new EventServer();
        var start = DateTimeOffset.UtcNow.AddSeconds(-1);
        await Shell.Run("generate", "--customers", "3", "--live", "--stamp-now", "--rate", "100000",
            "--url", server.Url, "--key", EventServer.Key);
        Assert.NotEmpty(server.Accepted);
        Assert.All(server.Accepted.Values, next =>
            Assert.InRange(next.GetProperty("time").GetDateTimeOffset(), start, DateTimeOffset.UtcNow));
    }

    [Fact]
    public async Task What_is_generated_can_be_replayed()
    {
        using var folder = new TemporaryFolder();
        using var server = new EventServer();
        await Shell.Run("generate", "--profile", "machines", "--customers", "3", "--days", "30",
            "--out", folder["e.ndjson"]);
        var ran = await Shell.Run("replay", folder["e.ndjson"], "--url", server.Url, "--key", EventServer.Key);
        Assert.Equal(ExitCode.Ok, ran.Code);
        Assert.Equal(File.ReadAllLines(folder["e.ndjson"]).Length, server.Accepted.Count);
        Assert.Equal("3", ran["customers"]);
    }
}
