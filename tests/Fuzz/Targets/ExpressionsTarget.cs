using System.Text;
using DToC.Conformance;
using DToC.Twin;
using DToC.Twin.Rules;
using ValueType = DToC.Twin.Rules.ValueType;

namespace DToC.Fuzz.Targets;

/// <summary>Rules, grown and then broken: compiled ones give no infinity, refused ones a place.</summary>
internal sealed class ExpressionsTarget() : FuzzTarget("expressions")
{
    private const int Slots = 16;

    private static readonly string[] Numbers =
        ["1", "0", "2.5", "1e308", "1e-308", "9999999999999999999999", "n0", "n1", "n2", "`n 3`", "-n0", "now.hour"];

    private static readonly string[] Functions =
        ["min", "max", "pow", "log1p", "clamp", "sigmoid", "round", "floor", "abs", "sqrt", "exp", "ln",
        "coalesce", "if"];

    private static readonly string[] Noise =
        ["(", ")", ",", "'", "\"", "`", "\0", "\uD800", "é", "\u202E", "in", "not", "==", "&&", "1e", ".",
        "((((((((", "----"];

    private static readonly SymbolTable Symbols = NewSymbols();

    public override byte[] Draw(SeededDraws draws)
    {
        var text = Number(draws, 0);
        if (draws.Percent(50)) text = Truth(draws, 0);
        for (var left = draws.Below(3); left > 0; left--)
        {
            var at = draws.Below(text.Length + 1);
            var cut = Math.Min(draws.Below(6), text.Length - at);
            text = text[..at] + (draws.Percent(60) ? Noise[draws.Below(Noise.Length)] : "") + text[(at + cut)..];
        }
        return Encoding.UTF8.GetBytes(text);
    }

    public override string Try(byte[] input, ulong seed)
    {
        var text = Encoding.UTF8.GetString(input);
        var compilation = Expression.Compile(text, Symbols);
        if (compilation is Compilation.Invalid invalid)
        {
            Hold(invalid.Position >= 0 && invalid.Position <= text.Length, $"Position {invalid.Position} is outside.");
            Hold(invalid.Message.Length > 0, "A refusal without a message.");
            return "refused";
        }
        var draws = new SeededDraws(seed);
        Span<double> numbers = stackalloc double[Slots];
        Span<ulong> texts = stackalloc ulong[Slots];
        double[] edges = [0, -0.0, 1, -1, double.NaN, double.MaxValue, double.MinValue, double.Epsilon, 1e15, 0.1];
        foreach (ref var number in numbers) number = edges[draws.Below(edges.Length)];
        foreach (ref var hash in texts) hash = draws.Percent(30) ? 0 : StableHash.Of("gold");
        var value = ((Compilation.Compiled)compilation).Expression.Evaluate(numbers, texts);
        Hold(!double.IsInfinity(value), $"{text} is infinite.");
        return double.IsNaN(value) ? "missing" : "value";
    }

    private static string Number(SeededDraws draws, int depth)
    {
        if (depth > 5 || draws.Percent(30)) return Numbers[draws.Below(Numbers.Length)];
        return draws.Below(3) switch
        {
            0 => $"({Number(draws, depth + 1)} {"+-*/%"[draws.Below(5)]} {Number(draws, depth + 1)})",
            1 => $"if({Truth(draws, depth + 1)}, {Number(draws, depth + 1)}, {Number(draws, depth + 1)})",
            _ => Call(draws, depth),
        };
    }

    private static string Call(SeededDraws draws, int depth)
    {
        var arguments = Enumerable.Range(0, draws.Between(1, 3)).Select(_ => Number(draws, depth + 1)).ToList();
        return $"{Functions[draws.Below(Functions.Length)]}({string.Join(", ", arguments)})";
    }

    private static string Truth(SeededDraws draws, int depth)
    {
        if (depth > 5) return "b0";
        return draws.Below(6) switch
        {
            0 => $"{Number(draws, depth + 1)} < {Number(draws, depth + 1)}",
            1 => $"not ({Truth(draws, depth + 1)})",
            2 => $"({Truth(draws, depth + 1)} or {Truth(draws, depth + 1)})",
            3 => "t0 in ('gold', 'new')",
            4 => "isMissing(n1)",
            _ => "b1 && t1 == 'gold'",
        };
    }

    private static SymbolTable NewSymbols()
    {
        var symbols = new SymbolTable();
        string[] numbers = ["n0", "n1", "n2", "n 3", "now.hour"];
        for (var i = 0; i < numbers.Length; i++) symbols.Add(numbers[i], ValueType.Number, i);
        symbols.Add("b0", ValueType.Boolean, 5);
        symbols.Add("b1", ValueType.Boolean, 6);
        symbols.Add("t0", ValueType.Text, 0);
        symbols.Add("t1", ValueType.Text, 1);
        return symbols;
    }
}
