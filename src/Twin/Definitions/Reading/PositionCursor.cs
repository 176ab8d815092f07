using System.Text;

namespace DToC.Twin.Definitions.Reading;

/// <summary>
/// Turns ascending byte offsets into lines and columns, passing each byte once. A column counts UTF-16 code
/// units, so that the column of a rule plus an index into its text is a column again, as in editors.
/// </summary>
internal ref struct PositionCursor(ReadOnlySpan<byte> utf8)
{
    private readonly ReadOnlySpan<byte> _utf8 = utf8;
    private int _offset;
    private Position _at = new(1, 1);

    /// <summary>The position of a byte not before the last one asked for.</summary>
    public Position MoveTo(int offset)
    {
        var passed = _utf8[_offset..offset];
        var (line, column) = (_at.Line, _at.Column);
        var newline = passed.LastIndexOf((byte)'\n');
        if (newline >= 0)
        {
            line += passed.Count((byte)'\n');
            column = 1;
        }

        _at = new Position(line, column + Encoding.UTF8.GetCharCount(passed[(newline + 1)..]));
        _offset = offset;
        return _at;
    }

    /// <summary>The position <paramref name="bytes"/> into a line (from 0), held inside the text.</summary>
    public static Position Of(ReadOnlySpan<byte> utf8, long line, long bytes)
    {
        var start = 0;
        for (var i = 0L; i < line; i++)
        {
            var newline = utf8[start..].IndexOf((byte)'\n');
            if (newline < 0)
                break;
            start += newline + 1;
        }

        var length = utf8[start..].IndexOf((byte)'\n');
        var end = length < 0 ? utf8.Length : start + length;
        return new PositionCursor(utf8).MoveTo((int)Math.Min(end, start + Math.Max(0, bytes)));
    }
}
