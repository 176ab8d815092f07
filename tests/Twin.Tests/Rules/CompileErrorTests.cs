using DToC.Twin.Rules;

namespace DToC.Twin.Tests.Rules;

public class CompileErrorTests
{
    private readonly RuleBench _bench = new();

    [Theory]
    [InlineData("'a' + 1", 0, "'+' needs a number, but this is a text.")]
    [InlineData("1 + 'a'", 4, "'+' needs a number, but this is a text.")]
    [InlineData("2 * optIn", 4, "'*' needs a number, but this is a boolean.")]
    [InlineData("-stage", 1, "'-' needs a number, but this is a text.")]
    [InlineData("!3", 1, "'!' needs a boolean, but this is a number.")]
    [InlineData("not churn", 4, "'not' needs a boolean, but this is a number.")]
    [InlineData("stage > 3", 0, "'>' needs a number, but this is a text.")]
    [InlineData("3 > stage", 4, "'>' needs a number, but this is a text.")]
    [InlineData("optIn < blocked", 0, "'<' needs a number, but this is a boolean.")]
    [InlineData("stage == 3", 9, "left of it is a text, this is a number.")]
    [InlineData("churn != 'x'", 9, "left of it is a number, this is a text.")]
    [InlineData("churn && optIn", 0, "'&&' needs a boolean, but this is a number.")]
    [InlineData("optIn or churn", 9, "'or' needs a boolean, but this is a number.")]
    [InlineData("optIn && (churn + 1)", 9, "'&&' needs a boolean, but this is a number.")]
    [InlineData("if(1, 2, 3)", 3, "The condition of if needs a boolean, but this is a number.")]
    [InlineData("if(optIn, 2, true)", 13, "its last value needs a number, but this is a boolean.")]
    [InlineData("if(optIn, 'a', 'b')", 10, "a text can only be compared.")]
    [InlineData("coalesce(stage, 'x')", 9, "a text can only be compared.")]
    [InlineData("coalesce(churn, optIn)", 16, "each of its values needs a number, but this is a boolean.")]
    [InlineData("abs('x')", 4, "abs(x) needs a number, but this is a text.")]
    [InlineData("churn in (1, 'x')", 13, "This list needs a number, but this is a text.")]
    [InlineData("stage in ('x', 1)", 15, "This list needs a text, but this is a number.")]
    [InlineData("optIn in (true)", 0, "'in' looks for a number or a text")]
    [InlineData("stage", 0, "A text alone is no outcome")]
    [InlineData("  'x'", 2, "A text alone is no outcome")]
    public void Wrong_type_points_to_the_operand(string text, int position, string message) =>
        Refuses(text, position, message);

    [Theory]
    [InlineData("", 0, "Here must stand a value, but the expression ends.")]
    [InlineData("   ", 3, "Here must stand a value, but the expression ends.")]
    [InlineData("1 +", 3, "Here must stand a value, but the expression ends.")]
    [InlineData("1 + * 2", 4, "Here must stand a value, but '*' was found.")]
    [InlineData("1 2", 2, "Here must stand an operator or the end, but '2' was found.")]
    [InlineData("churn > 1 churn", 10, "Here must stand an operator or the end, but 'churn' was found.")]
    [InlineData("1, 2", 1, "Here must stand an operator or the end, but ',' was found.")]
    [InlineData("()", 1, "Here must stand a value, but ')' was found.")]
    [InlineData("3 * (1 + 2", 4, "This '(' is not closed")]
    [InlineData("min(1, (2)", 3, "This '(' is not closed")]
    [InlineData("churn in (1, 2", 9, "This '(' is not closed")]
    [InlineData("(1 + 2))", 7, "This ')' closes nothing")]
    [InlineData("(1 2)", 3, "Here must stand ')', ',' or an operator, but '2' was found.")]
    [InlineData("churn in 3", 9, "a list in parentheses after 'in'")]
    [InlineData("churn in ()", 10, "Here must stand a value, but ')' was found.")]
    [InlineData("1 < 2 < 3", 6, "Comparisons do not chain")]
    [InlineData("churn in (1) == true", 13, "Comparisons do not chain")]
    [InlineData("optIn == not blocked", 9, "write (not ...)")]
    [InlineData("churn not in (1)", 6, "write not (x in (...))")]
    [InlineData("churn = 1", 6, "equality is '=='")]
    [InlineData("churn <> 1", 6, "inequality is '!='")]
    [InlineData("optIn & blocked", 6, "joined by '&&'")]
    [InlineData("optIn | blocked", 6, "joined by '||'")]
    [InlineData("churn ^ 2", 6, "pow(x, y)")]
    [InlineData("churn $ 2", 6, "The character '$' has no meaning here.")]
    [InlineData("1 + \u0007", 4, "The character U+0007 has no meaning here.")]
    [InlineData(".5", 0, "A number starts with a digit")]
    [InlineData("1. + 2", 2, "A digit must follow the point")]
    [InlineData("2e+", 3, "A digit must follow the 'e'")]
    [InlineData("12days", 2, "A number ends before 'd'")]
    [InlineData("1.2.3", 3, "A number ends before '.'")]
    [InlineData("1 + 1e999", 4, "The number is too large")]
    [InlineData("stage == 'gold", 9, "This text has no end: close it with '")]
    [InlineData("churn > `days", 8, "This name has no end")]
    [InlineData("@@@'", 0, "The character '@' has no meaning here.")]
    public void Wrong_form_points_to_the_character(string text, int position, string message) =>
        Refuses(text, position, message);

    [Theory]
    [InlineData("median(1, 2)", 0, "There is no function 'median'; there are if, isMissing, coalesce, min,")]
    [InlineData("1 + churn(2)", 4, "There is no function 'churn'; there are")]
    [InlineData("min(1)", 5, "min(a, b, ...) takes 2 to 8 values; here is 1.")]
    [InlineData("max()", 4, "max(a, b, ...) takes 2 to 8 values; here are 0.")]
    [InlineData("min(1,2,3,4,5,6,7,8,9)", 19, "takes 2 to 8 values; this would be one more.")]
    [InlineData("abs(1, 2)", 5, "abs(x) takes 1 value; this would be one more.")]
    [InlineData("clamp(1, 2)", 10, "clamp(x, lo, hi) takes 3 values; here are 2.")]
    [InlineData("if(true, 1)", 10, "if(condition, then, otherwise) takes 3 values; here are 2.")]
    [InlineData("if(true, 1, 2, 3)", 13, "takes 3 values; this would be one more.")]
    [InlineData("if()", 3, "takes 3 values; here are 0.")]
    [InlineData("isMissing()", 10, "isMissing(x) takes 1 value; here are 0.")]
    [InlineData("isMissing(churn, 1)", 15, "isMissing(x) takes 1 value; this would be one more.")]
    [InlineData("coalesce(churn)", 14, "coalesce(a, b, ...) takes 2 to 8 values; here is 1.")]
    [InlineData("pow(2 3)", 6, "Here must stand ')', ',' or an operator, but '3' was found.")]
    [InlineData("min(1,)", 6, "Here must stand a value, but ')' was found.")]
    [InlineData("nobody > 1", 0, "There is no name 'nobody' here. (A text is written in quotes: 'nobody'.)")]
    [InlineData("stage == gold", 9, "There is no name 'gold' here.")]
    [InlineData("`no such` > 1", 0, "There is no name 'no such' here.")]
    [InlineData("1 + min", 4, "'min' is a function: write min(a, b, ...).")]
    public void Wrong_name_or_count_points_to_it(string text, int position, string message) =>
        Refuses(text, position, message);

    [Theory]
    [InlineData("order_count > 1", "orders_count")]
    [InlineData("chrun > 0.5", "churn")]
    [InlineData("Churn > 0.5", "churn")]
    [InlineData("`days since orders` > 1", "days since order")]
    [InlineData("channel == 'web'", "context.channel")]
    [InlineData("True && optIn", "true")]
    [InlineData("optIn AND blocked", "and")]
    [InlineData("clmap(1, 2, 3)", "clamp")]
    [InlineData("ismissing(churn)", "isMissing")]
    [InlineData("churn = 1", "==")]
    [InlineData("completely_else > 1", null)]
    [InlineData("q > 1", null)]
    [InlineData("zzz(1)", null)]
    public void Wrong_word_suggests_the_nearest_known(string text, string? suggestion) =>
        Assert.Equal(suggestion, _bench.Refuse(text).Suggestion);

    [Fact]
    public void First_error_of_several_is_told()
    {
        var invalid = _bench.Refuse("nobody + 'a' + (");
        Assert.Equal(0, invalid.Position);
        Assert.Contains("nobody", invalid.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_name_is_cut_in_the_message()
    {
        var invalid = _bench.Refuse(new string('n', 4_000));
        Assert.True(invalid.Message.Length < 200);
        Assert.Null(invalid.Suggestion);
    }

    [Fact]
    public void Type_the_place_expects_is_checked()
    {
        Assert.IsType<Compilation.Compiled>(
            Expression.Compile("churn > 1", _bench.Symbols, Twin.Rules.ValueType.Boolean));
        var invalid = Assert.IsType<Compilation.Invalid>(
            Expression.Compile(" churn + 1", _bench.Symbols, Twin.Rules.ValueType.Boolean));
        Assert.Equal(1, invalid.Position);
        Assert.Equal("This place needs a boolean, but this is a number.", invalid.Message);
    }

    private void Refuses(string text, int position, string message)
    {
        var invalid = _bench.Refuse(text);
        Assert.Contains(message, invalid.Message, StringComparison.Ordinal);
        Assert.Equal(position, invalid.Position);
    }
}
