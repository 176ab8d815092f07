using System.Globalization;
using System.Text.Json;
using DToC.Cli.Folders;
using DToC.Grains;
using DToC.Learn.Training;
using DToC.Twin;
using DToC.Twin.State;
using DToC.Twin.Models;

namespace DToC.Cli.Tests.Learning;

public class TrainCommandTests(LearntFolder folder) : IClassFixture<LearntFolder>
{
    [Theory]
    [InlineData("churn", "logistic")]
    [InlineData("buys_again", "trees")]
    public async Task A_trained_model_beats_naive_forecasts_and_the_same_seed_gives_the_same_bytes(
        string model, string kind)
    {
        var files = new List<byte[]>();
        foreach (var name in (string[])["1", "2"])
        {
            var ran = await LearntFolder.Train(
                folder.Data, model, folder[$"{model}-{name}.json"], "--kind", kind, "--trees", "30");
            Assert.True(ran.Code == ExitCode.Ok, ran.Error);
            files.Add(await File.ReadAllBytesAsync(folder[$"{model}-{name}.json"]));
        }
        Assert.Equal(files[0], files[1]);
        Assert.False(File.Exists(folder[$"{model}-1.json.new"]));
        var card = ModelFile.Read(files[0]).Card;
        foreach (var naive in (string[])["alike", "again"])
        {
            Assert.True(card.Measures["brier"] < card.Measures[$"{naive}_brier"], naive);
            Assert.True(card.Measures["auc"] > card.Measures[$"{naive}_auc"], naive);
        }
        Assert.True(card.Measures["logLoss"] < card.Measures["alike_logLoss"]);
        Assert.Equal("dtoc train", card.Origin);
        Assert.InRange(card.Rows, 200, 200 * 4);
        Assert.Equal(LearntFolder.TimeOf(folder.Events[^1]), card.Until.ToString());
    }

    [Fact]
    public async Task What_comes_after_the_past_that_is_read_changes_nothing()
    {
        // Up to the last event of a day well before the end.
        var cut = folder.Events.Length * 3 / 4;
        var until = LearntFolder.TimeOf(folder.Events[cut - 1]);
        var early = await folder.FolderOf(
            "early", folder.Events.Where(line => string.CompareOrdinal(LearntFolder.TimeOf(line), until) <= 0));
        foreach (var model in (string[])["churn", "buys_again", "expected_orders"])
        {
            Assert.Equal(ExitCode.Ok, (await LearntFolder.Train(early, model, folder["a.json"])).Code);
            var cutOff = await LearntFolder.Train(folder.Data, model, folder["b.json"], "--until", until);
            Assert.Equal(ExitCode.Ok, cutOff.Code);
            Assert.Equal(
                await File.ReadAllTextAsync(folder["a.json"]), await File.ReadAllTextAsync(folder["b.json"]));
        }
        // Of a time that has not come it is not known that nothing happens in it.
        await LearntFolder.Train(folder.Data, "churn", folder["a.json"]);
        await LearntFolder.Train(folder.Data, "churn", folder["b.json"], "--until", "2026-12-01T00:00:00Z");
        Assert.Equal(await File.ReadAllTextAsync(folder["a.json"]), await File.ReadAllTextAsync(folder["b.json"]));
    }

    [Fact]
    public async Task Customers_who_object_are_not_learnt_from_and_are_counted()
    {
        var data = folder.Copy("objected");
        await LearntFolder.Train(data, "churn", folder["all.json"]);
        await using (var host = HostFolder.OpenToRead(data, null, TextWriter.Null))
        {
            for (var n = 50; n < 57; n++)
            {
                var reply = await host.SendAsync(
                    GrainKey.Customer($"c-{n:D6}"),
                    new CustomerMessage.SetConsents([new("analytics", ConsentStatus.Objected)], "desk"),
                    CancellationToken.None);
                Assert.IsType<Reply.Done>(reply);
            }
        }
        var ran = await LearntFolder.Train(data, "churn", folder["fewer.json"]);
        Assert.Contains("- 7 customers were not learnt from: there is no legal basis to.", ran.Output);
        var (all, fewer) = (Read("all.json"), Read("fewer.json"));
        Assert.InRange(all.Card.Rows - fewer.Card.Rows, 7, 7 * 4);
        Assert.DoesNotContain("not learnt from", string.Join('\n', all.Card.Limits));
        Assert.NotEqual(all.Model.Score(new double[5]), fewer.Model.Score(new double[5]));

        ModelFile Read(string name) => ModelFile.Read(File.ReadAllBytes(folder[name]));
    }

    [Fact]
    public async Task The_past_of_those_who_object_is_in_no_card()
    {
        // Somebody who objects came later than all others.
        const string late = """
            {"id":"late","type":"Order Completed","time":"2026-06-01T08:00:00Z","customer":"late","source":"s",
             "properties":{"order_id":"o","total":5,"currency":"EUR"}}
            """;
        var data = await folder.FolderOf("late", [.. folder.Events, late.ReplaceLineEndings("")]);
        await Object(data, "late");
        var ran = await LearntFolder.Train(data, "churn", folder["late.json"]);
        Assert.True(ran.Code == ExitCode.Ok, ran.Error);
        Assert.Contains("- 1 customer was not learnt from: there is no legal basis to.", ran.Output);
        var card = ModelFile.Read(await File.ReadAllBytesAsync(folder["late.json"])).Card;
        Assert.Equal(LearntFolder.TimeOf(folder.Events[^1]), card.Until.ToString());

        var lone = await folder.FolderOf("lone", [late.ReplaceLineEndings("")]);
        await Object(lone, "late");
        // Without naming models: satisfaction serves a contract, so that there is somebody.
        foreach (var command in (string[][])[["train", "churn"], ["backtest", "--models", "churn"]])
        {
            ran = await Shell.Run([.. command, "--data", lone, "--out", folder["nothing"]]);
            Assert.Equal(ExitCode.Usage, ran.Code);
            Assert.Contains("no legal basis to use the data of 1 customer.", ran.Error, StringComparison.Ordinal);
        }

        static async Task Object(string data, string customer)
        {
            await using var host = HostFolder.OpenToRead(data, null, TextWriter.Null);
            var said = new CustomerMessage.SetConsents([new("analytics", ConsentStatus.Objected)], "desk");
            Assert.IsType<Reply.Done>(
                await host.SendAsync(GrainKey.Customer(customer), said, CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_fit_ends_when_it_is_stopped()
    {
        await using var host = HostFolder.OpenToRead(folder.Copy("stopped"), null, TextWriter.Null);
        foreach (var (model, kind) in ((string, LearntKind?)[])[("churn", LearntKind.Trees), ("expected_orders", null)])
        {
            using var stopping = new CancellationTokenSource();
            var isRead = false;
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ModelTraining.RunAsync(
                host, model, new TrainingOptions { Kind = kind }, Instant.From(DateTimeOffset.UtcNow), Stop,
                stopping.Token));
            Assert.True(isRead);

            // All is read; what is left is to fit.
            void Stop(ReadingProgress progress)
            {
                if (progress.Customers < progress.Of) return;
                isRead = true;
                stopping.Cancel();
            }
        }
    }

    [Theory]
    [InlineData("missing/churn.json", "there is no folder")]
    [InlineData("", "a folder; name the file to write")]
    public async Task A_file_that_cannot_be_written_is_told_before_anything_is_read(string file, string told)
    {
        // There is no such data folder either: what is looked at first is told.
        var ran = await LearntFolder.Train(folder["no-data"], "churn", folder[file]);
        Assert.Equal(ExitCode.Usage, ran.Code);
        Assert.Contains(told, ran.Error, StringComparison.Ordinal);
        ran = await Shell.Run("import-model", folder["no-model"], "--out", folder[file]);
        Assert.Contains(told, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_put_in_force_scores_twins_and_is_trained_again_from_there()
    {
        var data = folder.Copy("put");
        var before = await Score(data);
        Assert.Equal(ExitCode.Ok, (await LearntFolder.Train(data, "churn", folder["put.json"], "--put")).Code);
        var after = await Score(data);
        Assert.NotEqual(before.Version, after.Version);
        Assert.Equal("calibrated", after.Kind);
        Assert.NotEqual(before.Value, after.Value);
        // Scores are as of now, which goes on between two readings.
        var table = await Shell.Run("twins", "--data", data, "--features", "churn");
        var row = table.Output.Split('\n').Single(line => line.StartsWith("c-000003,", StringComparison.Ordinal));
        Assert.Equal(after.Value, double.Parse(row.Split(',')[1], CultureInfo.InvariantCulture), 1e-4);
        var again = await LearntFolder.Train(data, "churn", folder["again.json"]);
        Assert.True(again.Code == ExitCode.Ok, again.Error);
        Assert.Equal(
            await File.ReadAllTextAsync(folder["put.json"]), await File.ReadAllTextAsync(folder["again.json"]));

        async Task<(string? Version, string? Kind, double Value)> Score(string of)
        {
            var twin = JsonDocument.Parse((await Shell.Run("twin", "c-000003", "--data", of)).Output).RootElement;
            var score = twin.GetProperty("prediction").GetProperty("scores").GetProperty("churn");
            return (score.GetProperty("version").GetString(), score.GetProperty("kind").GetString(),
                score.GetProperty("value").GetDouble());
        }
    }

    [Theory]
    [InlineData("chum", "There is no model 'chum'; there are expected_orders, alive,")]
    [InlineData("churn --inputs orders,smiles", "There is no feature 'smiles'")]
    [InlineData("churn --kind forest", "--kind is 'forest', wanted logistic, trees, ")]
    [InlineData("churn --kind bgNbd", "'churn' is logistic in the definition, which does not make bgNbd of it")]
    [InlineData("churn --until yesterday", "--until is 'yesterday', wanted a time such as")]
    [InlineData("churn --until 2024-10-01T00:00:00Z", "too short to learn 'churn' from: it takes two times 90 days")]
    [InlineData("churn --until 2020-01-01T00:00:00Z", "too short to learn 'churn' from")]
    [InlineData("churn --trees 0", "0 trees; 1 to 1000 are grown")]
    [InlineData("lifetime_value", "'lifetime_value' is a rule of the definition: there is nothing to fit")]
    [InlineData("email_response", "'email_response' has no target: the definition has to say what it forecasts")]
    [InlineData("frustration", "'frustration' has no target: the definition has to say what they do who have")]
    [InlineData("churn --calibration line", "--calibration is 'line', wanted platt, isotonic, none.")]
    public async Task What_cannot_be_trained_is_told_with_what_would_be_right(string words, string told)
    {
        var ran = await Shell.Run(
            ["train", .. words.Split(' '), "--data", folder.Data, "--out", folder["none.json"]]);
        Assert.Equal(ExitCode.Usage, ran.Code);
        Assert.Contains(told, ran.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["none.json"]));
    }
}
