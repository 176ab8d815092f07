using DToC.Tidy.Reading;

namespace DToC.Tidy.Code;

/// <summary>Files, lines and functions fit a reader's eye.</summary>
public sealed class SizeTests
{
    private const int MostLines = 400;
    private const int MostColumns = 120;
    private const int MostFunctionLines = 70;

    [Fact]
    public void Files_have_at_most_400_lines() => Findings.None(
        $"A file has at most {MostLines} lines",
        from path in Repository.Texts
        where !Allowances.LongFiles.Allow(path, "")
        let lines = Repository.ReadLines(path).Length
        where lines > MostLines
        select $"{path}: {lines} lines");

    [Fact]
    public void Lines_have_at_most_120_columns() => Findings.None(
        $"A line has at most {MostColumns} columns (110 is the habit)",
        from path in Repository.Texts
        from line in Repository.ReadLines(path).Index()
        where line.Item.Length > MostColumns && !Allowances.LongLines.Allow(path, line.Item)
        where !IsTableRow(path, line.Item)
        select $"{path}({line.Index + 1}): {line.Item.Length} columns");

    [Fact]
    public void Functions_have_at_most_70_lines() => Findings.None(
        $"A function has at most {MostFunctionLines} lines",
        from path in Repository.Sources("")
        from function in Outline.Of(Repository.Read(path)).Functions
        where function.Lines > MostFunctionLines
        select $"{path}({function.Line}): {function.Name}, {function.Lines} lines");

    /// <summary>A row of a Markdown table cannot be wrapped.</summary>
    private static bool IsTableRow(string path, string line) =>
        path.EndsWith(".md", StringComparison.Ordinal) && line.StartsWith('|');
}
