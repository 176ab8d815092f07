using System.Text;
using System.Text.Json;
using DToC.Twin.Definitions;
using Xunit.Abstractions;

namespace DToC.Cli.Tests;

/// <summary>Words that a definition's file names, through every way a folder goes.</summary>
public class LexiconTests(ITestOutputHelper output)
{
    private const string Words = "crisp\t2.5\nsoggy\t-2.5\n";

    private static readonly double Crisp = Math.Round(2.5 / Math.Sqrt(2.5 * 2.5 + 15), 4);

    [Fact]
    public async Task Words_beside_the_definition_go_with_the_folder_wherever_it_goes()
    {
        using var folder = new TemporaryFolder();
        var definition = folder.Write("shop.jsonc", Definition("bakery.txt"));
        folder.Write("bakery.txt", Words);
        Assert.Equal(ExitCode.Ok, (await Said(folder, 1, "a", "Crisp bread", folder["data"], definition)).Code);
        File.Delete(folder["bakery.txt"]); // the folder has its own
        Assert.Equal(ExitCode.Ok, (await Said(folder, 2, "b", "soggy bread, I love it", folder["data"])).Code);

        Assert.Equal(ExitCode.Ok, (await Shell.Run("backup", folder["data"], folder["backup"])).Code);
        Assert.Equal(ExitCode.Ok, (await Shell.Run(
            "restore", folder["backup"], folder["again"], "--vault", Path.Combine(folder["data"], "vault"))).Code);
        Assert.Equal(ExitCode.Ok, (await Said(folder, 3, "c", "not crisp", folder["again"])).Code);
        Assert.Equal(ExitCode.Ok, (await Said(folder, 4, "d", "I love it", folder["again"])).Code);
        Assert.Equal(ExitCode.Ok, (await Shell.Run("check", folder["again"], "--deep")).Code);

        var twins = await TwinTable.Of(folder["again"], "2026-01-02", "said");
        Assert.Equal((Crisp, -Crisp), (twins.Number("a", "said"), twins.Number("b", "said")));
        Assert.InRange(twins.Number("c", "said"), -Crisp, -0.1);
        Assert.Equal(double.NaN, twins.Number("d", "said")); // no word of it, which is not the same as neutral
    }

    [Fact]
    public async Task Changed_words_score_what_comes_and_leave_what_was_scored()
    {
        using var folder = new TemporaryFolder();
        var definition = folder.Write("shop.jsonc", Definition("bakery.txt"));
        folder.Write("bakery.txt", Words);
        await Said(folder, 1, "a", "Crisp bread", folder["data"], definition);
        folder.Write("bakery.txt", "crisp\t-2.5\n");
        await Said(folder, 2, "b", "Crisp bread", folder["data"], definition);

        var twins = await TwinTable.Of(folder["data"], "2026-01-02", "said");
        Assert.Equal((Crisp, -Crisp), (twins.Number("a", "said"), twins.Number("b", "said")));

        folder.Write("bakery.txt", "crisp 2.5\n");
        var wrong = await Said(folder, 3, "c", "Crisp bread", folder["data"], definition);
        Assert.Equal(ExitCode.Usage, wrong.Code);
        Assert.Contains("bakery.txt, line 1: no tab", wrong.Error, StringComparison.Ordinal);
        await Said(folder, 4, "c", "Crisp bread", folder["data"]); // the words before stay in force
        Assert.Equal(-Crisp, (await TwinTable.Of(folder["data"], "2026-01-02", "said")).Number("c", "said"));
    }

    [Fact]
    public async Task Words_elsewhere_have_to_be_named_on_the_command_line()
    {
        using var folder = new TemporaryFolder();
        var definition = folder.Write("shop.jsonc", Definition("bakery.txt"));
        Directory.CreateDirectory(folder["elsewhere"]);
        var words = folder.Write(Path.Combine("elsewhere", "bakery.txt"), Words);
        var other = folder.Write("other.txt", Words);

        var missing = await Said(folder, 1, "a", "crisp", folder["data"], definition);
        Assert.Equal(ExitCode.Usage, missing.Code);
        Assert.Contains("There is no lexicon 'bakery.txt'", missing.Error, StringComparison.Ordinal);
        Assert.Contains("shop.jsonc(", missing.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["data"]));
        await Refused(
            "names no lexicon 'other.txt'; it names bakery.txt", "--definition", definition, "--lexicon", other);
        await Refused("no lexicon file", "--definition", definition, "--lexicon", folder["bakery.txt"]);
        await Refused("goes with --definition", "--lexicon", words);
        File.WriteAllBytes(folder["bakery.txt"], new byte[4 * 1024 * 1024 + 1]);
        await Refused("has 4194305 bytes; at most 4194304", "--definition", definition);

        var ran = await Said(folder, 1, "a", "crisp", folder["data"], definition, "--lexicon", words);

        Assert.Equal(ExitCode.Ok, ran.Code);
        Assert.Equal(Crisp, (await TwinTable.Of(folder["data"], "2026-01-02", "said")).Number("a", "said"));

        async Task Refused(string told, params string[] options)
        {
            var refused = await Shell.Run(
                ["replay", Line(folder, 1, "a", "crisp"), "--data", folder["data"], .. options]);
            Assert.Equal(ExitCode.Usage, refused.Code);
            Assert.Contains(told, refused.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Published_lexicon_scores_as_published()
    {
        if (Repository.SharedData("sentiment", output) is not { } sentiment
            || Repository.SharedData("golden", output) is not { } golden)
        {
            return;
        }
        using var folder = new TemporaryFolder();
        var definition = folder.Write(
            "shop.jsonc", Definition("vader_lexicon.txt\", \"emoji\": \"emoji_utf8_lexicon.txt"));
        using var vectors = JsonDocument.Parse(File.ReadAllText(Path.Combine(golden, "golden_vectors.json")));
        var texts = vectors.RootElement.GetProperty("vader").EnumerateArray().ToList();
        var lines = texts.Select((pair, i) => LineOf(i, $"c{i}", pair[0].GetString() ?? ""));

        var ran = await Shell.Run(
            "replay", folder.Write("e.ndjson", string.Join('\n', lines)), "--data", folder["data"],
            "--definition", definition, "--lexicon", Path.Combine(sentiment, "vader_lexicon.txt"),
            "--lexicon", Path.Combine(sentiment, "emoji_utf8_lexicon.txt"));

        Assert.Equal((ExitCode.Ok, $"{texts.Count}"), (ran.Code, ran["accepted"]));
        var twins = await TwinTable.Of(folder["data"], "2026-01-02", "said");
        for (var i = 0; i < texts.Count; i++)
        {
            var said = twins.Number($"c{i}", "said");
            var published = texts[i][1].GetDouble();
            if (double.IsNaN(said)) Assert.Equal(0, published); // nothing known: published as 0
            else Assert.Equal(published, said, 1e-9);
        }
    }

    private static string Definition(string lexicon) => Encoding.UTF8.GetString(
            ShippedDefinitions.Find("retail")!.Value.Span) // a shipped one
        .Replace(
            "\"comment\": { \"path\": \"comment\", \"type\": \"sentiment\" }",
            $$"""
            "comment": { "path": "comment", "type": "sentiment", "lexicon": "{{lexicon}}" }
            """, StringComparison.Ordinal)
        .Replace(
            "\"features\": {", """
            "features": { "said": { "kind": "mean", "of": "Survey Answered.comment" },
            """, StringComparison.Ordinal);

    private static Task<Shell> Said(
        TemporaryFolder folder, int id, string customer, string text, string data, string? definition = null,
        params string[] more)
    {
        string[] put = definition is null ? [] : ["--definition", definition];
        return Shell.Run(["replay", Line(folder, id, customer, text), "--data", data, .. put, .. more]);
    }

    private static string Line(TemporaryFolder folder, int id, string customer, string text) =>
        folder.Write("e.ndjson", LineOf(id, customer, text));

    private static string LineOf(int id, string customer, string text) => JsonSerializer.Serialize(new
    {
        id = $"{id}", type = "Survey Answered", time = $"2026-01-01T00:00:0{id % 10}Z", customer, source = "survey",
        properties = new { comment = text },
    });
}
