namespace DToC.Twin.Rules;

/// <summary>Which sign stands for which operation, by level of precedence.</summary>
internal static class Operators
{
    public static Op? Comparison(TokenKind kind) => kind switch
    {
        TokenKind.Less => Op.Less,
        TokenKind.LessOrEqual => Op.LessOrEqual,
        TokenKind.Greater => Op.Greater,
        TokenKind.GreaterOrEqual => Op.GreaterOrEqual,
        TokenKind.Equal => Op.Equal,
        TokenKind.NotEqual => Op.NotEqual,
        _ => null,
    };

    public static Op? Additive(TokenKind kind) => kind switch
    {
        TokenKind.Plus => Op.Add,
        TokenKind.Minus => Op.Subtract,
        _ => null,
    };

    public static Op? Multiplicative(TokenKind kind) => kind switch
    {
        TokenKind.Star => Op.Multiply,
        TokenKind.Slash => Op.Divide,
        TokenKind.Percent => Op.Remainder,
        _ => null,
    };
}
