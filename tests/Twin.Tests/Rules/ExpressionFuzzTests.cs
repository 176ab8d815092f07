using DToC.Twin.Rules;
using Xunit.Abstractions;

namespace DToC.Twin.Tests.Rules;

public class ExpressionFuzzTests(ITestOutputHelper output)
{
    private const int Seed = 20_260_301;
    private const int Texts = 20_000;

    private static readonly string[] Seeds =
    [
        "if(stage in ('gold', 'new') && not blocked, min(orders_count, 5), pow(2, now.hour)) > 0.1",
        "coalesce(gone, log1p(churn), 1) != 7 or orders_count in (1, 2) || sigmoid(-churn) > 2",
        "clamp(`days since order` / 30, 0, 1) * 1.5e-3 - abs(churn) % 2",
        "isMissing(attribute.country) and !(context.channel == \"web\") || unsure",
        "((((1 + 2) * 3) - 4) / 5) >= round(floor(2.5))",
    ];

    private static readonly string[] Parts =
    [
        "(", ")", ",", "+", "-", "*", "/", "%", "!", "&&", "||", "==", "!=", "<", "<=", ">", ">=", "=", "&",
        "in", "not", "and", "or", "true", "false", "if(", "min(", "max(", "coalesce(", "isMissing(", "clamp(",
        "stage", "churn", "optIn", "gone", "attribute.country", "'", "\"", "`", "'web'", "1", "0", "1e308", "1e", ".",
        " ", "\0", "\uD800",
        "é", "日本", "\n", "((((((((((((((((", "----------------", "nobody", "9999999999999999999999",
    ];

    [Fact]
    public void Any_text_compiles_or_is_refused_and_never_throws()
    {
        var random = new Random(Seed);
        var bench = new RuleBench();
        var compiled = 0;
        for (var i = 0; i < Texts; i++)
        {
            var text = i % 2 == 0 ? Mutated(random) : Random(random);
            try
            {
                compiled += Check(bench, text) ? 1 : 0;
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {Seed}, text {i}: {text}\n{error}");
            }
        }
        output.WriteLine($"seed {Seed}: {compiled} of {Texts} texts compiled");
        Assert.InRange(compiled, Texts / 100, Texts * 9 / 10);
    }

    private static bool Check(RuleBench bench, string text)
    {
        var compilation = Expression.Compile(text, bench.Symbols);
        if (compilation is Compilation.Invalid invalid)
        {
            Assert.InRange(invalid.Position, 0, text.Length);
            Assert.NotEmpty(invalid.Message);
            return false;
        }
        var expression = ((Compilation.Compiled)compilation).Expression;
        Assert.False(double.IsInfinity(expression.Evaluate(bench.Numbers, bench.Texts)));
        return true;
    }

    private static string Mutated(Random random)
    {
        var text = Seeds[random.Next(Seeds.Length)];
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var at = random.Next(text.Length + 1);
            var cut = random.Next(3) == 0 ? Math.Min(random.Next(8), text.Length - at) : 0;
            var part = random.Next(2) == 0
                ? Parts[random.Next(Parts.Length)]
                : ((char)random.Next(0x250)).ToString();
            text = text[..at] + (random.Next(3) == 0 ? "" : part) + text[(at + cut)..];
        }
        return text;
    }

    private static string Random(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => Parts[random.Next(Parts.Length)]));
}
