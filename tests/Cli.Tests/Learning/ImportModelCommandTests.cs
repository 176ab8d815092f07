using System.Globalization;
using System.Text.Json;
using DToC.Twin.Models;

namespace DToC.Cli.Tests.Learning;

public class ImportModelCommandTests
{
    private const string Model = """
        {"linear":1,"link":"sigmoid","inputs":["recent","seen"],"intercept":-0.5,"weights":[-0.75,0.125]}
        """;

    [Fact]
    public async Task A_checked_model_says_so_on_its_card_and_scores_twins_once_it_is_in_force()
    {
        using var folder = new TemporaryFolder();
        var events = folder.Write("e.ndjson", """
            {"id":"1","type":"Order Completed","time":"2026-01-01T08:00:00Z","customer":"c","source":"s",
             "properties":{"order_id":"o","total":5,"currency":"EUR"}}
            """.ReplaceLineEndings(""));
        await Shell.Run("replay", events, "--data", folder["data"], "--definition", "retail");
        var ran = await Shell.Run("import-model", folder.Write("m.json", Model), "--inputs", "orders_90d,views_7d",
            "--rows", folder.Write("rows.csv", "seen,recent\n4,1\n0,0\n,2\n"),
            "--expected", folder.Write("expected.txt", $"{P(-0.75)}\n{P(-0.5)}\n{P(-2)}\n"),
            "--tolerance", "1e-9", "--out", folder["out.json"], "--put", "--data", folder["data"], "--as", "churn");
        Assert.True(ran.Code == ExitCode.Ok, ran.Error);
        Assert.Equal("3", ran["checked rows"]);
        Assert.InRange(double.Parse(ran["max difference"], CultureInfo.InvariantCulture), 0, 1e-9);

        var file = ModelFile.Read(await File.ReadAllBytesAsync(folder["out.json"]));
        Assert.Equal(["orders_90d", "views_7d"], file.Model.Inputs);
        Assert.Equal(3, file.Card.Measures["checkedRows"]);
        Assert.InRange(file.Card.Measures["maxDifference"], 0, 1e-9);

        var twin = await Shell.Run("twin", "c", "--data", folder["data"]);
        var score = JsonDocument.Parse(twin.Output).RootElement.GetProperty("prediction").GetProperty("scores")
            .GetProperty("churn");
        Assert.Equal("linear", score.GetProperty("kind").GetString());
        // The order fades with its half-life of 90 days.
        Assert.InRange(
            score.GetProperty("value").GetDouble(), Logistic.Sigmoid(-1.25), Logistic.Sigmoid(-0.5));

        Assert.DoesNotContain("is to be a probability", ran.Output);
        var margins = Model.Replace("sigmoid", "identity", StringComparison.Ordinal);
        ran = await Shell.Run("import-model", folder.Write("margins.json", margins), "--inputs", "orders_90d,views_7d",
            "--put", "--data", folder["data"], "--as", "churn");
        Assert.True(ran.Code == ExitCode.Ok, ran.Error);
        Assert.Contains("- 'churn' is to be a probability, and this model's scores may be any number", ran.Output);

        static string P(double margin) => Logistic.Sigmoid(margin).ToString("R", CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_model_that_gives_something_else_is_not_written()
    {
        using var folder = new TemporaryFolder();
        var ran = await Shell.Run("import-model", folder.Write("m.json", Model), "--out", folder["out.json"],
            "--rows", folder.Write("rows.csv", "1,0\n0,0\n"),
            "--expected", folder.Write("expected.txt", "0.3\n0.3775\n"),
            "--tolerance", "0.001");
        Assert.Equal(ExitCode.Differs, ran.Code);
        Assert.Contains("1 of 2 scores are further off than 0.001; the worst is that of row 1, by 0.077", ran.Error);
        Assert.False(File.Exists(folder["out.json"]));
    }

    [Theory]
    [InlineData("--out OUT --rows ROWS", "--rows and --expected go together")]
    [InlineData("--out OUT --put", "--put, --data and --as go together")]
    [InlineData("--out OUT --as churn", "--put, --data and --as go together")]
    [InlineData("", "nowhere to put the model")]
    [InlineData("--out OUT --rows ROWS --expected TWO", "1 rows and 2 expected outputs")]
    [InlineData("--out OUT --rows OTHER --expected ROWS", "There is no column 'recent'")]
    [InlineData("--out OUT --rows ROWS --expected ROWS", "has 2 numbers a line; --output says which")]
    [InlineData("--out OUT --rows ROWS --expected TWO --tolerance -1", "--tolerance is -1")]
    [InlineData("--out OUT --inputs a,b,c", "3 names were given; the model has 2 inputs")]
    [InlineData("--out OUT --put --data OUT --as churn", "is no data folder")]
    public async Task A_wrong_command_line_is_told_and_writes_nothing(string words, string told)
    {
        using var folder = new TemporaryFolder();
        folder.Write("ROWS", "1,2\n");
        folder.Write("TWO", "1\n2\n");
        folder.Write("OTHER", "a,b\n1,2\n");
        string[] files = ["OUT", "ROWS", "TWO", "OTHER"];
        string[] args = ["import-model", folder.Write("m.json", Model),
            .. words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => files.Contains(w) ? folder[w] : w)];
        var ran = await Shell.Run(args);
        Assert.Equal(ExitCode.Usage, ran.Code);
        Assert.Contains(told, ran.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["OUT"]));
    }

    [Fact]
    public async Task A_model_of_other_inputs_is_not_put_in_force()
    {
        using var folder = new TemporaryFolder();
        var events = folder.Write("e.ndjson", """{"id":"1","type":"Order Completed","customer":"c"}""");
        await Shell.Run("replay", events, "--data", folder["data"], "--definition", "retail");
        foreach (var (name, told) in ((string, string)[])[("churn", "recent"), ("chum", "chum")])
        {
            var ran = await Shell.Run("import-model", folder.Write("m.json", Model), "--put", "--data", folder["data"],
                "--as", name, "--out", folder["out.json"]);
            Assert.Equal(ExitCode.Usage, ran.Code);
            Assert.Contains(told, ran.Error, StringComparison.Ordinal);
            Assert.False(File.Exists(folder["out.json"]));
        }
    }
}
