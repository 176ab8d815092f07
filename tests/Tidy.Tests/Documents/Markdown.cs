using System.Text.RegularExpressions;
using DToC.Tidy.Reading;

namespace DToC.Tidy.Documents;

/// <summary>A Markdown text: its links, its headings and the commands it shows.</summary>
internal sealed partial class Markdown
{
    private readonly List<string> _links = [];
    private readonly List<string> _commands = [];
    private readonly List<string> _anchors = [];

    private Markdown(string text)
    {
        var fence = default(string);
        var shown = "";
        foreach (var line in text.Split('\n').Select(line => line.TrimEnd()))
        {
            if (Fence().Match(line) is { Success: true } mark)
            {
                fence = fence is null ? mark.Groups[1].Value : null;
                shown = "";
            }
            else if (fence is null) ReadProse(line);
            else if (fence is "bash" or "sh" or "shell" or "console")
            {
                shown += line.EndsWith('\\') ? line[..^1] : line;
                if (line.EndsWith('\\')) continue;
                _commands.Add(Prompt().Replace(shown, ""));
                shown = "";
            }
        }
    }

    public IReadOnlyList<string> Links => _links;

    /// <summary>Lines of fenced shell blocks, without prompt, continued lines joined.</summary>
    public IReadOnlyList<string> Commands => _commands;

    public IReadOnlyList<string> Anchors => _anchors;

    public static IEnumerable<string> Files => Repository.Files.Where(path => path == "README.md"
        || path.StartsWith("docs/", StringComparison.Ordinal)
            && path.EndsWith(".md", StringComparison.Ordinal));

    public static Markdown Of(string text) => new(text);

    private void ReadProse(string line)
    {
        _links.AddRange(Link().Matches(InlineCode().Replace(line, "")).Select(match => match.Groups[1].Value));
        if (!line.StartsWith('#')) return;
        var words = line.TrimStart('#').Trim().ToLowerInvariant();
        _anchors.Add(NotInAnchor().Replace(words, "").Replace(' ', '-'));
    }

    [GeneratedRegex(@"^\s*```\s*(\w*)")]
    private static partial Regex Fence();

    [GeneratedRegex(@"^\s*(\$ )?")]
    private static partial Regex Prompt();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"\]\(\s*<?([^)\s>]+)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
