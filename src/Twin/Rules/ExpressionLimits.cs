namespace DToC.Twin.Rules;

/// <summary>
/// Every bound of the rule language. Together they bound what a rule can cost: without loops it runs each
/// instruction at most once, on a stack of fixed size.
/// </summary>
public static class ExpressionLimits
{
    /// <summary>Longest text of an expression, in UTF-16 characters.</summary>
    public const int TextLength = 4_096;

    /// <summary>Most instructions an expression may compile to.</summary>
    public const int Instructions = 512;

    /// <summary>Deepest nesting of parentheses, calls and prefix operators.</summary>
    public const int Nesting = 32;

    /// <summary>Most values an evaluation may hold at a time.</summary>
    public const int Stack = 64;

    /// <summary>Most values <c>min</c>, <c>max</c> and <c>coalesce</c> take.</summary>
    public const int Arguments = 8;

    /// <summary>Most values in the list of <c>in</c>.</summary>
    public const int ListItems = 48;

    /// <summary>Longest name of a symbol, in UTF-16 characters.</summary>
    public const int NameLength = 128;
}
