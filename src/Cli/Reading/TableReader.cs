using CsvHelper;
using DToC.Cli.Mapping;

namespace DToC.Cli.Reading;

/// <summary>Reads the rows of the files of one replay, as a mapping says they are laid out.</summary>
internal sealed class TableReader(InputFiles input, TableLayout layout)
{
    /// <summary>Most bytes of one row, line breaks within quotes included.</summary>
    public const int MaxLineBytes = 1 << 20;

    private long _number;

    /// <summary>
    /// All rows, in order. A row of another width than the columns comes out all the same; the caller refuses
    /// it.
    /// </summary>
    /// <exception cref="CommandFailure">A header is not the one of the mapping's columns.</exception>
    public IEnumerable<Row> Rows()
    {
        foreach (var path in input.Paths)
        {
            var name = path == InputFiles.StandardInput ? "stdin" : Path.GetFileName(path);
            using var text = input.Open(path);
            var lines = layout.Delimiter == TableLayout.Whitespace ? SplitByWhitespace(text) : Parse(text);
            var header = layout.Header;
            foreach (var (line, fields) in lines)
            {
                if (header)
                {
                    CheckHeader(path, fields);
                    header = false;
                    continue;
                }
                yield return new Row(name, line, ++_number, fields);
            }
        }
    }

    private static IEnumerable<(long Line, string[] Fields)> SplitByWhitespace(StreamReader text)
    {
        for (var line = 1L; text.ReadLine() is { } next; line++)
        {
            var fields = next.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 0)
                yield return (line, fields);
        }
    }

    private IEnumerable<(long Line, string[] Fields)> Parse(StreamReader text)
    {
        var isFixed = layout.Delimiter == TableLayout.Fixed;
        var options = new CsvReaderOptions
        {
            Mode = isFixed ? CsvMode.FixedWidth : CsvMode.Rfc4180,
            FieldWidths = isFixed ? [.. layout.Widths] : null,
            Separator = isFixed ? null : layout.Delimiter[0],
            HasHeader = false, // it is read as a row, since it is to be compared with the mapping
            TrackLineNumbers = true,
            PoolStrings = true,
            MaxRecordSize = MaxLineBytes,
        };
        using var reader = CsvReader.Create(text, options, leaveOpen: true);
        while (reader.Read())
        {
            var fields = new string[reader.FieldCount];
            for (var i = 0; i < fields.Length; i++)
                fields[i] = reader.GetString(i);
            yield return (reader.LineNumber, fields);
        }
    }

    private void CheckHeader(string path, string[] fields)
    {
        if (fields.SequenceEqual(layout.Columns, StringComparer.Ordinal))
            return;
        throw new CommandFailure(ExitCode.Usage,
            $"the header of {path} is {string.Join(",", fields)}; "
            + $"the mapping wants {string.Join(",", layout.Columns)}.");
    }
}
