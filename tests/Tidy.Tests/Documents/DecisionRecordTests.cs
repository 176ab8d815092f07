using System.Text.RegularExpressions;
using DToC.Tidy.Reading;

namespace DToC.Tidy.Documents;

/// <summary>Records of decisions are short and say context, choice and consequence.</summary>
public sealed partial class DecisionRecordTests
{
    private const string Folder = "docs/decisions/";
    private const int MostLines = 30;

    private static IEnumerable<string> Records => Repository.Files.Where(path =>
        path.StartsWith(Folder, StringComparison.Ordinal) && path.EndsWith(".md", StringComparison.Ordinal));

    [Fact]
    public void Records_are_numbered_and_no_number_is_taken_twice()
    {
        Findings.None("A record is called NNNN-words.md", Records.Where(path => !Numbered().IsMatch(path)));
        Findings.None("A number is taken twice", Records
            .GroupBy(path => path[..Math.Min(path.Length, Folder.Length + 4)], StringComparer.Ordinal)
            .Where(same => same.Count() > 1).SelectMany(same => same));
    }

    [Fact]
    public void Records_say_context_choice_and_consequence() => Findings.None(
        "A record says context, choice and consequence",
        from path in Records
        from word in (string[])["context", "choice", "consequence"]
        where !Repository.Read(path).Contains(word, StringComparison.OrdinalIgnoreCase)
        select $"{path} lacks {word}");

    [Fact]
    public void Records_are_short() => Findings.None(
        $"A record has at most {MostLines} lines",
        from path in Records
        let lines = Repository.ReadLines(path).Length
        where lines > MostLines
        select $"{path}: {lines} lines");

    [GeneratedRegex(@"^docs/decisions/\d{4}-[a-z0-9-]+\.md$")]
    private static partial Regex Numbered();
}
