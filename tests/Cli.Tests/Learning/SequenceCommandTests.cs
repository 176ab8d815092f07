using System.Globalization;
using System.Text.Json;
using DToC.Twin.Models;

namespace DToC.Cli.Tests.Learning;

/// <summary>The models of what comes next: trained, graded beside naive forecasts, back-tested.</summary>
public class SequenceCommandTests(ShopFolder folder) : IClassFixture<ShopFolder>
{
    private static readonly (string Model, string Kind)[] Kinds =
        [("next_basket", "affinity"), ("next_event", "nextEvent"), ("next_stage", "nextStage")];

    [Theory]
    [InlineData("next_basket", "affinity", "recallAt5 hitRateAt5", "brier logLoss")]
    [InlineData("next_event", "nextEvent", "nextAccuracy", "nextLogLoss nextBrier waitMaeDays brier logLoss")]
    [InlineData("next_stage", "nextStage", "nextAccuracy", "nextLogLoss nextBrier waitMaeDays brier logLoss")]
    public async Task What_comes_next_is_graded_beside_naive_forecasts_and_gives_the_same_bytes(
        string model, string kind, string more, string less)
    {
        var files = new List<byte[]>();
        foreach (var name in (string[])["1", "2"])
        {
            var ran = await LearntFolder.Train(folder.Data, model, folder[$"{model}-{name}.json"], "--kind", kind);
            Assert.True(ran.Code == ExitCode.Ok, ran.Error);
            files.Add(await File.ReadAllBytesAsync(folder[$"{model}-{name}.json"]));
        }
        Assert.Equal(files[0], files[1]);
        var card = ModelFile.Read(files[0]).Card;
        Assert.InRange(card.Measures["gradedRows"], 50, 120);
        Assert.DoesNotContain(card.Limits, limit => limit.StartsWith("Not graded", StringComparison.Ordinal));
        Assert.Null(card.MadeAt);
        foreach (var name in more.Split(' '))
            Assert.True(card.Measures[name] >= card.Measures[$"alike_{name}"], Shown(name));
        foreach (var name in less.Split(' '))
            Assert.True(card.Measures[name] < card.Measures[$"alike_{name}"], Shown(name));
        if (kind == "affinity") Assert.True(card.Measures["logLoss"] < card.Measures["again_logLoss"]);
        else Assert.InRange(card.Measures["waitCovered"], 0.85, 1);

        string Shown(string name) => string.Create(CultureInfo.InvariantCulture,
            $"{name}: {card.Measures[name]} against {card.Measures[$"alike_{name}"]}");
    }

    [Fact]
    public async Task A_back_test_grades_what_is_in_force_and_what_was_known_then()
    {
        var data = await folder.FolderOf("in-force", folder.Events);
        foreach (var (model, kind) in Kinds[..2])
        {
            var put = await LearntFolder.Train(data, model, folder["put.json"], "--kind", kind, "--put");
            Assert.True(put.Code == ExitCode.Ok, put.Error);
        }
        // Nobody names models or kinds: those in force say of themselves what came true.
        foreach (var name in (string[])["first", "second"])
        {
            var ran = await Shell.Run("backtest", "--data", data, "--out", folder[name]);
            Assert.True(ran.Code == ExitCode.Ok, ran.Error);
            Assert.Contains("| naive: everybody alike |", ran.Output, StringComparison.Ordinal);
            Assert.Contains("its grade flatters it", ran.Output, StringComparison.Ordinal);
        }
        string[] files = ["backtest.json", "backtest.md", "next_basket.svg", "next_event.svg"];
        Assert.Equal(files, Directory.GetFiles(folder["first"]).Select(Path.GetFileName).Order());
        foreach (var file in files)
        {
            Assert.Equal(
                await File.ReadAllTextAsync(Path.Combine(folder["first"], file)),
                await File.ReadAllTextAsync(Path.Combine(folder["second"], file)));
        }
        var report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder["first"], "backtest.json")));
        var models = report.RootElement.GetProperty("models");
        Assert.Equal(2, models.GetArrayLength());
        foreach (var model in models.EnumerateArray())
        {
            Assert.NotEqual(JsonValueKind.Null, model.GetProperty("inForce").ValueKind);
            var refitted = model.GetProperty("refitted");
            var own = LogLoss(refitted.GetProperty("model"));
            Assert.All(refitted.GetProperty("naive").EnumerateArray(), naive => Assert.True(own < LogLoss(naive)));
        }

        static double LogLoss(JsonElement forecaster) =>
            forecaster.GetProperty("measures").GetProperty("logLoss").GetDouble();
    }

    [Fact]
    public async Task What_one_customer_alone_bought_is_not_in_the_model()
    {
        var bought = Enumerable.Range(0, 6).Select(n =>
            $$"""{"id":"own-{{n}}","type":"Bought","customer":"c-own","time":"2026-02-0{{n + 1}}T08:00:00Z","""
            + """ "properties":{"products":["for-one-alone","p1"]}}""");
        var data = await folder.FolderOf("own", [.. folder.Events, .. bought]);
        var ran = await LearntFolder.Train(data, "next_basket", folder["own.json"], "--kind", "affinity");
        Assert.True(ran.Code == ExitCode.Ok, ran.Error);
        var model = await File.ReadAllTextAsync(folder["own.json"]);
        Assert.Contains("\"p1\"", model, StringComparison.Ordinal);
        Assert.DoesNotContain("for-one-alone", model, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_comes_after_the_past_that_is_read_changes_nothing()
    {
        var cut = folder.Events.Length * 3 / 4;
        var until = LearntFolder.TimeOf(folder.Events[cut - 1]);
        var early = await folder.FolderOf("early", folder.Events[..cut]);
        foreach (var (model, kind) in Kinds)
        {
            Assert.Equal(ExitCode.Ok, (await LearntFolder.Train(early, model, folder["a.json"], "--kind", kind)).Code);
            var cutOff = await LearntFolder.Train(
                folder.Data, model, folder["b.json"], "--kind", kind, "--until", until);
            Assert.Equal(ExitCode.Ok, cutOff.Code);
            Assert.Equal(
                await File.ReadAllTextAsync(folder["a.json"]), await File.ReadAllTextAsync(folder["b.json"]));
        }
    }

    [Theory]
    [InlineData("next_event --kind nextEvent --inputs smile", "There is no feature 'smile' of kind lastEvent")]
    [InlineData("next_event --kind nextEvent --inputs last,basket", "2 features are named; nextEvent reads one")]
    [InlineData("next_event --kind nextEvent --inputs ,", "no feature is named to read")]
    [InlineData("many --kind nextEvent", "'many' is a rule of the definition: there is nothing to fit")]
    [InlineData("next_event", "'next_event' has no target")]
    public async Task What_cannot_be_trained_is_told_with_what_would_be_right(string words, string told)
    {
        var ran = await Shell.Run(
            ["train", .. words.Split(' '), "--data", folder.Data, "--out", folder["none.json"]]);
        Assert.Equal(ExitCode.Usage, ran.Code);
        Assert.Contains(told, ran.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["none.json"]));
    }
}
