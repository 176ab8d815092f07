using DToC.Twin.Models;
using DToC.Twin.Models.Pricing;

namespace DToC.Cli.Tests.Learning;

/// <summary>Two years of a generated grocer's in a data folder.</summary>
public sealed class GroceryFolder : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>The data folder.</summary>
    public string Data => _folder["data"];

    /// <summary>Another path beside it.</summary>
    public string this[string name] => _folder[name];

    public async Task InitializeAsync()
    {
        var ran = await Shell.Run(
            "generate", "--profile", "grocery", "--customers", "150", "--seed", "3", "--end", "2025-12-28T00:00:00Z",
            "--out", _folder["orders.ndjson"]);
        Assert.True(ran.Code == ExitCode.Ok, ran.Output + ran.Error);
        ran = await Shell.Run("replay", _folder["orders.ndjson"], "--data", Data, "--definition", "retail");
        Assert.True(ran.Code == ExitCode.Ok, ran.Output + ran.Error);
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }
}

/// <summary>What promotions do is trained as any model.</summary>
public class PromotionCommandTests(GroceryFolder folder) : IClassFixture<GroceryFolder>
{
    [Fact]
    public async Task Response_to_promotions_is_learnt_from_orders_and_gives_the_same_bytes()
    {
        var files = new List<byte[]>();
        foreach (var name in (string[])["1", "2"])
        {
            var ran = await LearntFolder.Train(
                folder.Data, "promotion_response", folder[$"{name}.json"], "--kind", "promotionResponse", "--inputs",
                "discount_share");
            Assert.True(ran.Code == ExitCode.Ok, ran.Error);
            files.Add(await File.ReadAllBytesAsync(folder[$"{name}.json"]));
        }
        Assert.Equal(files[0], files[1]);
        var file = ModelFile.Read(files[0]);
        var model = Assert.IsType<PromotionResponse>(file.Model);
        Assert.Equal(["discount_share"], model.Inputs);
        // The profile's: 1.8 for the mean customer, a little more for the mean of the factors.
        Assert.InRange(model.Lift, 1.82 - 4 * model.LiftError, 1.82 + 4 * model.LiftError);
        Assert.InRange(model.LiftError, 0.05, 0.6);
        Assert.Equal(0.3, model.Deepest, 0.005);
        Assert.InRange(model.UsualFactor, 1.01, 1.2);
        Assert.Equal(model.LiftError, file.Card.Measures["se.lift"]);
        Assert.InRange(file.Card.Rows, 2_000, 10_000);
        Assert.Contains(file.Card.Limits, limit => limit.StartsWith("Not graded", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Trained_response_is_put_in_force_and_trained_again_without_being_told_how()
    {
        var ran = await LearntFolder.Train(
            folder.Data, "promotion_response", folder["put.json"], "--kind", "promotion-response", "--inputs",
            "discount_share", "--put");
        Assert.True(ran.Code == ExitCode.Ok, ran.Error);
        var again = await LearntFolder.Train(folder.Data, "promotion_response", folder["again.json"]);
        Assert.True(again.Code == ExitCode.Ok, again.Error);
        Assert.Equal(
            await File.ReadAllBytesAsync(folder["put.json"]), await File.ReadAllBytesAsync(folder["again.json"]));
    }

    [Theory]
    [InlineData("--inputs refund_rate", "'refund_rate' is no feature to read promotions from", "discount_share")]
    [InlineData("--inputs orders", "'orders' is no feature to read promotions from", "refund_ratio")]
    [InlineData("--inputs discount_share --until 2024-06-01T00:00:00Z", "promotion response not identified", "weeks")]
    [InlineData("--inputs discount_share --calibration platt", "is not calibrated", "promotionResponse")]
    public async Task What_cannot_be_learnt_is_told_with_what_would_be_right(string words, string told, string right)
    {
        var ran = await Shell.Run(
            [
                "train", "promotion_response", "--kind", "promotionResponse", .. words.Split(' '), "--data",
                folder.Data, "--out", folder["none.json"],
            ]);
        Assert.Equal(ExitCode.Usage, ran.Code);
        Assert.Contains(told, ran.Error, StringComparison.Ordinal);
        Assert.Contains(right, ran.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["none.json"]));
    }
}
