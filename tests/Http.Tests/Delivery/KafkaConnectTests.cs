using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using DToC.Grains;

namespace DToC.Http.Tests.Delivery;

/// <summary>
/// The recipe for Kafka: requests are made of the connectors' files under docs/kafka as those connectors make them.
/// </summary>
public sealed class KafkaConnectTests
{
    [Fact]
    public async Task Sink_brings_records_in_batches_and_a_batch_sent_again_counts_once()
    {
        var config = Config("events-sink.json");
        await using var server = await ApiServer.StartAsync();
        var records = Enumerable.Range(0, 7).Select(i => EventFormsTests.Event($"k-{i}", $"kafka-{i % 2}")).ToList();
        for (var round = 0; round < 2; round++)
        {
            var size = Math.Min(3, int.Parse(config["batch.max.size"], CultureInfo.InvariantCulture));
            foreach (var batch in records.Chunk(size))
            {
                var body = config["batch.prefix"] + string.Join(config["batch.separator"], batch)
                    + config["batch.suffix"];
                var answer = await server.SendAsync(
                    HttpMethod.Post, PathOf(config["http.url"]), body, config["http.headers.content.type"]);
                // Anything else than 2xx would be sent again, and would end the connector.
                Assert.InRange((int)answer.Status, 200, 299);
            }
        }
        var journal = await server.Host.ReadJournalAsync(GrainKey.Customer("kafka-0"), default);
        Assert.Equal(4, journal.Count(entry => entry.Kind == JournalKind.Event));
    }

    [Fact]
    public async Task Sink_whose_batch_has_a_wrong_record_does_not_stand_still()
    {
        var config = Config("events-sink.json");
        await using var server = await ApiServer.StartAsync();
        var body = $"[{EventFormsTests.Event("k-1", "kafka-3")}{config["batch.separator"]}"
            + """{"id":"k-2","type":"Order Completed","customer":"kafka-3","properties":{}}]""";
        var answer = await server.SendAsync(HttpMethod.Post, PathOf(config["http.url"]), body);
        Assert.InRange((int)answer.Status, 200, 299);
        Assert.Equal(
            ["accepted", "quarantined"],
            answer.Json["results"]!.AsArray().Select(result => result!["status"]!.GetValue<string>()),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task Source_that_chains_offsets_reads_every_decision_once_and_then_what_is_new()
    {
        var config = Config("decisions-source.json");
        await using var server = await ApiServer.StartAsync();
        var offset = config["http.initial.offset"];
        var made = new List<string>();
        var read = new List<string>();
        for (var round = 0; round < 4; round++)
        {
            if (round < 2) made.AddRange(await DecideAsync(server, $"source-{round}", 3));
            for (; ; )
            {
                var parameters = config["http.request.parameters"]
                    .Replace("${offset}", offset, StringComparison.Ordinal)
                    .Replace("limit=500", "limit=2", StringComparison.Ordinal);
                var page = await server.GetAsync($"{PathOf(config["url"])}?{parameters}");
                Assert.Equal(HttpStatusCode.OK, page.Status);
                var records = At(page.Json, config["http.response.data.json.pointer"])!.AsArray();
                if (records.Count == 0) break;
                foreach (var record in records)
                {
                    offset = At(record!, config["http.offset.json.pointer"])!.GetValue<string>();
                    read.Add(record!["decision"]!["id"]!.GetValue<string>());
                }
            }
        }
        Assert.Equal(made.Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Page_of_a_place_that_is_not_one_is_a_problem()
    {
        await using var server = await ApiServer.StartAsync();
        (await server.GetAsync("/v1/decisions/pages?after=yesterday"))
            .IsProblem(HttpStatusCode.BadRequest, "malformed");
        (await server.GetAsync("/v1/decisions/pages?limit=0")).IsProblem(HttpStatusCode.BadRequest, "malformed");
    }

    private static async Task<List<string>> DecideAsync(ApiServer server, string prefix, int count)
    {
        var made = new List<string>();
        for (var i = 0; made.Count < count; i++)
        {
            await server.PostEventsAsync(EventFormsTests.Event($"{prefix}-{i}", $"{prefix}-{i}"));
            var decided = await server.SendAsync(HttpMethod.Post, $"/v1/twins/{prefix}-{i}/next-best-action");
            if (decided.Json["winner"] is not null) made.Add(decided.Text("id"));
        }
        return made;
    }

    private static JsonNode? At(JsonNode node, string pointer) => node[pointer[1..]];

    private static string PathOf(string url) => new Uri(url).AbsolutePath;

    private static Dictionary<string, string> Config(string name)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "DToC.sln"))) root = root.Parent;
        var text = File.ReadAllText(Path.Combine(root?.FullName ?? "", "docs", "kafka", name));
        // A key stands in a file of its own, and not in the connector's.
        Assert.Contains("Bearer ${file:", text, StringComparison.Ordinal);
        return JsonNode.Parse(text)!["config"]!.AsObject()
            .ToDictionary(entry => entry.Key, entry => entry.Value!.GetValue<string>(), StringComparer.Ordinal);
    }
}
