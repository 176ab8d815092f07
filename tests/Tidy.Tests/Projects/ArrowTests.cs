using DToC.Tidy.Reading;

namespace DToC.Tidy.Projects;

/// <summary>The arrows between projects, and what belongs to one project alone.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Arrows = new(StringComparer.Ordinal)
    {
        ["Twin"] = [],
        ["Grains"] = ["Twin"],
        ["Embedded"] = ["Grains"],
        ["Learn"] = ["Grains"],
        ["Http"] = ["Grains", "Learn"],
        ["Silo"] = ["Grains", "Http"],
        ["Api"] = ["Http", "Embedded"],
        ["Cli"] = ["Twin", "Learn", "Embedded"],
    };

    [Fact]
    public void Projects_refer_to_each_other_along_the_arrows_only() => Findings.None(
        "Arrows: Twin <- Grains <- { Embedded, Silo, Http, Learn }, Learn <- Http, Http and Embedded <- Api, "
        + "Http <- Silo, Twin, Learn and Embedded <- Cli",
        ProjectFile.All.Where(project => project.Wing == "src").SelectMany(project => project.References
            .Where(reference => !Arrows.GetValueOrDefault(project.Name, [])
                .Contains(Path.GetFileNameWithoutExtension(reference), StringComparer.Ordinal))
            .Select(reference => $"{project.Path} -> {reference}")));

    [Fact]
    public void Projects_of_src_are_those_of_the_plan() => Findings.None(
        "A new project under src needs its place among the arrows",
        ProjectFile.All.Where(project => project.Wing == "src")
            .Where(project => !Arrows.ContainsKey(project.Name)
                || project.Path != $"src/{project.Name}/{project.Name}.csproj")
            .Select(project => project.Path));

    [Fact]
    public void References_lead_to_projects_that_exist() => Findings.None(
        "A reference to a project leads nowhere",
        ProjectFile.All.SelectMany(project => project.References
            .Where(reference => !Repository.Exists(reference))
            .Select(reference => $"{project.Path} -> {reference}")));

    [Fact]
    public void Sqlite_is_a_matter_of_Embedded_alone() => Findings.None(
        "SQLite appears in src/Embedded alone",
        PackagesOutside("src/Embedded/", "sqlite")
            .Concat(UsingsOutside("src/Embedded/", "src/", ["Microsoft.Data.Sqlite", "SQLitePCL"])));

    [Fact]
    public void Orleans_is_a_matter_of_Silo_alone() => Findings.None(
        "Orleans appears under src/Silo alone",
        PackagesOutside("src/Silo/", "orleans")
            .Concat(UsingsOutside("src/Silo/", "", ["Orleans", "Microsoft.Orleans"])));

    [Fact]
    public void AspNet_stays_in_Http_and_the_executables() => Findings.None(
        "ASP.NET Core appears in Http, Api, Silo, bench and tests alone",
        ProjectFile.All
            .Where(project => project.Wing == "src" && project.UsesAspNet)
            .Where(project => project.Name is not ("Http" or "Api" or "Silo"))
            .Select(project => project.Path));

    private static IEnumerable<string> PackagesOutside(string home, string word) => ProjectFile.All
        .Where(project => !project.Path.StartsWith(home, StringComparison.Ordinal))
        .SelectMany(project => project.Packages
            .Where(package => package.Contains(word, StringComparison.OrdinalIgnoreCase))
            .Select(package => $"{project.Path}: {package}"));

    private static IEnumerable<string> UsingsOutside(string home, string below, string[] namespaces) =>
        from path in Repository.Sources(below)
        where !path.StartsWith(home, StringComparison.Ordinal)
        from line in Repository.ReadLines(path).Select(line => line.Trim())
        where namespaces.Any(name => line.StartsWith($"using {name};", StringComparison.Ordinal)
            || line.StartsWith($"using {name}.", StringComparison.Ordinal))
        select $"{path}: {line}";
}
