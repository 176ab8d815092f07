using System.Text.Json;
using DToC.Twin.Draws;
using DToC.Twin.Models;

namespace DToC.Cli.Tests.Learning;

/// <summary>Customers who buy at rates of their own and never leave, in a data folder.</summary>
public sealed class RegularsFolder : IAsyncLifetime
{
    private const int Customers = 150;
    private const int Days = 500;

    private readonly TemporaryFolder _folder = new();

    /// <summary>The data folder.</summary>
    public string Data => _folder["data"];

    /// <summary>Another path beside it.</summary>
    public string this[string name] => _folder[name];

    public async Task InitializeAsync()
    {
        var (random, orders) = (new Xoshiro256(5), new List<(DateTime At, int Customer)>());
        var start = new DateTime(2024, 11, 1, 8, 0, 0, DateTimeKind.Utc);
        for (var customer = 0; customer < Customers; customer++)
        {
            var rate = random.Gamma(3, 90);
            for (var day = 60 * random.NextUnit(); day < Days; day += random.Exponential() / rate)
                orders.Add((start.AddDays(day), customer));
        }
        await File.WriteAllLinesAsync(_folder["orders.ndjson"], orders.Order().Select((order, n) =>
            JsonSerializer.Serialize(new
            {
                id = $"o{n}", type = "Order Completed", time = order.At, customer = $"c-{order.Customer:D4}",
                source = "shop", properties = new { total = 20, currency = "EUR" },
            })));
        var ran = await Shell.Run("replay", _folder["orders.ndjson"], "--data", Data, "--definition", "retail");
        Assert.True(ran.Code == ExitCode.Ok, ran.Output + ran.Error);
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }
}

public class TrainWithoutDropOutTests(RegularsFolder folder) : IClassFixture<RegularsFolder>
{
    [Theory]
    [InlineData("bgNbd")]
    [InlineData("paretoNbd")]
    public async Task Forecast_of_a_base_that_nobody_leaves_is_by_rates_alone_and_the_card_says_so(string kind)
    {
        var file = folder[$"{kind}.json"];
        var ran = await Shell.Run("train", "expected_orders", "--data", folder.Data, "--out", file, "--kind", kind);
        Assert.True(ran.Code == ExitCode.Ok, ran.Error);
        var trained = ModelFile.Read(await File.ReadAllBytesAsync(file));
        Assert.Equal("nbd", trained.Model.Kind);
        var limits = string.Join('\n', trained.Card.Limits);
        Assert.Contains("dropout not identified", limits);
        Assert.Contains("Nobody ever leaves in this model", limits);
        Assert.Contains("dropout not identified", ran.Output);
        // One who bought monthly for a year, the last time two months ago, is expected to go on.
        Assert.InRange(trained.Model.Score([12, 48, 56]), 2, 4);
        Assert.NotNull(trained.Model.IntervalOf([12, 48, 56], 0.9));
        Assert.True(trained.Card.Measures["mae"] < trained.Card.Measures["alike_mae"]);
    }

    [Fact]
    public async Task What_was_fitted_as_rates_alone_is_trained_again_as_the_definition_has_it()
    {
        var first = await Shell.Run(
            "train", "expected_orders", "--data", folder.Data, "--out", folder["first.json"], "--put");
        Assert.True(first.Code == ExitCode.Ok, first.Error);
        var again = await Shell.Run("train", "expected_orders", "--data", folder.Data, "--out", folder["again.json"]);
        Assert.True(again.Code == ExitCode.Ok, again.Error);
        Assert.Equal(
            await File.ReadAllTextAsync(folder["first.json"]), await File.ReadAllTextAsync(folder["again.json"]));
    }

    [Theory]
    [InlineData("bgNbd", "alive with probability 1")]
    [InlineData("paretoNbd", "dropout not identified")]
    public async Task Probability_of_being_alive_is_refused_where_the_model_or_the_past_does_not_tell(
        string kind, string told)
    {
        var ran = await Shell.Run(
            "train", "alive", "--data", folder.Data, "--out", folder["none.json"], "--kind", kind);
        Assert.Equal(ExitCode.Usage, ran.Code);
        Assert.Contains(told, ran.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["none.json"]));
    }
}
