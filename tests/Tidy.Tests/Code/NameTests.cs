using DToC.Tidy.Reading;

namespace DToC.Tidy.Code;

/// <summary>Names come from the domain; a name that says nothing is not one.</summary>
public sealed class NameTests
{
    private static readonly HashSet<string> EmptyPlaces = new(StringComparer.OrdinalIgnoreCase)
    {
        "Helper", "Helpers", "Util", "Utils", "Utilities", "Common", "Interface", "Interfaces", "Misc",
    };

    private static readonly string[] EmptyEndings =
        ["Manager", "Helper", "Helpers", "Service", "Base", "Impl", "Util", "Utils", "Data", "Info"];

    [Fact]
    public void Folders_and_files_are_named_for_the_domain() => Findings.None(
        $"No folder or file is called {string.Join(", ", EmptyPlaces)}",
        Repository.Files.Where(path => path.Split('/').Any(part => part.Split('.').Any(EmptyPlaces.Contains))));

    [Fact]
    public void Types_are_named_for_what_they_are() => Findings.None(
        $"No type's name ends in {string.Join(", ", EmptyEndings)}",
        from path in Repository.Sources("")
        from type in Outline.Of(Repository.Read(path)).Types
        where EmptyEndings.Any(ending => type.Name.EndsWith(ending, StringComparison.Ordinal))
        select $"{path}({type.Line}): {type.Name}");

    [Fact]
    public void Namespaces_begin_with_the_product() => Findings.None(
        "A namespace begins with DToC",
        from path in Repository.Sources("")
        from line in Masking.Of(Repository.Read(path)).Code.Split('\n')
        where line.StartsWith("namespace ", StringComparison.Ordinal)
            && !line.StartsWith("namespace DToC", StringComparison.Ordinal)
        select $"{path}: {line.Trim()}");
}
