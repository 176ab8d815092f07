using System.Text;
using System.Text.Json;

namespace DToC.Cli.Tests;

public class FolderReplayTests
{
    private const string Order = """
        "type":"Order Completed","source":"web","properties":{"order_id":"o","total":10,"currency":"EUR"}
        """;

    [Fact]
    public async Task Events_of_the_past_decide_at_their_own_time()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("e.ndjson", $$"""
            {"id":"1","time":"2019-05-06T10:00:00Z","customer":"c",{{Order}}}
            {"id":"2","time":"2019-05-27T10:00:00Z","customer":"c",{{Order}}}
            """);
        var ran = await Shell.Run("replay", file, "--data", folder["data"], "--definition", "retail");
        Assert.Equal((ExitCode.Ok, "2"), (ran.Code, ran["accepted"]));
        using var twin = await TwinOf(folder["data"], "c", "--at", "2019-05-28");
        var operation = twin.RootElement.GetProperty("operation");
        if (operation.GetProperty("holdout").GetBoolean())
            Assert.Empty(operation.GetProperty("contacts").EnumerateArray());
        else
            Assert.Equal(["2019-05-06T10:00:00.000Z", "2019-05-27T10:00:00.000Z"],
                operation.GetProperty("contacts").EnumerateArray().Select(c => c.GetProperty("at").GetString()));
    }

    [Fact]
    public async Task Events_of_the_past_received_now_are_beyond_their_retention()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("e.ndjson", """
            {"id":"1","type":"Checkout Started","time":"2019-05-06T10:00:00Z","customer":"c","source":"web"}
            """);
        var ran = await Shell.Run("replay", file, "--data", folder["data"], "--clock", "now");
        Assert.Equal((ExitCode.SomeRefused, "0", "1"), (ran.Code, ran["accepted"], ran["refused"]));
        Assert.Contains("  tooOld: ", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_taken_is_told_with_its_reason_and_repairable_events_wait_for_a_person()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("e.ndjson", $$"""
            {"id":"1","customer":"c",{{Order}}}
            {"id":"2","type":"No Such Type","time":"2026-01-01T00:00:00Z","customer":"c"}
            {"id":"3","time":"2026-01-01T00:00:00Z",{{Order}}}
            """);
        var past = await Shell.Run("replay", file, "--data", folder["past"]);
        Assert.Equal(("0", "0", "3"), (past["accepted"], past["quarantined"], past["refused"]));
        Assert.Contains("  noTime: ", past.Output, StringComparison.Ordinal);
        Assert.Contains("  unknownType: ", past.Output, StringComparison.Ordinal);
        Assert.Contains("  missingField: ", past.Output, StringComparison.Ordinal);
        var live = await Shell.Run("replay", file, "--data", folder["live"], "--clock", "now");
        Assert.Equal(("1", "1", "1"), (live["accepted"], live["quarantined"], live["refused"]));
    }

    [Fact]
    public async Task Identifiers_lead_to_one_twin_the_highest_priority_first_and_stay_linked()
    {
        using var folder = new TemporaryFolder();
        string[] identifiers =
        [
            """{"anonymousId":"a-1","email":"x@example.org"}""", """{"anonymousId":"a-1"}""",
            """{"email":"x@example.org"}""", """{"anonymousId":"a-2"}""",
        ];
        for (var run = 0; run < 2; run++)
        {
            var lines = identifiers.Select((given, i) => $$"""
                {"id":"{{run}}-{{i}}","time":"2026-01-0{{i + 1}}T00:00:00Z","identifiers":{{given}},{{Order}}}
                """);
            var file = folder.Write("e.ndjson", string.Join('\n', lines));
            // One at a time in the first run, so that later events find what earlier ones linked.
            await Shell.Run("replay", file, "--data", folder["data"], "--batch", run == 0 ? "1" : "100");
        }
        var twins = await TwinTable.Of(folder["data"], "2026-01-31", "orders");
        Assert.Equal([2.0, 6.0], twins.Rows.Keys.Select(id => twins.Number(id, "orders")).Order());
    }

    [Fact]
    public async Task Identifiers_that_are_kept_as_hashes_lead_to_one_twin_in_every_run_and_stand_in_no_file()
    {
        using var folder = new TemporaryFolder();
        var definition = (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "definitions", "retail.jsonc")))
            .Replace("\"lowercase\"", "\"lowercase\", \"kept\": \"hash\"", StringComparison.Ordinal);
        var own = folder.Write("own.jsonc", definition);
        foreach (var (run, email) in new[] { (1, "canary@example.org"), (2, "Canary@Example.org") })
        {
            var file = folder.Write("e.ndjson", $$"""
                {"id":"{{run}}","time":"2026-01-01T00:00:00Z","identifiers":{"email":"{{email}}"},{{Order}}}
                """);
            var ran = await Shell.Run("replay", file, "--data", folder["data"], "--definition", own);
            Assert.Equal("1", ran["accepted"]);
        }
        var twins = await TwinTable.Of(folder["data"], "2026-01-31", "orders");
        Assert.Equal([2.0], twins.Rows.Keys.Select(id => twins.Number(id, "orders")));
        foreach (var file in Directory.EnumerateFiles(folder["data"]))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            Assert.DoesNotContain("canary", Encoding.Latin1.GetString(bytes), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Live_traffic_can_flow_into_a_folder()
    {
        using var folder = new TemporaryFolder();
        var ran = await Shell.Run("generate", "--profile", "telecom", "--customers", "5", "--days", "40", "--live",
            "--data", folder["data"], "--definition", "telecom");
        Assert.Equal(ExitCode.Ok, ran.Code);
        Assert.NotEqual("0", ran["accepted"]);
        Assert.Equal(5, (await TwinTable.Of(folder["data"], DateTime.UtcNow.ToString("O")[..19] + "Z")).Rows.Count);
    }

    [Fact]
    public async Task A_definition_that_is_given_takes_the_place_of_the_one_in_force()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("e.ndjson", """
            {"id":"1","type":"Order Completed","time":"2026-01-01T00:00:00Z","customer":"c","properties":{"total":10}}
            """);
        await Shell.Run("replay", file, "--data", folder["data"]);
        var own = folder.Write("own.jsonc", await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "definitions", "purchase-log.jsonc")));
        await Shell.Run("replay", file, "--data", folder["data"], "--definition", own);
        var kept = await Shell.Run("replay", file, "--data", folder["data"]);
        Assert.Equal("1", kept["duplicate"]);
        var twins = await Shell.Run("twins", "--data", folder["data"]);
        Assert.StartsWith(
            "customer,orders,spend,refunded,purchase.x,", twins.Output, StringComparison.Ordinal);
    }

    private static async Task<JsonDocument> TwinOf(string folder, string customer, params string[] more)
    {
        var ran = await Shell.Run(["twin", customer, "--data", folder, .. more]);
        Assert.Equal((ExitCode.Ok, ""), (ran.Code, ran.Error));
        return JsonDocument.Parse(ran.Output);
    }
}
