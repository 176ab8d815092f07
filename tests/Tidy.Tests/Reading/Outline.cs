using System.Text.RegularExpressions;

namespace DToC.Tidy.Reading;

/// <summary>A type of a C# file; Bases is the text between its colon and its constraints.</summary>
internal sealed record TypeHeader(string Name, string Kind, string Bases, int Line);

/// <summary>
/// A method, property, operator or top-level program: where it begins and how many lines it takes.
/// </summary>
internal sealed record FunctionSpan(string Name, int Line, int Lines);

/// <summary>
/// The types and functions of one C# file, found by following braces in its code. Lambdas and local
/// functions count with the function they stand in; tables of values are not functions.
/// </summary>
internal sealed partial class Outline
{
    private readonly string _code;
    private readonly List<TypeHeader> _types = [];
    private readonly List<FunctionSpan> _functions = [];
    private int _at;
    private int _programStart = -1;
    private int _programEnd;

    private Outline(string text)
    {
        _code = Masking.Of(text).Code;
        while (SkipSpace())
        {
            ReadMembers(inType: false);
            _at++; // a brace too many; the compiler has its say about it
        }
        if (_programStart >= 0) AddFunction("top-level program", _programStart, _programEnd);
    }

    public IReadOnlyList<TypeHeader> Types => _types;

    public IReadOnlyList<FunctionSpan> Functions => _functions;

    public static Outline Of(string text) => new(text);

    private bool SkipSpace()
    {
        while (_at < _code.Length && char.IsWhiteSpace(_code[_at])) _at++;
        return _at < _code.Length;
    }

    private void ReadMembers(bool inType)
    {
        while (SkipSpace() && _code[_at] != '}') ReadMember(inType);
    }

    private void ReadMember(bool inType)
    {
        while (SkipSpace() && _code[_at] == '[') SkipBrackets(); // attributes
        SkipSpace();
        var (start, body, isValue) = (_at, -1, false);
        while (_at < _code.Length && _code[_at] != '}')
        {
            switch (_code[_at])
            {
                case ';':
                    _at++;
                    Close(start, body < 0 ? _at - 1 : body, isFunction: body >= 0 && !isValue, inType);
                    return;
                case '(' or '[':
                    SkipBrackets();
                    break;
                case '{' when body < 0 && TypeWords().Match(_code[start.._at]) is { Success: true } type:
                    ReadType(start, type);
                    return;
                case '{':
                    var isBlock = body < 0;
                    if (isBlock) body = _at;
                    SkipBrackets();
                    var end = _at;
                    if (!isBlock || SkipSpace() && _code[_at] == '=') break;
                    _at = end;
                    Close(start, body, isFunction: true, inType);
                    return;
                case '=' when body < 0 && !_code[start.._at].Contains("operator ", StringComparison.Ordinal):
                    body = _at;
                    isValue = !_code.AsSpan(_at).StartsWith("=>");
                    _at++;
                    break;
                default:
                    _at++;
                    break;
            }
        }
    }

    private void ReadType(int start, Match type)
    {
        AddType(start, _at, type);
        _at++;
        ReadMembers(inType: !type.Groups["kind"].Value.StartsWith("namespace", StringComparison.Ordinal));
        if (_at < _code.Length) _at++;
    }

    private void Close(int start, int headerEnd, bool isFunction, bool inType)
    {
        var header = _code[start..headerEnd];
        if (TypeWords().Match(header) is { Success: true } type) AddType(start, headerEnd, type);
        else if (header.Length == 0 || FileWords().IsMatch(header)) return;
        else if (inType && isFunction) AddFunction(NameOf(header), start, _at);
        else if (!inType)
        {
            if (_programStart < 0) _programStart = start;
            _programEnd = _at;
        }
    }

    private static string NameOf(string header)
    {
        var paren = header.IndexOf('(', StringComparison.Ordinal);
        return LastName().Match(paren < 0 ? header : header[..paren]).Value.Trim();
    }

    private void AddType(int start, int headerEnd, Match type)
    {
        var kind = type.Groups["kind"].Value;
        if (kind is "namespace") return;
        var header = _code[(start + type.Index + type.Length)..headerEnd];
        _types.Add(new TypeHeader(
            type.Groups["name"].Value, kind, BasesIn(header), LineOf(start + type.Index)));
    }

    private static string BasesIn(string header)
    {
        var depth = 0;
        for (var i = 0; i < header.Length; i++)
        {
            depth += header[i] is '(' or '[' ? 1 : header[i] is ')' or ']' ? -1 : 0;
            if (depth == 0 && header[i] == ':') return Constraint().Split(header[(i + 1)..])[0];
            if (depth == 0 && Constraint().Match(header, i) is { Success: true } where && where.Index == i)
                return "";
        }
        return "";
    }

    private void AddFunction(string name, int start, int end)
    {
        var first = LineOf(start);
        _functions.Add(new FunctionSpan(name, first, LineOf(end - 1) - first + 1));
    }

    private int LineOf(int at) => 1 + _code.AsSpan(0, at).Count('\n');

    private void SkipBrackets()
    {
        var depth = 0;
        for (; _at < _code.Length; _at++)
        {
            depth += _code[_at] is '(' or '[' or '{' ? 1 : _code[_at] is ')' or ']' or '}' ? -1 : 0;
            if (depth != 0) continue;
            _at++;
            return;
        }
    }

    [GeneratedRegex(
        @"\b(?<kind>namespace|class|interface|enum|record(\s+(class|struct))?|struct)\s+(?!where\b)(?<name>\w+)",
        RegexOptions.ExplicitCapture)]
    private static partial Regex TypeWords();

    [GeneratedRegex(
        @"^(global\s+)?(using\b(?!\s*(var|\())|extern\b)|\bdelegate\s+\w", RegexOptions.ExplicitCapture)]
    private static partial Regex FileWords();

    [GeneratedRegex(@"\bwhere\s+\w+\s*:")]
    private static partial Regex Constraint();

    [GeneratedRegex(@"[^\s.]+\s*$", RegexOptions.RightToLeft)]
    private static partial Regex LastName();
}
