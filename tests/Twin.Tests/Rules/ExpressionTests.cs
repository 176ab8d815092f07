using DToC.Twin.Rules;

namespace DToC.Twin.Tests.Rules;

public class ExpressionTests
{
    private readonly RuleBench _bench = new();

    [Theory]
    [InlineData("1 + 2 * 3", 7)]
    [InlineData("(1 + 2) * 3", 9)]
    [InlineData("10 - 3 - 2", 5)]
    [InlineData("16 / 4 / 2", 2)]
    [InlineData("17 % 10 % 4", 3)]
    [InlineData("-7 % 3", -1)]
    [InlineData("-2 * -3", 6)]
    [InlineData("2 - -3", 5)]
    [InlineData("-orders_count + 5", 2)]
    [InlineData("1.5e-3 * 1000 + 2E2 + 1e+1", 211.5)]
    [InlineData("`days since order` / 2", 5)]
    [InlineData("`now.hour` - now.hour", 0)]
    [InlineData("\torders_count\n* 2 ", 6)]
    public void Arithmetic_follows_precedence_and_groups_to_the_left(string text, double expected) =>
        Assert.Equal(expected, _bench.Run(text));

    [Theory]
    [InlineData("true || false && false", true)]
    [InlineData("(true || false) && false", false)]
    [InlineData("true or false and false", true)]
    [InlineData("!false && false", false)]
    [InlineData("!(false && false)", true)]
    [InlineData("1 + 1 == 2 && 3 * 2 > 5", true)]
    [InlineData("not 1 > 2", true)]
    [InlineData("not false == false", false)]
    [InlineData("!blocked == false", false)]
    [InlineData("not stage in ('gold', 'new')", false)]
    [InlineData("not blocked and optIn", true)]
    [InlineData("not not optIn", true)]
    [InlineData("optIn == true", true)]
    [InlineData("optIn != blocked", true)]
    [InlineData("(1 > 2) == blocked", true)]
    public void Conditions_follow_precedence(string text, bool expected) =>
        Assert.Equal(expected, _bench.Holds(text));

    [Theory]
    [InlineData("3 < 3", false)]
    [InlineData("3 <= 3", true)]
    [InlineData("3 > 3", false)]
    [InlineData("3 >= 3", true)]
    [InlineData("orders_count == 3", true)]
    [InlineData("orders_count != 3", false)]
    [InlineData("orders_count in (1, 2, 3)", true)]
    [InlineData("orders_count + 1 in (1, 2, 3)", false)]
    [InlineData("4 in (1, orders_count + 1)", true)]
    [InlineData("now.hour in (14)", true)]
    public void Numbers_compare(string text, bool expected) => Assert.Equal(expected, _bench.Holds(text));

    [Theory]
    [InlineData("stage == 'gold'", true)]
    [InlineData("stage == \"gold\"", true)]
    [InlineData("'gold' == stage", true)]
    [InlineData("stage == 'Gold'", false)]
    [InlineData("stage != 'silver'", true)]
    [InlineData("stage != 'gold'", false)]
    [InlineData("stage == home", true)]
    [InlineData("stage != home", false)]
    [InlineData("stage == context.channel", false)]
    [InlineData("stage != context.channel", true)]
    [InlineData("'a' == 'a'", true)]
    [InlineData("'a' != 'a'", false)]
    [InlineData("'it''s' == \"it's\"", true)]
    [InlineData("'' == \"\"", true)]
    [InlineData("context.channel in ('app', 'web')", true)]
    [InlineData("context.channel in ('app', 'store', stage)", false)]
    [InlineData("'gold' in ('app', stage)", true)]
    [InlineData("'b' in ('a', 'b')", true)]
    [InlineData("isMissing('a')", false)]
    [InlineData("isMissing(stage)", false)]
    [InlineData("isMissing(attribute.country)", true)]
    public void Texts_compare_by_hash(string text, bool expected) =>
        Assert.Equal(expected, _bench.Holds(text));

    [Theory]
    [InlineData("min(3, 1, 2)", 1)]
    [InlineData("min(8, 7, 6, 5, 4, 3, 2, 1)", 1)]
    [InlineData("max(orders_count, 1)", 3)]
    [InlineData("max(1, 9, orders_count)", 9)]
    [InlineData("abs(-2.5)", 2.5)]
    [InlineData("log(1)", 0)]
    [InlineData("log(exp(2))", 2)]
    [InlineData("log1p(1e-20)", 1e-20)]
    [InlineData("log1p(1)", 0.6931471805599453)]
    [InlineData("exp(0)", 1)]
    [InlineData("exp(1)", 2.718281828459045)]
    [InlineData("sqrt(9)", 3)]
    [InlineData("pow(2, 10)", 1024)]
    [InlineData("floor(-1.5)", -2)]
    [InlineData("round(2.5)", 3)]
    [InlineData("round(-2.5)", -3)]
    [InlineData("round(2.49)", 2)]
    [InlineData("clamp(5, 0, 1)", 1)]
    [InlineData("clamp(-5, 0, 1)", 0)]
    [InlineData("clamp(churn, 0, 1)", 0.25)]
    [InlineData("clamp(5, 3, 1)", 1)]
    [InlineData("sigmoid(0)", 0.5)]
    [InlineData("sigmoid(-1000)", 0)]
    [InlineData("sigmoid(1000)", 1)]
    [InlineData("sigmoid(2)", 0.8807970779778823)]
    [InlineData("if(orders_count > 2, 10, 20)", 10)]
    [InlineData("if(orders_count > 5, 10, if(optIn, 30, 40)) + 1", 31)]
    [InlineData("if(blocked, 1, 2) + 3 * 4", 14)]
    [InlineData("coalesce(gone, 4)", 4)]
    [InlineData("coalesce(gone, gone, churn, 9) * 4", 1)]
    [InlineData("coalesce(5, 4)", 5)]
    public void Function_gives_its_value(string text, double expected) =>
        Assert.Equal(expected, _bench.Run(text), 1e-15);

    [Fact]
    public void Conditional_may_choose_a_boolean() =>
        Assert.True(_bench.Holds("if(stage == 'gold', orders_count > 2, false) && coalesce(unsure, true)"));

    [Fact]
    public void Expression_names_text_type_and_the_slots_it_reads()
    {
        var symbols = new SymbolTable();
        symbols.Add("a", Twin.Rules.ValueType.Number, 9);
        symbols.Add("b", Twin.Rules.ValueType.Boolean, 2);
        symbols.Add("s", Twin.Rules.ValueType.Text, 4);
        symbols.Add("t", Twin.Rules.ValueType.Text, 1);
        var expression = RuleBench.Compile("b && a + a > 3 or s == t or isMissing(s)", symbols);
        Assert.Equal("b && a + a > 3 or s == t or isMissing(s)", expression.Text);
        Assert.Equal(Twin.Rules.ValueType.Boolean, expression.Type);
        Assert.Equal([2, 9], expression.NumbersRead.ToArray());
        Assert.Equal([1, 4], expression.TextsRead.ToArray());
        Assert.Equal(Twin.Rules.ValueType.Number, RuleBench.Compile("1", symbols).Type);
        Assert.Empty(RuleBench.Compile("1", symbols).NumbersRead.ToArray());
    }

    // Every way through the jumps: settled by the first, a middle or the last side, alone and within another.
    [Theory]
    [InlineData("blocked && unsure", 0)]
    [InlineData("optIn || unsure", 1)]
    [InlineData("blocked && optIn || optIn", 1)]
    [InlineData("(optIn || blocked) && (blocked || optIn)", 1)]
    [InlineData("blocked && optIn && optIn", 0)]
    [InlineData("optIn && blocked && optIn", 0)]
    [InlineData("optIn && optIn && blocked", 0)]
    [InlineData("optIn || blocked || blocked", 1)]
    [InlineData("blocked || blocked || optIn", 1)]
    [InlineData("(blocked && optIn) == (blocked || blocked)", 1)]
    [InlineData("if(blocked && optIn, optIn, optIn && optIn)", 1)]
    public void Connective_is_settled_by_the_first_side_that_can(string text, double expected) =>
        Assert.Equal(expected, _bench.Run(text));

    [Fact]
    public void Vector_shorter_than_the_slots_read_is_the_callers_error()
    {
        var expression = _bench.Compile("true || (now.hour > 3 && context.channel == 'web')");
        var numbers = new double[3];
        Assert.Throws<ArgumentException>("numbers", () => expression.Evaluate(new double[2], new ulong[2]));
        Assert.Throws<ArgumentException>("texts", () => expression.Evaluate(numbers, new ulong[1]));
        Assert.Equal(1, expression.Evaluate(numbers, new ulong[2]));
    }

    [Fact]
    public void Number_asked_whether_it_is_true_is_the_callers_error() =>
        Assert.Throws<InvalidOperationException>(() => _bench.Holds("orders_count + 1"));

    [Fact]
    public void Evaluation_allocates_nothing()
    {
        var rule = _bench.Compile(
            "if(stage in ('gold', 'new') && not blocked, min(orders_count, 5, churn), pow(2, now.hour)) > 0.1"
            + " and coalesce(gone, log1p(churn), 1) != 7 or orders_count in (1, 2) || sigmoid(-churn) > 2");
        Allocation.IsNone(() => Assert.True(rule.IsTrue(_bench.Numbers, _bench.Texts)));
    }
}
