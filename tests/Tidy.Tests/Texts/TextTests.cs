using System.Text.RegularExpressions;
using DToC.Tidy.Reading;

namespace DToC.Tidy.Texts;

/// <summary>Nothing of the place where the text was written, and no secret, gets into the repository.</summary>
public sealed class TextTests
{
    [Fact]
    public void No_text_names_a_folder_of_one_machine()
    {
        Findings.None("No absolute path of one machine", Found(Repository.Texts, TextPatterns.MachinePath));
        var shipped = Repository.Texts.Where(path => !path.StartsWith("tests/", StringComparison.Ordinal));
        Findings.None("A folder for passing files is asked for, not named",
            Found(shipped, TextPatterns.PassingPath));
    }

    [Fact]
    public void No_text_names_a_host_of_packages() =>
        Findings.None("No host of packages is named", Found(Repository.Texts, TextPatterns.PackageHost));

    [Fact]
    public void No_text_speaks_of_where_it_was_written() =>
        Findings.None("No text speaks of where it was written",
            Found(Repository.Texts, TextPatterns.WritingPlace));

    [Fact]
    public void No_text_holds_a_secret() =>
        Findings.None("A secret does not belong here", Found(Repository.Texts, TextPatterns.Secret));

    private static IEnumerable<string> Found(IEnumerable<string> paths, Regex pattern) =>
        from path in paths
        from line in Repository.ReadLines(path).Index()
        where pattern.IsMatch(line.Item)
        select $"{path}({line.Index + 1}): {pattern.Match(line.Item).Value}";
}
