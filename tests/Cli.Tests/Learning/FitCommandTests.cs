using System.Globalization;
using System.Text.Json;
using DToC.Twin.Models;
using DToC.Twin.Models.Calibration;
using DToC.Twin.Models.Frustration;
using DToC.Twin.Models.Pricing;
using DToC.Twin.Models.Satisfaction;
using Xunit.Abstractions;

namespace DToC.Cli.Tests.Learning;

/// <summary>Every kind of model that a journal can be learnt from, beyond scores of a target by features.</summary>
public class FitCommandTests(CareFolder folder, ITestOutputHelper output) : IClassFixture<CareFolder>
{
    private static readonly string Withheld =
        $"{CareFolder.Objecting} customers were not learnt from: there is no legal basis to.";

    [Fact]
    public async Task Population_of_elasticities_is_learnt_from_what_prices_did_to_demand()
    {
        var file = await Trained("elasticity");
        var model = Assert.IsType<PriceSensitivity>(file.Model);
        Assert.Equal(-1.5, model.Mean[1], 0.1);
        Assert.Equal(4, model.Mean[0], 0.1);
        Assert.Equal(0.09, model.NoiseVariance, 0.02);
        var error = file.Card.Measures["se.meanElasticity"];
        Assert.Equal(Math.Sqrt(model.MeanCovariance![3]), error);
        // 0.3 / sqrt(441) if each customer's own were known.
        Assert.InRange(error, 0.014, 0.035);
        Assert.InRange(Math.Abs(model.Mean[1] + 1.5), 0, 4 * error);
        // No end of a range is a single customer's sum: two digits, which several have reached.
        Assert.All(file.Ranges.SelectMany(range => (double[])[range.Min, range.Max]), end => Assert.Equal(
            end, double.Parse(end.ToString("E1", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)));
        Assert.All(file.Ranges, range => Assert.True(range.Min < range.Max, range.Name));
        foreach (var naive in (string[])["alike", "again"])
            Assert.True(file.Card.Measures["rmse"] < 0.8 * file.Card.Measures[$"{naive}_rmse"], naive);
        Assert.Contains(Withheld, file.Card.Limits);
    }

    [Fact]
    public async Task Satisfaction_is_learnt_from_answers_and_twins_follow_them_by_what_was_learnt()
    {
        var file = await Trained("satisfaction");
        var model = Assert.IsType<SatisfactionModel>(file.Model);
        foreach (var naive in (string[])["alike", "again"])
            Assert.True(file.Card.Measures["rmse"] < file.Card.Measures[$"{naive}_rmse"], naive);
        Assert.Contains(Withheld, file.Card.Limits);
        Assert.Equal(0.3, model.Filter.Mean, 0.15);

        var data = await folder.FolderOf("moods");
        var put = await Train(data, "satisfaction", "moods.json", "--put");
        Assert.True(put.Code == ExitCode.Ok, put.Error);
        string[] customers = ["c-20", "c-77", "c-140"];
        await File.WriteAllLinesAsync(folder["touches.ndjson"], customers.Select(customer => JsonSerializer.Serialize(
            new { id = $"{customer}-touched", type = "Failed", customer, time = "2026-03-01T00:00:00Z" })));
        // A twin is folded anew when it is touched.
        var touched = await Shell.Run("replay", folder["touches.ndjson"], "--data", data);
        Assert.True(touched.Code == ExitCode.Ok, touched.Error);
        var table = await Shell.Run("twins", "--data", data, "--features", "satisfaction");
        foreach (var customer in customers)
        {
            var row = table.Output.Split('\n').Single(line =>
                line.StartsWith($"{customer},", StringComparison.Ordinal));
            var state = folder.Followed(customer, model.Filter);
            var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            Assert.Equal(
                model.Filter.At(state, now).Mean, double.Parse(row.Split(',')[1], CultureInfo.InvariantCulture), 1e-3);
        }
        var again = await Train(data, "satisfaction", "again.json", "--until", file.Card.Until.ToString()!);
        Assert.True(again.Code == ExitCode.Ok, again.Error);
        Assert.Equal(
            await File.ReadAllTextAsync(folder["moods.json"]), await File.ReadAllTextAsync(folder["again.json"]));
    }

    [Fact]
    public async Task Frustration_is_learnt_from_those_who_had_enough_as_the_target_says()
    {
        var file = await Trained("frustration");
        var model = Assert.IsType<FrustrationModel>(file.Model);
        Assert.Equal("failures", Assert.Single(model.Causes.ToArray()).Name);
        // A failure decays over 20 days: about 0.01 a day for the 30 days behind it, of what is left of it.
        Assert.InRange(model.Causes[0].Shape / model.Causes[0].Rate, 0.1, 0.4);
        Assert.True(file.Card.Measures["brier"] < file.Card.Measures["alike_brier"]);
        Assert.True(file.Card.Measures["auc"] > 0.6);
        Assert.Contains(Withheld, file.Card.Limits);
    }

    [Theory]
    [InlineData("sbg")]
    [InlineData("hazard")]
    [InlineData("hazard", "--inputs", "days_there,failures")]
    public async Task Retention_is_learnt_from_who_left_and_who_stayed(params string[] words)
    {
        var file = await Trained("leaves", ["--kind", .. words]);
        Assert.Equal(words[0], file.Model.Kind);
        Assert.Contains("Periods of 30 days are counted by 'days_there'; one is forecast.", file.Card.Limits);
        Assert.Contains(Withheld, file.Card.Limits);
        Assert.True(file.Card.Measures["brier"] < file.Card.Measures["alike_brier"]);
        var inputs = new double[file.Model.Inputs.Count];
        // Of new ones a quarter leaves; those are left over who stay.
        Assert.Equal(0.25, Score(15), 0.08);
        Assert.True(Score(200) < 0.6 * Score(15));
        inputs[0] = 200;
        Assert.NotNull(file.Model.IntervalOf(inputs, 0.9));

        double Score(double days)
        {
            inputs[0] = days;
            return file.Model.Score(inputs);
        }
    }

    [Theory]
    [InlineData("logistic", "platt", "calibrated")]
    [InlineData("logistic", "isotonic", "calibrated")]
    [InlineData("trees", "none", "")]
    [InlineData("ftrl", "none", "logistic")]
    [InlineData("ftrl", "platt", "calibrated")]
    [InlineData("sbg", "isotonic", "calibrated")]
    public async Task Probabilities_are_calibrated_as_was_asked(string kind, string calibration, string stored)
    {
        var file = await Trained("leaves", "--kind", kind, "--calibration", calibration, "--trees", "20");
        if (stored.Length > 0) Assert.Equal(stored, file.Model.Kind);
        Assert.Equal(stored == "calibrated", file.Model is Calibrated);
        if (file.Model is Calibrated { Map: var map })
            Assert.Equal(calibration == "isotonic", map is IsotonicMap);
        else Assert.Contains("Not calibrated, as was asked.", file.Card.Limits);
        // A window that nothing is calibrated on is learnt from.
        Assert.InRange(file.Card.Rows, 1, 1_000);
        if (kind == "ftrl") Assert.InRange(file.Card.Measures["progressiveLogLoss"], 0, Math.Log(2));
    }

    [Fact]
    public async Task What_was_forecast_of_demand_and_answers_is_back_tested()
    {
        var ran = await Shell.Run("backtest", "--data", folder.Data, "--out", folder["report"]);
        Assert.True(ran.Code == ExitCode.Ok, ran.Error);
        var report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder["report"], "backtest.json")));
        var models = report.RootElement.GetProperty("models").EnumerateArray().ToDictionary(
            model => model.GetProperty("model").GetString() ?? "", StringComparer.Ordinal);
        Assert.Equal(["elasticity", "frustration", "leaves", "satisfaction"], models.Keys.Order());
        foreach (var name in (string[])["elasticity", "satisfaction"])
        {
            var refitted = Rmse(models[name].GetProperty("refitted").GetProperty("model"));
            Assert.True(refitted < Rmse(models[name].GetProperty("inForce").GetProperty("model")), name);
            Assert.All(models[name].GetProperty("refitted").GetProperty("naive").EnumerateArray(),
                naive => Assert.True(refitted < Rmse(naive), name));
        }

        static double Rmse(JsonElement forecaster) =>
            forecaster.GetProperty("measures").GetProperty("rmse").GetDouble();
    }

    [Theory]
    [InlineData("elasticity --calibration platt", "'elasticity' is fitted as priceSensitivity, which is not")]
    [InlineData("leaves --calibration sigmoid", "--calibration is 'sigmoid', wanted platt, isotonic, none.")]
    [InlineData("leaves --kind sbg --inputs days_there,failures", "sbg reads an age alone")]
    [InlineData("leaves --kind frustration", "which does not make frustration of it")]
    [InlineData("leaves --kind price-sensitivity --inputs mood", "no feature 'mood' of kind demandSums")]
    [InlineData("frustration --kind trees", "'frustration' is frustration in the definition, which")]
    [InlineData("frustration --inputs purchases", "'purchases' is no cause of 'frustration' in the definition")]
    [InlineData("frustration --kind satisfaction", "'frustration' is frustration, which does not make satisfaction")]
    [InlineData("sooner --kind sbg", "'sooner' has no target: the definition has to say what it forecasts")]
    [InlineData("elasticity --until 2025-03-05T00:00:00Z", "'elasticity' cannot be fitted: ")]
    public async Task What_cannot_be_fitted_is_told_with_what_would_be_right(string words, string told)
    {
        var ran = await Shell.Run(
            ["train", .. words.Split(' '), "--data", folder.Data, "--out", folder["none.json"]]);
        Assert.Equal(ExitCode.Usage, ran.Code);
        Assert.Contains(told, ran.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["none.json"]));
    }

    private async Task<ModelFile> Trained(string model, params string[] more)
    {
        var files = new List<byte[]>();
        foreach (var name in (string[])["first.json", "second.json"])
        {
            var ran = await Train(folder.Data, model, name, more);
            Assert.True(ran.Code == ExitCode.Ok, ran.Error);
            if (files.Count == 0) output.WriteLine(ran.Output);
            files.Add(await File.ReadAllBytesAsync(folder[name]));
        }
        Assert.Equal(files[0], files[1]);
        var read = ModelFile.Read(files[0]);
        Assert.InRange(read.Card.Measures["gradedRows"], 50, 3_000);
        return read;
    }

    private Task<Shell> Train(string data, string model, string file, params string[] more) =>
        Shell.Run(["train", model, "--data", data, "--out", folder[file], .. more]);
}
