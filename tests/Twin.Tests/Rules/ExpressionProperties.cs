using DToC.Twin.Rules;
using FsCheck;
using FsCheck.Fluent;
using ValueType = DToC.Twin.Rules.ValueType;

namespace DToC.Twin.Tests.Rules;

public class ExpressionProperties
{
    private static readonly SymbolTable Symbols = Table();

    [Fact]
    public void Compiled_rule_equals_the_tree_it_was_printed_from()
    {
        var cases = Arb.From(
            from rule in TreeGen.Rules
            from customer in TreeGen.Customers
            select (rule, customer));
        Prop.ForAll(cases, pair => AssertSame(pair.rule, pair.customer))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    private static void AssertSame(Tree rule, Customer customer)
    {
        var expected = rule switch
        {
            NumberTree number => number.Value(customer) ?? double.NaN,
            BooleanTree boolean => AsNumber(boolean.Value(customer)),
            _ => throw new InvalidOperationException(),
        };
        var text = rule.Print();
        var expression = RuleBench.Compile(text, Symbols);
        double[] numbers =
            [.. customer.Numbers.Select(value => value ?? double.NaN), .. customer.Booleans.Select(AsNumber)];
        ulong[] texts = [.. customer.Texts.Select(value => value is null ? 0 : StableHash.Of(value))];
        var actual = expression.Evaluate(numbers, texts);
        Assert.True(expected.Equals(actual), $"{text} gave {actual:R}, not {expected:R}, for {customer}");
        Assert.Equal(rule is NumberTree ? ValueType.Number : ValueType.Boolean, expression.Type);
        if (rule is BooleanTree)
            Assert.Equal(expected == 1, expression.IsTrue(numbers, texts));
    }

    private static double AsNumber(bool? value) => value is { } known ? known ? 1 : 0 : double.NaN;

    private static SymbolTable Table()
    {
        var symbols = new SymbolTable();
        for (var slot = 0; slot < TreeGen.Slots; slot++)
        {
            symbols.Add($"n{slot}", ValueType.Number, slot);
            symbols.Add($"b{slot}", ValueType.Boolean, TreeGen.Slots + slot);
            symbols.Add($"t{slot}", ValueType.Text, slot);
        }
        return symbols;
    }
}
