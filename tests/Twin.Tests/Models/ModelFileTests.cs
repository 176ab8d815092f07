using System.Text;
using DToC.Twin.Models;

namespace DToC.Twin.Tests.Models;

public class ModelFileTests
{
    private static readonly ModelFile Whole = new(
        new Logistic(-1, [new("visits", 2, 10, 4), new("age", -0.5)]),
        [new("visits", 0, 40), new("age", double.NaN, double.NaN)],
        new ModelCard
        {
            Origin = "a test",
            MadeAt = new Instant(1_700_000_000_000),
            From = new Instant(1_600_000_000_000),
            Until = new Instant(1_690_000_000_000),
            Rows = 1_234,
            Seed = ulong.MaxValue,
            Measures = new Dictionary<string, double> { ["auc"] = 0.8, ["brier"] = 0.1 },
            Limits = ["Never saw anybody over 90."],
        });

    [Fact]
    public void Card_and_ranges_read_back()
    {
        var read = ModelFile.Read(Whole.ToBytes());
        Assert.Equal(Whole.Ranges, read.Ranges);
        Assert.Equal(Whole.Card.Measures, read.Card.Measures);
        Assert.Equal(Whole.Card.Limits, read.Card.Limits);
        Assert.Equal(
            Whole.Card with { Measures = ModelCard.Empty.Measures, Limits = ModelCard.Empty.Limits },
            read.Card with { Measures = ModelCard.Empty.Measures, Limits = ModelCard.Empty.Limits });
        Assert.Equal(Whole.ToBytes(), read.ToBytes());
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(40.5, true)]
    [InlineData(double.NaN, false)]
    public void Value_outside_of_what_was_seen_is_told(double visits, bool outside) =>
        Assert.Equal(outside, Whole.Ranges[0].IsOutside(visits));

    [Theory]
    [InlineData("\"format\": 1", "\"format\": 9", "9 is not known")]
    [InlineData("\"kind\": \"logistic\"", "\"kind\": \"logistics\"", "did you mean 'logistic'")]
    [InlineData("\"intercept\": -1", "\"intercept\": \"low\"", "model.parameters.intercept: \"low\"")]
    [InlineData("\"intercept\": -1", "\"intersept\": -1", "'intercept' is missing")]
    [InlineData("\"name\": \"age\"", "\"name\": \"visits\"", "'visits' is named twice")]
    [InlineData("\"rows\": 1234", "\"rows\": {}", "model.card.rows")]
    [InlineData("\"kind\"", "kind", "no JSON")]
    [InlineData("\"format\": 1,", "\"format\": 1, \"mood\": 1,", "'mood' is not known")]
    public void Damaged_model_is_refused_with_the_place(string from, string to, string told)
    {
        var stored = Encoding.UTF8.GetString(Whole.ToBytes());
        Assert.Contains(from, stored);
        var refusal = Assert.Throws<InvalidDataException>(
            () => ModelFile.Read(Encoding.UTF8.GetBytes(stored.Replace(from, to))));
        Assert.Contains(told, refusal.Message);
    }
}
