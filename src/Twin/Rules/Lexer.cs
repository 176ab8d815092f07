using System.Globalization;
using System.Text;

namespace DToC.Twin.Rules;

/// <summary>
/// Cuts a text into tokens. What is no token becomes one of kind Bad that carries the message.
/// </summary>
internal sealed class Lexer(string source)
{
    private int _at;

    /// <summary>The words that are no names; in backticks they are names.</summary>
    public static IReadOnlyDictionary<string, TokenKind> Keywords { get; } =
        new Dictionary<string, TokenKind>(StringComparer.Ordinal)
        {
            ["true"] = TokenKind.True,
            ["false"] = TokenKind.False,
            ["and"] = TokenKind.And,
            ["or"] = TokenKind.Or,
            ["not"] = TokenKind.Not,
            ["in"] = TokenKind.In,
        };

    public Token Next()
    {
        while (_at < source.Length && char.IsWhiteSpace(source[_at]))
            _at++;
        if (_at == source.Length)
            return new Token(TokenKind.End, _at, 0);
        var first = source[_at];
        if (char.IsAsciiDigit(first))
            return Number();
        if (first is '\'' or '"')
            return Text(first);
        if (first == '`')
            return QuotedName();
        return IsNameStart(first) ? Name() : Sign(first);
    }

    private static bool IsNameStart(char c) => c == '_' || char.IsLetter(c);

    private static bool IsNamePart(char c) => c is '_' or '.' || char.IsLetterOrDigit(c);

    private char Peek(int ahead = 0) => _at + ahead < source.Length ? source[_at + ahead] : '\0';

    private Token Number()
    {
        var start = _at;
        SkipDigits();
        if (Peek() == '.')
        {
            _at++;
            if (!SkipDigits())
                return Bad(_at, "A digit must follow the point of a number.");
        }
        if (Peek() is 'e' or 'E')
        {
            _at += Peek(1) is '+' or '-' ? 2 : 1;
            if (!SkipDigits())
                return Bad(_at, "A digit must follow the 'e' of a number, as in 1.5e-3.");
        }
        if (IsNamePart(Peek()))
        {
            return Bad(_at, $"A number ends before '{Peek()}': put an operator between them,"
                + " or write a name that starts with a digit in backticks.");
        }
        var digits = source.AsSpan(start, _at - start);
        var value = double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value)
            ? new Token(TokenKind.Number, start, _at - start, value)
            : Bad(start, "The number is too large: at most 1.79e308.");
    }

    private bool SkipDigits()
    {
        var start = _at;
        while (char.IsAsciiDigit(Peek()))
            _at++;
        return _at > start;
    }

    private Token Text(char quote)
    {
        var start = _at++;
        var text = new StringBuilder();
        for (; _at < source.Length; _at++)
        {
            if (source[_at] != quote)
                text.Append(source[_at]);
            else if (Peek(1) == quote)
                text.Append(source[_at++]);
            else
                return new Token(TokenKind.Text, start, ++_at - start, Text: text.ToString());
        }
        return Bad(start, $"This text has no end: close it with {quote} (inside, write it twice).");
    }

    private Token QuotedName()
    {
        var start = _at;
        var end = source.IndexOf('`', start + 1);
        if (end < 0)
            return Bad(start, "This name has no end: close it with a backtick.");
        _at = end + 1;
        return new Token(TokenKind.QuotedName, start, _at - start, Text: source[(start + 1)..end]);
    }

    private Token Name()
    {
        var start = _at;
        while (IsNamePart(Peek()))
            _at++;
        var name = source[start.._at];
        return new Token(Keywords.GetValueOrDefault(name, TokenKind.Name), start, name.Length, Text: name);
    }

    private Token Sign(char first)
    {
        var (kind, length) = (first, Peek(1)) switch
        {
            ('<', '=') => (TokenKind.LessOrEqual, 2),
            ('>', '=') => (TokenKind.GreaterOrEqual, 2),
            ('=', '=') => (TokenKind.Equal, 2),
            ('!', '=') => (TokenKind.NotEqual, 2),
            ('&', '&') => (TokenKind.And, 2),
            ('|', '|') => (TokenKind.Or, 2),
            ('<', '>') => (TokenKind.Bad, 2),
            ('<', _) => (TokenKind.Less, 1),
            ('>', _) => (TokenKind.Greater, 1),
            ('!', _) => (TokenKind.Bang, 1),
            ('+', _) => (TokenKind.Plus, 1),
            ('-', _) => (TokenKind.Minus, 1),
            ('*', _) => (TokenKind.Star, 1),
            ('/', _) => (TokenKind.Slash, 1),
            ('%', _) => (TokenKind.Percent, 1),
            ('(', _) => (TokenKind.LeftParenthesis, 1),
            (')', _) => (TokenKind.RightParenthesis, 1),
            (',', _) => (TokenKind.Comma, 1),
            _ => (TokenKind.Bad, 1),
        };
        if (kind == TokenKind.Bad)
            return BadSign(first);
        _at += length;
        return new Token(kind, _at - length, length);
    }

    private Token BadSign(char first) => first switch
    {
        '=' => Bad(_at, "'=' is no operator: equality is '=='.", "=="),
        '<' => Bad(_at, "'<>' is no operator: inequality is '!='.", "!="),
        '&' => Bad(_at, "'&' is no operator: both conditions are joined by '&&' or 'and'.", "&&"),
        '|' => Bad(_at, "'|' is no operator: either condition is joined by '||' or 'or'.", "||"),
        '^' => Bad(_at, "'^' is no operator: a power is pow(x, y).", "pow"),
        '.' => Bad(_at, "A number starts with a digit (0.5) and a name with a letter."),
        _ => Bad(_at, $"The character {Shown(first)} has no meaning here."),
    };

    private static string Shown(char c) =>
        char.IsControl(c) || char.IsSurrogate(c) ? $"U+{(int)c:X4}" : $"'{c}'";

    private static Token Bad(int position, string message, string? suggestion = null) =>
        new(TokenKind.Bad, position, 0, Text: message, Suggestion: suggestion);
}
