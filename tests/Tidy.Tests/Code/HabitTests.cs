using System.Text.RegularExpressions;
using DToC.Tidy.Reading;

namespace DToC.Tidy.Code;

/// <summary>
/// Habits of code that reviews would have to look for: unfinished work, blocking, unexplained `!`.
/// </summary>
public sealed class HabitTests
{
    [Fact]
    public void No_work_is_left_unfinished() => Findings.None(
        "Unfinished work is finished or filed, not marked",
        from path in Repository.Texts
        where Path.GetExtension(path) != ".md" // prose may speak of the rule
        from line in Repository.ReadLines(path).Index()
        where CodePatterns.UnfinishedWork.IsMatch(line.Item)
            && !Allowances.UnfinishedWork.Allow(path, line.Item)
        select $"{path}({line.Index + 1}): {line.Item.Trim()}");

    [Fact]
    public void No_test_is_skipped() => Findings.None(
        "A test that is skipped tests nothing", FoundIn("", CodePatterns.SkippedTest, []));

    [Fact]
    public void Asynchronous_code_is_awaited() => Findings.None(
        "No async void, .Result, .Wait(), .GetAwaiter().GetResult() or Task.Run( in src without a listed reason",
        FoundIn("src/", CodePatterns.Blocking, Allowances.Blocking));

    [Fact]
    public void Null_is_forgiven_only_with_a_reason_on_the_line() => Findings.None(
        "Each null-forgiving ! has its reason in a comment on the same line",
        Repository.Sources("src/").SelectMany(path =>
            CodePatterns.UnexplainedForgiving(Repository.Read(path)).Select(line => $"{path}({line})")));

    private static IEnumerable<string> FoundIn(string folder, Regex pattern, Allowance[] allowances) =>
        from path in Repository.Sources(folder)
        let text = Repository.Read(path)
        let lines = text.Split('\n')
        from line in Masking.Of(text).Code.Split('\n').Index()
        where pattern.IsMatch(line.Item) && !allowances.Allow(path, lines[line.Index])
        select $"{path}({line.Index + 1}): {lines[line.Index].Trim()}";
}
