using System.Runtime.InteropServices;

namespace DToC.Twin.Rules;

internal enum TokenKind : byte
{
    End,
    Bad,
    Number,
    Text,
    Name,
    QuotedName,
    True,
    False,
    And,
    Or,
    Not,
    Bang,
    In,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    LeftParenthesis,
    RightParenthesis,
    Comma,
}

/// <summary>A word of an expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Position">Zero-based character where it starts.</param>
/// <param name="Length">Characters it covers.</param>
/// <param name="Number">Value of a number literal.</param>
/// <param name="Text">Content of a text or a name; of a bad token the message.</param>
/// <param name="Suggestion">Of a bad token: what was probably meant.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Token(
    TokenKind Kind, int Position, int Length, double Number = 0, string Text = "", string? Suggestion = null);
