using DToC.Twin.Rules;

namespace DToC.Twin.Tests.Rules;

/// <summary>
/// A small definition's names with values, and the shortest way to compile and run a rule over them.
/// </summary>
internal sealed class RuleBench
{
    private readonly double[] _numbers = new double[16];
    private readonly ulong[] _texts = new ulong[8];

    public RuleBench()
    {
        Number("orders_count", 3);
        Number("churn", 0.25);
        Number("now.hour", 14);
        Number("gone", double.NaN);
        Number("days since order", 10);
        Boolean("optIn", 1);
        Boolean("blocked", 0);
        Boolean("unsure", double.NaN);
        Text("stage", "gold");
        Text("context.channel", "web");
        Text("attribute.country", null);
        Text("home", "gold");
    }

    public SymbolTable Symbols { get; } = new();

    public ReadOnlySpan<double> Numbers => _numbers;

    public ReadOnlySpan<ulong> Texts => _texts;

    private int _usedNumbers;
    private int _usedTexts;

    public static Expression Compile(string text, SymbolTable symbols)
    {
        var compilation = Expression.Compile(text, symbols);
        return compilation is Compilation.Compiled(var expression)
            ? expression
            : throw new Xunit.Sdk.XunitException($"{text}: {compilation}");
    }

    public Expression Compile(string text) => Compile(text, Symbols);

    public Compilation.Invalid Refuse(string text) =>
        Assert.IsType<Compilation.Invalid>(Expression.Compile(text, Symbols));

    public double Run(string text) => Compile(text).Evaluate(_numbers, _texts);

    public bool Holds(string text) => Compile(text).IsTrue(_numbers, _texts);

    private void Number(string name, double value) => Slot(name, Twin.Rules.ValueType.Number, value);

    private void Boolean(string name, double value) => Slot(name, Twin.Rules.ValueType.Boolean, value);

    private void Slot(string name, Twin.Rules.ValueType type, double value)
    {
        _numbers[_usedNumbers] = value;
        Symbols.Add(name, type, _usedNumbers++);
    }

    private void Text(string name, string? value)
    {
        _texts[_usedTexts] = value is null ? 0 : StableHash.Of(value);
        Symbols.Add(name, Twin.Rules.ValueType.Text, _usedTexts++);
    }
}
