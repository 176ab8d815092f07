using DToC.Twin.Rules;

namespace DToC.Twin.Tests.Rules;

public class ExpressionLimitsTests
{
    private readonly RuleBench _bench = new();

    [Fact]
    public void Text_may_be_as_long_as_the_limit_and_no_longer()
    {
        Assert.Equal(1, _bench.Run("1".PadRight(ExpressionLimits.TextLength)));
        var invalid = _bench.Refuse("1".PadRight(ExpressionLimits.TextLength + 1));
        Assert.Equal(ExpressionLimits.TextLength, invalid.Position);
        Assert.Contains("4097 characters; at most 4096", invalid.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_may_be_as_long_as_the_limit_and_no_longer()
    {
        // n names and n - 1 additions, and one sign: 2 n instructions.
        var most = "-" + string.Join('+', Enumerable.Repeat("churn", ExpressionLimits.Instructions / 2));
        Assert.Equal((256 - 2) * 0.25, _bench.Run(most));
        var invalid = _bench.Refuse(most + "+churn");
        Assert.Contains("more than 512 instructions", invalid.Message, StringComparison.Ordinal);
        Assert.InRange(invalid.Position, most.Length, most.Length + 6);
    }

    [Fact]
    public void Constants_fold_so_that_they_cost_one_instruction() =>
        Assert.Equal(2_000, _bench.Run(string.Join('+', Enumerable.Repeat("1", 2_000))));

    [Theory]
    [InlineData("(", "churn", ")", 1)]
    [InlineData("-", "churn", "", 1)]
    [InlineData("abs(", "churn", ")", 4)]
    [InlineData("!", "optIn", "", 1)]
    [InlineData("not ", "optIn", "", 4)]
    public void Nesting_may_be_as_deep_as_the_limit_and_no_deeper(
        string open, string inner, string close, int width)
    {
        string Nest(int depth) => string.Concat(Enumerable.Repeat(open, depth)) + inner
            + string.Concat(Enumerable.Repeat(close, depth));

        Assert.Equal(_bench.Run(inner), _bench.Run(Nest(ExpressionLimits.Nesting)));
        var invalid = _bench.Refuse(Nest(ExpressionLimits.Nesting + 1));
        Assert.Equal(ExpressionLimits.Nesting * width, invalid.Position);
        Assert.Contains("deeper than 32 levels", invalid.Message, StringComparison.Ordinal);
        Assert.Equal(invalid, _bench.Refuse(Nest(500)));
    }

    [Fact]
    public void Stack_may_be_as_high_as_the_limit_and_no_higher()
    {
        // Each level keeps 7 values while it works on its 8th: 9 levels and the last value make 64.
        const string seven = "max(churn,churn,churn,churn,churn,churn,churn,";
        string Level(int levels, string inner) =>
            string.Concat(Enumerable.Repeat(seven, levels)) + inner + new string(')', levels);

        Assert.Equal(3, _bench.Run(Level(9, "orders_count")));
        var invalid = _bench.Refuse(Level(9, "churn+orders_count"));
        Assert.Contains("more than 64 values", invalid.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("orders_count in (", "1", 17)]
    [InlineData("stage in (", "'x'", 10)]
    public void List_may_be_as_long_as_the_limit_and_no_longer(string start, string item, int listStart)
    {
        string List(int items) => start + string.Join(",", Enumerable.Repeat(item, items)) + ")";

        Assert.False(_bench.Holds(List(ExpressionLimits.ListItems)));
        var invalid = _bench.Refuse(List(ExpressionLimits.ListItems + 1));
        Assert.Equal(listStart + ExpressionLimits.ListItems * (item.Length + 1), invalid.Position);
        Assert.Contains("at most 48 values", invalid.Message, StringComparison.Ordinal);
    }
}
