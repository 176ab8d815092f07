using BenchmarkDotNet.Attributes;
using DToC.Twin.Rules;
using ValueType = DToC.Twin.Rules.ValueType;

namespace DToC.Micro;

/// <summary>Rules over dense vectors.</summary>
[MemoryDiagnoser]
public class ExpressionBenchmarks
{
    private readonly Expression _threshold;
    private readonly Expression _value;
    private readonly double[] _numbers = [3, 0.7, 42.5];
    private readonly ulong[] _texts = [Twin.StableHash.Of("web")];

    /// <summary>Compiles the rules.</summary>
    public ExpressionBenchmarks()
    {
        var symbols = new SymbolTable();
        symbols.Add("orders", ValueType.Number, 0);
        symbols.Add("churn", ValueType.Number, 1);
        symbols.Add("typical_order", ValueType.Number, 2);
        symbols.Add("context.channel", ValueType.Text, 0);
        _threshold = Compiled("orders >= 2 && churn > 0.6");
        _value = Compiled("if(context.channel == 'web', 1.2, 1) * 0.15 * coalesce(typical_order, 40)");

        Expression Compiled(string text) => Expression.Compile(text, symbols) is Compilation.Compiled compiled
            ? compiled.Expression
            : throw new InvalidOperationException($"'{text}' does not compile.");
    }

    /// <summary>A threshold of two comparisons.</summary>
    [Benchmark]
    public bool Threshold() => _threshold.IsTrue(_numbers, _texts);

    /// <summary>A value with a condition on a text and a default.</summary>
    [Benchmark]
    public double Value() => _value.Evaluate(_numbers, _texts);
}
