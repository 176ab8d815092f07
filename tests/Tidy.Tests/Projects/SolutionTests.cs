using System.Text.RegularExpressions;
using System.Xml.Linq;
using DToC.Tidy.Reading;

namespace DToC.Tidy.Projects;

/// <summary>The solution names every project once; package versions stand in one place.</summary>
public sealed partial class SolutionTests
{
    private const string Versions = "Directory.Packages.props";

    private static IEnumerable<string> Listed => ProjectPath().Matches(Repository.Read("DToC.sln"))
        .Select(match => match.Groups[1].Value.Replace('\\', '/'));

    [Fact]
    public void Solution_holds_every_project_but_those_of_Silo()
    {
        var expected = ProjectFile.All.Where(project => !project.IsOfSilo).Select(project => project.Path)
            .ToList();
        Findings.None("DToC.sln lacks a project", expected.Except(Listed, StringComparer.Ordinal));
        Findings.None("DToC.sln names a project that is not there, or is of Silo",
            Listed.Except(expected, StringComparer.Ordinal));
    }

    [Fact]
    public void Solution_names_no_project_twice() => Findings.None(
        "DToC.sln names a project twice",
        Listed.GroupBy(path => path, StringComparer.Ordinal).Where(same => same.Count() > 1)
        .Select(same => same.Key));

    [Fact]
    public void Versions_of_packages_stand_in_one_file_only() => Findings.None(
        $"A package's version stands in {Versions} alone",
        from path in Repository.Files
        where Path.GetExtension(path) is ".csproj" or ".props" or ".targets"
            && Path.GetFileName(path) != Versions
        from package in XDocument.Parse(Repository.Read(path)).Descendants()
        where package.Name.LocalName is "PackageVersion" or "PackageReference" or "GlobalPackageReference"
        where package.Attribute("Version") is not null || package.Attribute("VersionOverride") is not null
            || package.Elements().Any(e => e.Name.LocalName is "Version" or "VersionOverride")
        select $"{path}: {package.Attribute("Include")?.Value ?? package.Attribute("Update")?.Value}");

    [Fact]
    public void Packages_have_one_version_each() => Findings.None(
        "A package has two versions",
        Repository.Files.Where(path => Path.GetFileName(path) == Versions)
            .SelectMany(path => XDocument.Parse(Repository.Read(path)).Descendants("PackageVersion"))
            .Select(package => package.Attribute("Include")?.Value ?? "")
            .GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
            .Where(same => same.Count() > 1).Select(same => same.Key));

    [GeneratedRegex("""= "[^"]+", "([^"]+\.csproj)",""")]
    private static partial Regex ProjectPath();
}
