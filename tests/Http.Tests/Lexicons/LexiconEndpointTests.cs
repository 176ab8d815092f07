using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using DToC.Embedded.Backups;
using DToC.Embedded.Vaults;
using DToC.Twin.Models.Text;
using DToC.Twin.Plan;

namespace DToC.Http.Tests.Lexicons;

/// <summary>Words sent over the API, and the texts that are scored by them.</summary>
public sealed class LexiconEndpointTests : IAsyncLifetime
{
    private const string Words = "crisp\t2.5\nsoggy\t-2.5\n";
    private const string Route = "/v1/lexicons/bakery.txt";

    private static readonly double Crisp = Math.Round(2.5 / Math.Sqrt(2.5 * 2.5 + 15), 4);

    private ApiServer? _server;

    private ApiServer Server => _server ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync() => _server = await ApiServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();

    [Fact]
    public async Task Words_are_sent_then_named_and_score_what_comes()
    {
        var definition = await NamingAsync();
        var early = (await PutDefinitionAsync(definition))
            .IsProblem(HttpStatusCode.UnprocessableEntity, "definition-invalid");
        Assert.Contains("send PUT /v1/lexicons/bakery.txt first", early.Body, StringComparison.Ordinal);

        var put = await PutAsync(Route, Words);
        Assert.Equal((HttpStatusCode.OK, "words", 2), (put.Status, put.Text("kind"), put.Number("entries")));
        Assert.Empty(put.Json["usedBy"]!.AsArray());
        Assert.True((await Server.SendAsync(HttpMethod.Post, "/v1/definition/validate", definition))
            .Json["valid"]!.GetValue<bool>());
        Assert.True(await ScoreOfAsync("shipped", "I love it, soggy as it is") > 0);
        Assert.Equal(HttpStatusCode.OK, (await PutDefinitionAsync(definition)).Status);

        Assert.Equal(-Crisp, await ScoreOfAsync("words", "I love it, soggy as it is"));
        Assert.Equal(Crisp, await ScoreOfAsync("capitals", "Crisp bread"));
        Assert.Null(await ScoreOfAsync("silent", "Terrible service, I hate it."));
        var listed = Assert.Single((await Server.GetAsync("/v1/lexicons")).Json.AsArray())!;
        Assert.Equal("Survey Answered.comment", listed["usedBy"]![0]!.GetValue<string>());
        Assert.Equal(Words, (await Server.GetAsync(Route)).Body);
    }

    [Fact]
    public async Task Restored_folder_scores_by_the_same_words()
    {
        await PutAsync(Route, Words);
        await PutDefinitionAsync(await NamingAsync());
        await ScoreOfAsync("before", "soggy");
        var folder = Directory.CreateTempSubdirectory("dtoc-lexicon-").FullName;
        FolderBackup.Run(Server.Embedded, Path.Combine(folder, "taken"), default);
        FolderRestore.Run(
            Path.Combine(folder, "taken"), Server.Embedded with { DataFolder = Path.Combine(folder, "again") },
            new VaultOrigin.Copied(Path.Combine(Server.Embedded.DataFolder, "vault")), default);

        await using (var again = await ApiServer.StartAsync(folder: Path.Combine(folder, "again")))
        {
            Assert.Equal(Server.Host.Plans.Current.Hash, again.Host.Plans.Current.Hash);
            Assert.Equal(Words, (await again.GetAsync(Route)).Body);
            Assert.Equal(-Crisp, await ScoreOfAsync("after", "soggy", again));
            Assert.Equal(-Crisp, await StoredAsync("before", again));
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Changed_words_are_another_plan_and_leave_what_was_scored()
    {
        await PutAsync(Route, Words);
        await PutDefinitionAsync(await NamingAsync());
        await ScoreOfAsync("before", "soggy");
        var plan = Server.Host.Plans.Current.Hash;

        Assert.Equal(HttpStatusCode.OK, (await PutAsync(Route, "soggy\t2.5\n")).Status);

        Assert.NotEqual(plan, Server.Host.Plans.Current.Hash);
        Assert.Equal(Crisp, await ScoreOfAsync("after", "soggy"));
        Assert.Equal(-Crisp, await StoredAsync("before", Server));
        var twin = (await Server.GetAsync("/v1/twins/before")).Json;
        Assert.Equal(-Crisp, twin["description"]!["features"]!["said"]!.GetValue<double>());
    }

    [Fact]
    public async Task What_the_definition_names_cannot_be_taken_away_or_broken()
    {
        await PutAsync(Route, Words);
        await PutAsync("/v1/lexicons/spare.txt", "\U0001F601\tbeaming face\n");
        await PutDefinitionAsync(await NamingAsync());
        (await Server.GetAsync("/v1/lexicons/spare.txt")).IsProblem(HttpStatusCode.NotFound, "not-found");

        var named = (await Server.SendAsync(HttpMethod.Delete, Route))
            .IsProblem(HttpStatusCode.UnprocessableEntity, "definition-invalid");
        Assert.Contains("There is no lexicon 'bakery.txt'", named.Body, StringComparison.Ordinal);
        (await PutAsync(Route, "\U0001F601\tbeaming face\n"))
            .IsProblem(HttpStatusCode.UnprocessableEntity, "definition-invalid");
        Assert.Equal("emoji", (await PutAsync("/v1/lexicons/spare.txt", "\U0001F601\tbeaming face\n")).Text("kind"));
        Assert.Equal(
            HttpStatusCode.NoContent, (await Server.SendAsync(HttpMethod.Delete, "/v1/lexicons/spare.txt")).Status);
        (await Server.SendAsync(HttpMethod.Delete, "/v1/lexicons/spare.txt"))
            .IsProblem(HttpStatusCode.NotFound, "not-found");
        Assert.Equal(Words, (await Server.GetAsync(Route)).Body);
    }

    [Fact]
    public async Task Wrong_words_are_refused_with_what_would_be_right_and_change_nothing()
    {
        await PutAsync(Route, Words);
        var plan = Server.Host.Plans.Current.Hash;

        await Refused(Route, "crisp\t2.5\nsoggy", "bakery.txt, line 2: no tab");
        await Refused(Route, "crisp\t2,5", "line 1: '2,5' is not a number from -100 to 100");
        await Refused(Route, "", "no line 'token TAB mean'");
        await Refused("/v1/lexicons/.hidden", Words, "a file name (letters, digits, ., - and _");
        await Refused("/v1/lexicons/..%2Fx", Words, "a file name");
        using var latin = Server.Request(HttpMethod.Put, Route, "", "text/plain");
        latin.Content = new ByteArrayContent([0x6D, 0xFC, 0x09, 0x31]);
        var refused = (await Server.SendAsync(latin)).IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible");
        Assert.Contains("line 1: not UTF-8", refused.Body, StringComparison.Ordinal);
        (await PutAsync(Route, new string('\n', LexiconFile.MaxBytes + 1)))
            .IsProblem(HttpStatusCode.RequestEntityTooLarge, "over-limit");
        Assert.Equal(plan, Server.Host.Plans.Current.Hash);

        async Task Refused(string route, string words, string told)
        {
            var problem = (await PutAsync(route, words))
                .IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible");
            Assert.Contains(told, problem.Json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Lexicons_are_bounded_together()
    {
        for (var i = 0; i < PlanSource.MaxLexiconBytes / LexiconFile.MaxBytes; i++)
            Assert.Equal(HttpStatusCode.OK, (await PutAsync($"/v1/lexicons/{i}.txt", Large())).Status);
        var problem = (await PutAsync("/v1/lexicons/more.txt", Words))
            .IsProblem(HttpStatusCode.UnprocessableEntity, "not-possible");
        Assert.Contains("more than 16777216 bytes together", problem.Body, StringComparison.Ordinal);

        static string Large() => Words + new string(' ', LexiconFile.MaxBytes - Words.Length);
    }

    private Task<Answer> PutAsync(string route, string words) =>
        Server.SendAsync(HttpMethod.Put, route, words, "text/plain");

    private Task<Answer> PutDefinitionAsync(string definition) =>
        Server.SendAsync(HttpMethod.Put, "/v1/definition", definition);

    private async Task<string> NamingAsync() => (await Server.GetAsync("/v1/definition")).Body
        .Replace(
            "\"comment\": { \"path\": \"comment\", \"type\": \"sentiment\" }",
            "\"comment\": { \"path\": \"comment\", \"type\": \"sentiment\", \"lexicon\": \"bakery.txt\" }",
            StringComparison.Ordinal)
        .Replace(
            "\"features\": {", """
            "features": { "said": { "kind": "mean", "of": "Survey Answered.comment" },
            """, StringComparison.Ordinal);

    private async Task<double?> ScoreOfAsync(string customer, string text, ApiServer? server = null)
    {
        var said = new JsonObject
        {
            ["id"] = "1", ["type"] = "Survey Answered", ["customer"] = customer,
            ["properties"] = new JsonObject { ["comment"] = text },
        };
        Assert.Equal(1, (await (server ?? Server).PostEventsAsync(said.ToJsonString())).Number("accepted"));
        return await StoredAsync(customer, server ?? Server);
    }

    private static async Task<double?> StoredAsync(string customer, ApiServer server)
    {
        var shown = (await server.GetAsync($"/v1/twins/{customer}/timeline")).Json["entries"]!.AsArray()
            .Single(entry => entry!["kind"]!.GetValue<string>() == "event")!["properties"]!["comment"]!;
        Assert.Equal(JsonValueKind.Object, shown.GetValueKind());
        return shown["sentiment"]?.GetValue<double>();
    }
}
