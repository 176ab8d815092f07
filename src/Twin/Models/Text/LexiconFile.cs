using System.Text;
using System.Text.Unicode;
using DToC.Twin.Definitions.Reading;

namespace DToC.Twin.Models.Text;

/// <summary>
/// A file of words or emoji that a user names, as it came: UTF-8, a line each, of columns with a tab between. Only the
/// first two columns are read.
/// </summary>
/// <param name="Name">Its name, for messages.</param>
/// <param name="Bytes">Its bytes; a byte order mark is allowed.</param>
public sealed record LexiconFile(string Name, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Most bytes of a file.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Most lines of a file.</summary>
    public const int MaxLines = 200_000;

    /// <summary>Most characters of a first or second column.</summary>
    public const int MaxColumnChars = 128;

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <summary>Content hash of the bytes.</summary>
    public ulong Hash => StableHash.Of(Bytes.Span);

    /// <summary>A file's name that a definition can give: no folder, nothing hidden.</summary>
    public static bool IsName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length <= TextPattern.FileName.Longest && TextPattern.FileName.Matches(name);
    }

    /// <summary>What a name must be, in words.</summary>
    public static string WantedName => TextPattern.FileName.Wanted;

    /// <summary>Its lines that are not blank.</summary>
    /// <exception cref="InvalidDataException">It is too large, or a line is not as it must be; says which and why.
    /// </exception>
    internal IEnumerable<LexiconRow> Rows()
    {
        if (Bytes.Length > MaxBytes)
            throw new InvalidDataException($"{Name} has {Bytes.Length} bytes; at most {MaxBytes} are read.");
        var rest = Bytes.Span.StartsWith(ByteOrderMark) ? Bytes[ByteOrderMark.Length..] : Bytes;
        for (var line = 1; !rest.IsEmpty; line++)
        {
            if (line > MaxLines) throw new InvalidDataException($"{Name} has more than {MaxLines} lines.");
            var end = rest.Span.IndexOf((byte)'\n');
            var bytes = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (RowOf(line, bytes.Span) is { } row) yield return row;
        }
    }

    /// <summary>What to throw of a line.</summary>
    internal InvalidDataException Wrong(int line, string what) => new($"{Name}, line {line}: {what}.");

    private LexiconRow? RowOf(int line, ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8)) throw Wrong(line, "not UTF-8; save the file in that encoding");
        var text = Encoding.UTF8.GetString(utf8).Trim();
        if (text.Length == 0) return null;
        var columns = text.Split('\t', 3);
        if (columns.Length < 2) throw Wrong(line, "no tab between a first and a second column");
        return columns[0].Length <= MaxColumnChars && columns[1].Length <= MaxColumnChars
            ? new LexiconRow(line, columns[0], columns[1])
            : throw Wrong(line, $"a column has more than {MaxColumnChars} characters");
    }
}

/// <summary>A line of a lexicon's file, from 1, and its first two columns.</summary>
internal readonly record struct LexiconRow(int Line, string Key, string Value);
