using System.IO.Compression;

namespace DToC.Cli.Tests;

public class ReplayCommandTests
{
    [Fact]
    public async Task Events_without_an_id_are_given_one_that_stays_the_same()
    {
        using var folder = new TemporaryFolder();
        using var server = new EventServer();
        var file = folder.Write("e.ndjson", """
            {"type":"Seen","customer":"a"}

            {}
            {"id":"own","type":"Seen","properties":{"id":"inner"}}
            """);
        for (var run = 0; run < 2; run++)
            await Shell.Run("replay", file, "--url", server.Url, "--key", EventServer.Key);
        Assert.Equal(["e.ndjson:1", "e.ndjson:3", "own"], server.Accepted.Keys.Order());
        Assert.Equal("""{"id":"e.ndjson:1","type":"Seen","customer":"a"}""", server.Accepted["e.ndjson:1"]
            .GetRawText());
    }

    [Fact]
    public async Task Packed_files_and_several_files_are_read_as_one()
    {
        using var folder = new TemporaryFolder();
        using var server = new EventServer();
        var plain = folder.Write("1.ndjson", """{"id":"a","customer":"x"}""");
        await using (var packed = new GZipStream(File.Create(folder["2.ndjson.gz"]), CompressionLevel.Fastest))
            packed.Write("{\"id\":\"b\",\"customer\":\"y\"}\n{\"id\":\"c\",\"customer\":\"x\"}\n"u8);
        var ran = await Shell.Run(
            "replay", plain, folder["2.ndjson.gz"], "--url", server.Url + "/", "--key", EventServer.Key);
        Assert.Equal(ExitCode.Ok, ran.Code);
        Assert.Equal(["a", "b", "c"], server.Accepted.Keys);
        Assert.Equal("2", ran["customers"]);
        Assert.Equal("3", ran["accepted"]);
    }

    [Fact]
    public async Task Many_batches_in_flight_lose_and_repeat_nothing_though_the_server_stumbles()
    {
        using var folder = new TemporaryFolder();
        using var server = new EventServer { CutAfterLines = 5 };
        server.Script.Enqueue(null);
        server.Script.Enqueue(response =>
        {
            response.StatusCode = 503;
            response.Headers["Retry-After"] = "0";
        });
        var lines = Enumerable.Range(0, 500).Select(i => $$"""{"id":"e{{i}}","customer":"c{{i}}"}""");
        var file = folder.Write("e.ndjson", string.Join('\n', lines));
        var ran = await Shell.Run(
            "replay", file, "--url", server.Url, "--key", EventServer.Key, "--batch", "20", "--in-flight", "8");
        Assert.Equal(ExitCode.Ok, ran.Code);
        Assert.Equal(500, server.Accepted.Count);
        Assert.Equal(500, int.Parse(ran["accepted"]) + int.Parse(ran["duplicate"]));
    }

    [Fact]
    public async Task An_address_where_nobody_listens_ends_with_its_own_exit_code()
    {
        using var folder = new TemporaryFolder();
        string url;
        using (var server = new EventServer())
            url = server.Url;
        var file = folder.Write("e.ndjson", """{"id":"a"}""");
        var ran = await Shell.Run("replay", file, "--url", url, "--key", "k", "--patience", "0");
        Assert.Equal(ExitCode.Unreachable, ran.Code);
        Assert.Contains("Start the server or correct --url", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("replay")]
    [InlineData("replay", "no-such-file", "--dry-run")]
    [InlineData("replay", "FILE")]
    [InlineData("replay", "FILE", "--dry-run", "--url", "http://127.0.0.1:1")]
    [InlineData("replay", "FILE", "--url", "127.0.0.1", "--key", "k")]
    [InlineData("replay", "FILE", "--dry-run", "--batch", "0")]
    [InlineData("replay", "FILE", "--dry-run", "--map", "no-such-map")]
    [InlineData("replay", "FILE", "--dry-run", "--resume-file", "r")]
    [InlineData("replay", "FILE", "--dry-run", "--data", "no-such-folder")]
    [InlineData("replay", "FILE", "--url", "http://127.0.0.1:1", "--key", "k", "--data", "no-such-folder")]
    [InlineData("replay", "FILE", "--url", "http://127.0.0.1:1", "--key", "k", "--clock", "now")]
    [InlineData("replay", "FILE", "--url", "http://127.0.0.1:1", "--key", "k", "--definition", "retail")]
    [InlineData("replay", "FILE", "--data", "no-such-folder", "--definition", "no-such-definition")]
    [InlineData("generate", "--data", "no-such-folder")]
    [InlineData("generate", "--customers", "many")]
    [InlineData("generate", "--profile", "no-such-profile")]
    [InlineData("generate", "--end", "tomorrow")]
    [InlineData("generate", "--rate", "5")]
    [InlineData("regenerate")]
    public async Task A_wrong_command_line_is_a_usage_error_with_a_message(params string[] args)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("e.ndjson", """{"id":"a"}""");
        var ran = await Shell.Run([.. args.Select(arg => arg == "FILE" ? file : arg)]);
        Assert.Equal(ExitCode.Usage, ran.Code);
        Assert.NotEqual("", ran.Error.Trim());
    }
}
