using DToC.Tidy.Reading;

namespace DToC.Tidy.Documents;

/// <summary>A link in the documents leads somewhere.</summary>
public sealed class LinkTests
{
    [Fact]
    public void Relative_links_resolve() => Findings.None(
        "A link leads nowhere",
        from path in Markdown.Files
        from link in Markdown.Of(Repository.Read(path)).Links
        where !link.Contains("://", StringComparison.Ordinal)
            && !link.StartsWith("mailto:", StringComparison.Ordinal)
        where !Resolves(path, link)
        select $"{path}: {link}");

    private static bool Resolves(string from, string link)
    {
        var parts = link.Split('#', 2);
        var target = parts[0].Length == 0
            ? from
            : Path.GetRelativePath(Repository.Root, Path.GetFullPath(
                Path.Combine(Path.GetDirectoryName(Repository.Full(from)) ?? "",
                    Uri.UnescapeDataString(parts[0]))));
        if (target.StartsWith("..", StringComparison.Ordinal) || !Repository.Exists(target)) return false;
        return parts.Length == 1 || !target.EndsWith(".md", StringComparison.Ordinal)
            || Markdown.Of(Repository.Read(target)).Anchors.Contains(parts[1], StringComparer.Ordinal);
    }
}
