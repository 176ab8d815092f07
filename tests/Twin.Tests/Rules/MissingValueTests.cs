namespace DToC.Twin.Tests.Rules;

public class MissingValueTests
{
    private readonly RuleBench _bench = new();

    [Theory]
    [InlineData("gone + 1")]
    [InlineData("1 - gone")]
    [InlineData("0 * gone")]
    [InlineData("gone / 2")]
    [InlineData("gone % 2")]
    [InlineData("-gone")]
    [InlineData("min(1, gone)")]
    [InlineData("max(gone, 1)")]
    [InlineData("clamp(gone, 0, 1)")]
    [InlineData("clamp(1, gone, 2)")]
    [InlineData("clamp(1, 0, gone)")]
    [InlineData("pow(gone, 0)")]
    [InlineData("pow(1, gone)")]
    [InlineData("abs(gone)")]
    [InlineData("exp(gone)")]
    [InlineData("log1p(gone)")]
    [InlineData("round(gone)")]
    [InlineData("sigmoid(gone)")]
    [InlineData("coalesce(gone, gone)")]
    [InlineData("if(optIn, gone, 1)")]
    public void Arithmetic_on_a_missing_value_is_missing(string text) =>
        Assert.True(double.IsNaN(_bench.Run(text)));

    [Theory]
    [InlineData("1 / 0")]
    [InlineData("orders_count / (churn - churn)")]
    [InlineData("orders_count % 0")]
    [InlineData("log(0)")]
    [InlineData("log(-1)")]
    [InlineData("log1p(-1)")]
    [InlineData("sqrt(-1)")]
    [InlineData("exp(1000)")]
    [InlineData("pow(0, -1)")]
    [InlineData("1e308 * 10")]
    [InlineData("1e308 + 1e308")]
    public void Result_that_is_not_finite_is_missing(string text) =>
        Assert.True(double.IsNaN(_bench.Run(text)));

    [Fact]
    public void Infinite_slot_is_missing()
    {
        var rule = _bench.Compile("isMissing(orders_count)");
        Assert.True(rule.IsTrue([double.PositiveInfinity], []));
        Assert.False(rule.IsTrue([1e308], []));
    }

    [Theory]
    [InlineData("gone == gone")]
    [InlineData("gone != gone")]
    [InlineData("gone != 1")]
    [InlineData("1 != gone")]
    [InlineData("gone < 1")]
    [InlineData("gone <= 1")]
    [InlineData("gone > 1")]
    [InlineData("gone >= 1")]
    [InlineData("unsure == true")]
    [InlineData("unsure != true")]
    [InlineData("gone in (1, gone)")]
    [InlineData("1 in (gone, 2)")]
    [InlineData("attribute.country == 'DE'")]
    [InlineData("attribute.country != 'DE'")]
    [InlineData("attribute.country == attribute.country")]
    [InlineData("stage != attribute.country")]
    [InlineData("attribute.country in ('DE', 'FR')")]
    [InlineData("stage in (attribute.country, 'new')")]
    public void Comparison_with_a_missing_value_is_false(string text) => Assert.Equal(0, _bench.Run(text));

    [Theory]
    [InlineData("unsure && true", double.NaN)]
    [InlineData("true && unsure", double.NaN)]
    [InlineData("unsure && unsure", double.NaN)]
    [InlineData("unsure && false", 0)]
    [InlineData("false && unsure", 0)]
    [InlineData("unsure || true", 1)]
    [InlineData("true || unsure", 1)]
    [InlineData("unsure || false", double.NaN)]
    [InlineData("false || unsure", double.NaN)]
    [InlineData("!unsure", double.NaN)]
    [InlineData("if(unsure, 1, 2)", 2)]
    [InlineData("if(!unsure, 1, 2)", 2)]
    [InlineData("isMissing(unsure)", 1)]
    [InlineData("isMissing(unsure && true)", 1)]
    [InlineData("isMissing(gone + 1)", 1)]
    [InlineData("isMissing(churn)", 0)]
    [InlineData("isMissing(gone > 1)", 0)]
    public void Missing_boolean_follows_three_valued_logic(string text, double expected) =>
        Assert.Equal(expected, _bench.Run(text));

    [Theory]
    [InlineData("unsure")]
    [InlineData("!unsure")]
    [InlineData("unsure || false")]
    public void Rule_with_a_missing_outcome_does_not_hold(string text) => Assert.False(_bench.Holds(text));
}
