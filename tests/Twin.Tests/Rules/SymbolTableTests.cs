using DToC.Twin.Rules;

namespace DToC.Twin.Tests.Rules;

public class SymbolTableTests
{
    private readonly SymbolTable _symbols = new();

    [Fact]
    public void Symbol_added_is_found_under_its_exact_name()
    {
        _symbols.Add("context.channel", Twin.Rules.ValueType.Text, 3);
        Assert.True(_symbols.TryFind("context.channel", out var symbol));
        Assert.Equal(new Symbol("context.channel", Twin.Rules.ValueType.Text, 3), symbol);
        Assert.False(_symbols.TryFind("Context.channel", out _));
        Assert.Equal(["context.channel"], _symbols.Names);
    }

    [Fact]
    public void Name_added_twice_is_refused()
    {
        _symbols.Add("a", Twin.Rules.ValueType.Number, 0);
        var error = Assert.Throws<ArgumentException>(() => _symbols.Add("a", Twin.Rules.ValueType.Text, 1));
        Assert.Contains("'a'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("back`tick")]
    public void Name_no_rule_could_write_is_refused(string name) =>
        Assert.ThrowsAny<ArgumentException>(() => _symbols.Add(name, Twin.Rules.ValueType.Number, 0));

    [Fact]
    public void Name_beyond_the_limit_and_negative_slot_are_refused()
    {
        var longest = new string('n', ExpressionLimits.NameLength);
        _symbols.Add(longest, Twin.Rules.ValueType.Number, 0);
        Assert.Throws<ArgumentException>(() => _symbols.Add(longest + "n", Twin.Rules.ValueType.Number, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _symbols.Add("a", Twin.Rules.ValueType.Number, -1));
    }

    [Fact]
    public void Keyword_and_function_name_may_name_a_symbol()
    {
        _symbols.Add("in", Twin.Rules.ValueType.Number, 0);
        _symbols.Add("min", Twin.Rules.ValueType.Number, 1);
        var expression = RuleBench.Compile("min(`in`, min)", _symbols);
        Assert.Equal(4, expression.Evaluate([5, 4], []));
    }
}
