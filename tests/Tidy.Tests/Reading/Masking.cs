namespace DToC.Tidy.Reading;

/// <summary>
/// C# text with what is not code replaced by spaces, so that a rule can look at code or at comments alone.
/// Both results have the length and the lines of the text; code in the holes of a string stays.
/// </summary>
internal sealed class Masking
{
    private readonly string _text;
    private readonly char[] _code;
    private readonly char[] _comments;
    private int _at;

    private Masking(string text)
    {
        _text = text;
        _code = text.ToCharArray();
        _comments = [.. text.Select(c => c is '\n' or '\r' ? c : ' ')];
        ReadCode(inHole: false);
    }

    /// <summary>The text without comments, directives and the contents of strings.</summary>
    public string Code => new(_code);

    /// <summary>The comments alone.</summary>
    public string Comments => new(_comments);

    public static Masking Of(string text) => new(text);

    private void ReadCode(bool inHole)
    {
        var depth = 0;
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (inHole && depth == 0 && c == '}') return;
            if (Comes("//")) ReadComment(_text.IndexOf('\n', _at));
            else if (Comes("/*")) ReadComment(_text.IndexOf("*/", _at + 2, StringComparison.Ordinal) + 2);
            else if (c == '#' && IsFirstOfLine()) Blank(EndOf(_text.IndexOf('\n', _at)));
            else if (c == '\'') ReadCharacter();
            else if (c is '"' or '$' or '@' && OpensString()) ReadString();
            else
            {
                depth += c is '{' or '(' or '[' ? 1 : c is '}' or ')' or ']' ? -1 : 0;
                _at++;
            }
        }
    }

    private bool Comes(string word) => string.CompareOrdinal(_text, _at, word, 0, word.Length) == 0;

    private int EndOf(int found) => found < 2 ? _text.Length : found;

    private bool IsFirstOfLine()
    {
        var before = _at - 1;
        while (before >= 0 && _text[before] is ' ' or '\t') before--;
        return before < 0 || _text[before] == '\n';
    }

    private bool OpensString()
    {
        var at = _at;
        while (at < _text.Length && _text[at] is '$' or '@') at++;
        return at < _text.Length && _text[at] == '"';
    }

    private void ReadComment(int end)
    {
        end = EndOf(end);
        _text.CopyTo(_at, _comments, _at, end - _at);
        Blank(end);
    }

    private void ReadCharacter()
    {
        var end = _at + 1;
        while (end < _text.Length && _text[end] is not ('\'' or '\n')) end += _text[end] == '\\' ? 2 : 1;
        Blank(Math.Min(end + 1, _text.Length));
    }

    private void Blank(int end)
    {
        for (; _at < end; _at++)
            if (_text[_at] is not ('\n' or '\r')) _code[_at] = ' ';
    }

    private void ReadString()
    {
        var (holes, isVerbatim) = (0, false);
        for (; _text[_at] != '"'; _code[_at++] = ' ')
        {
            if (_text[_at] == '$') holes++;
            else isVerbatim = true;
        }
        var quotes = Run('"');
        if (quotes == 2 || isVerbatim && quotes % 2 == 0)
        {
            BlankToQuote(_at + quotes);
            return;
        }
        var isRaw = quotes >= 3 && !isVerbatim;
        var closing = isRaw ? quotes : 1;
        Blank(_at + (isVerbatim ? quotes : closing));
        while (_at < _text.Length && !Closes(closing, isVerbatim)) ReadContent(isRaw, isVerbatim, holes);
        BlankToQuote(Math.Min(_at + closing, _text.Length));
    }

    /// <summary>Leaves one quote, so that a value is seen where the string was.</summary>
    private void BlankToQuote(int end)
    {
        Blank(end);
        _code[end - 1] = '"';
    }

    private int Run(char c)
    {
        var end = _at;
        while (end < _text.Length && _text[end] == c) end++;
        return end - _at;
    }

    private bool Closes(int quotes, bool isVerbatim) =>
        isVerbatim ? Run('"') % 2 == 1 : Run('"') >= quotes;

    private void ReadContent(bool isRaw, bool isVerbatim, int holes)
    {
        var c = _text[_at];
        if (c == '"') Blank(_at + Run('"')); // escaped by doubling, or too few to close a raw string
        else if (c == '\\' && !isRaw && !isVerbatim) Blank(Math.Min(_at + 2, _text.Length));
        else if (c == '{' && holes > 0) ReadHole(isRaw, holes);
        else Blank(_at + 1);
    }

    private void ReadHole(bool isRaw, int holes)
    {
        var braces = Run('{');
        Blank(_at + braces);
        if (isRaw ? braces < holes : braces % 2 == 0) return;
        ReadCode(inHole: true);
        Blank(Math.Min(_at + (isRaw ? holes : 1), _text.Length));
    }
}
