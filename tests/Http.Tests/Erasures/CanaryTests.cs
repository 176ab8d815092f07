using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using DToC.Embedded.Backups;
using DToC.Embedded.Sealing;
using DToC.Embedded.Vaults;
using Xunit.Abstractions;

namespace DToC.Http.Tests.Erasures;

/// <summary>
/// Customers with strings planted in every field that takes one, through every way in. One is erased: no byte of its
/// strings may be left in any file, and the others must be whole.
/// </summary>
public sealed class CanaryTests(ITestOutputHelper output) : IAsyncDisposable
{
    private const int Customers = 1_000;
    private const int Erased = 499;
    private const int PerRequest = 250;

    private ApiServer? _server;

    private ApiServer Server => _server ?? throw new InvalidOperationException("Not started.");

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_byte_of_an_erased_customer_is_left_in_any_file_and_the_others_are_whole(bool isEncrypted)
    {
        var masterKey = isEncrypted ? MasterKey.FromText(new string('7', 64), "the test") : null;
        await PlantAsync(masterKey);
        var folder = Server.Embedded.DataFolder;
        var others = await ReadOthersAsync();
        var export = await SucceedAsync(HttpMethod.Get, $"/v1/twins/{Id(Erased)}/export");
        foreach (var field in Fields) Assert.Contains(Canary(Erased, field), export.Body, StringComparison.Ordinal);
        Assert.Equal(isEncrypted, FilesWith(folder, Canary(Erased, "note")).Count == 0);
        Assert.NotEmpty(FilesWith(folder, Of(Erased)));
        var backup = Directory.CreateTempSubdirectory("dtoc-canary-").FullName;
        FolderBackup.Run(Server.Embedded, Path.Combine(backup, "taken"), default);

        var begun = Stopwatch.GetTimestamp();
        var receipt = await SucceedAsync(HttpMethod.Delete, $"/v1/twins/{Id(Erased)}");
        output.WriteLine($"erased in {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:0} ms: {receipt.Body}");
        Assert.Equal(export.Json["counts"]!.ToJsonString(), receipt.Json["removed"]!.ToJsonString());

        Assert.Equal([], FilesWith(folder, Of(Erased)));
        Assert.DoesNotContain(Of(Erased), Server.Log.Text, StringComparison.Ordinal);
        Assert.Equal(others, await ReadOthersAsync());
        for (var n = 0; n < Customers; n += 7)
        {
            if (n != Erased) Assert.NotEmpty(FilesWith(folder, Of(n)));
        }

        await AssertStaysAwayAsync();
        Assert.Equal([], FilesWith(folder, Of(Erased)));
        Assert.DoesNotContain(Of(Erased), Server.Log.Text, StringComparison.Ordinal);
        await AssertRestoredWithoutAsync(
            Path.Combine(backup, "taken"), Path.Combine(backup, "restored"), masterKey);
        Directory.Delete(backup, recursive: true);
    }

    private async Task PlantAsync(MasterKey? masterKey)
    {
        _server = await ApiServer.StartAsync(masterKey: masterKey);
        for (var first = 0; first < Customers; first += PerRequest)
        {
            for (var round = 0; round < 3; round++)
            {
                var events = Enumerable.Range(first, PerRequest).SelectMany(n => EventsOf(n, round));
                await SucceedAsync(HttpMethod.Post, "/v1/events", string.Join('\n', events), "application/x-ndjson");
            }
            var attributes = Enumerable.Range(first, PerRequest).Select(AttributesOf);
            await SucceedAsync(HttpMethod.Post, "/v1/attributes", $"[{string.Join(',', attributes)}]");
        }
        for (var n = Erased % 10; n < Customers; n += 10)
        {
            await SucceedAsync(
                HttpMethod.Put, $"/v1/twins/{Id(n)}/consents?source={Canary(n, "asked")}",
                """{"marketing":"granted","personalization":"granted"}""");
            await SucceedAsync(
                HttpMethod.Post, $"/v1/twins/{Id(n)}/next-best-action", """{"context":{"channel":"web"}}""");
        }
    }

    /// <summary>A late event, whole or not, with the customer's id or an identifier of it.</summary>
    private async Task AssertStaysAwayAsync()
    {
        foreach (var late in (string[])[
            Order(Erased, "late", $"\"customer\":\"{Id(Erased)}\",", "20"),
            Order(Erased, "late", $"\"customer\":\"{Id(Erased)}\",", "-20"),
            Order(Erased, "late", $"\"identifiers\":{{\"email\":\"{Canary(Erased, "email")}\"}},", "20")])
        {
            var answer = (await Server.PostEventsAsync($"[{late}]")).Json["results"]![0]!;
            Assert.Equal("refused", answer["status"]!.GetValue<string>());
            Assert.StartsWith("erased", answer["reason"]!.GetValue<string>(), StringComparison.Ordinal);
        }
        foreach (var (method, path, body) in ((HttpMethod, string, string?)[])[
            (HttpMethod.Get, "", null), (HttpMethod.Delete, "", null), (HttpMethod.Get, "/export", null),
            (HttpMethod.Put, "/consents", """{"marketing":"granted"}"""),
            (HttpMethod.Post, "/next-best-action", "{}")])
        {
            var answer = await Server.SendAsync(method, $"/v1/twins/{Id(Erased)}{path}", body);
            answer.IsProblem(HttpStatusCode.Gone, "erased");
        }
    }

    private async Task AssertRestoredWithoutAsync(string backup, string folder, MasterKey? masterKey)
    {
        FolderRestore.Run(
            backup, Server.Embedded with { DataFolder = folder },
            new VaultOrigin.Copied(Path.Combine(Server.Embedded.DataFolder, "vault")), default);
        if (masterKey is null) Assert.NotEmpty(FilesWith(folder, Of(Erased)));
        await using var restored = await ApiServer.StartAsync(folder: folder, masterKey: masterKey);
        Assert.Equal(HttpStatusCode.Gone, (await restored.GetAsync($"/v1/twins/{Id(Erased)}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await restored.GetAsync($"/v1/twins/{Id(Erased + 1)}")).Status);
        for (var i = 0; FilesWith(folder, Of(Erased)).Count > 0; i++)
        {
            Assert.True(i < 200, "The restored folder still has what was erased.");
            await Task.Delay(50);
        }
        Assert.DoesNotContain(Of(Erased), restored.Log.Text, StringComparison.Ordinal);
    }

    private static readonly string[] Fields =
        ["customer", "email", "device", "event", "note", "page", "product", "broken", "tier", "asked"];

    private static string Of(int n) => $"Canary{n:D4}";

    private static string Canary(int n, string field) => $"{Of(n)}{field}x";

    private static string Id(int n) => Canary(n, "customer");

    private static IEnumerable<string> EventsOf(int n, int round)
    {
        yield return Order(n, $"event{round}", $$"""
            "customer":"{{Id(n)}}",
            "identifiers":{"email":"{{Canary(n, "email")}}","anonymousId":"{{Canary(n, "device")}}"},
            """, "20");
        yield return $$"""
            {"id":"{{Canary(n, "event")}}{{round}}v","type":"Product Viewed","customer":"{{Id(n)}}","source":"web",
             "properties":{"product_id":"{{Canary(n, "product")}}","category":"tea"},
             "context":{"page":"{{Canary(n, "page")}}"} }
            """.ReplaceLineEndings("");
        if (round == 1) yield return Order(n, "broken", $"\"customer\":\"{Id(n)}\",", "-1");
    }

    private static string Order(int n, string id, string who, string total) => $$"""
        {"id":"{{Canary(n, id)}}","type":"Order Completed",{{who}}"source":"shop",
         "properties":{"order_id":"{{Canary(n, "order")}}","total":{{total}},"currency":"EUR",
          "note":"{{Canary(n, "note")}}","products":[{"product_id":"{{Canary(n, "product")}}","quantity":1}]} }
        """.ReplaceLineEndings("");

    private static string AttributesOf(int n) =>
        $$"""{"customer":"{{Id(n)}}","origin":"declared","attributes":{"loyaltyTier":"{{Canary(n, "tier")}}"} }""";

    private async Task<List<string>> ReadOthersAsync()
    {
        List<string> twins = [];
        for (var n = 0; n < Customers; n += 3)
        {
            if (n == Erased) continue;
            var twin = (await SucceedAsync(HttpMethod.Get, $"/v1/twins/{Id(n)}")).Json.AsObject();
            var timeline = await SucceedAsync(HttpMethod.Get, $"/v1/twins/{Id(n)}/timeline");
            // Scores and recencies go with the clock.
            twins.Add($"{twin["description"]!["events"]} {twin["description"]!["attributes"]} {timeline.Body}");
        }
        return twins;
    }

    /// <summary>Files in which a text stands: as it is, as UTF-16, or in hexadecimal.</summary>
    private static List<string> FilesWith(string folder, string text)
    {
        byte[][] forms =
        [
            Encoding.UTF8.GetBytes(text), Encoding.Unicode.GetBytes(text),
            Encoding.UTF8.GetBytes(Convert.ToHexString(Encoding.UTF8.GetBytes(text))),
        ];
        List<string> found = [];
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (path.EndsWith(".lock", StringComparison.Ordinal)) continue;
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[file.Length];
            _ = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false); // a log may be emptied meanwhile
            if (forms.Any(form => bytes.AsSpan().IndexOf(form) >= 0)) found.Add(Path.GetRelativePath(folder, path));
        }
        return found;
    }

    private async Task<Answer> SucceedAsync(
        HttpMethod method, string path, string? body = null, string type = "application/json")
    {
        var answer = await Server.SendAsync(method, path, body, type);
        Assert.True((int)answer.Status < 300, $"{method} {path}: {answer.Status}");
        return answer;
    }
}
