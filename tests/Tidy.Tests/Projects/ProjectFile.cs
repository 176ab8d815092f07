using System.Xml.Linq;
using DToC.Tidy.Reading;

namespace DToC.Tidy.Projects;

/// <summary>A project as MSBuild reads it, before any import.</summary>
internal sealed class ProjectFile
{
    private readonly XElement _root;

    private ProjectFile(string path)
    {
        Path = path;
        _root = XDocument.Parse(Repository.Read(path)).Root ?? new XElement("Project");
    }

    public static IEnumerable<ProjectFile> All => Repository.Projects.Select(path => new ProjectFile(path));

    public string Path { get; }

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>The folder the rules speak of: src, tests or bench.</summary>
    public string Wing => Path[..Path.IndexOf('/', StringComparison.Ordinal)];

    public string Sdk => _root.Attribute("Sdk")?.Value ?? "";

    /// <summary>Projects it refers to, by path below the root.</summary>
    public IEnumerable<string> References => Included("ProjectReference").Select(relative =>
    {
        var full = System.IO.Path.Combine(
            Repository.Root, System.IO.Path.GetDirectoryName(Path) ?? "", relative);
        var inside = System.IO.Path.GetRelativePath(Repository.Root, System.IO.Path.GetFullPath(full));
        return inside.Replace('\\', '/');
    });

    public IEnumerable<string> Packages => Included("PackageReference");

    public bool UsesAspNet => Sdk == "Microsoft.NET.Sdk.Web"
        || Included("FrameworkReference").Contains("Microsoft.AspNetCore.App", StringComparer.Ordinal)
        || Packages.Any(package => package.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal));

    /// <summary>True for the projects of the cluster's own solution.</summary>
    public bool IsOfSilo => InSilo(Path) || References.Any(InSilo);

    /// <summary>What items of one kind include.</summary>
    public IEnumerable<string> Included(string item) => _root.Descendants(item)
        .Select(element => element.Attribute("Include")?.Value.Replace('\\', '/')).OfType<string>();

    /// <summary>True when a property silences a diagnostic.</summary>
    public bool Silences(string diagnostic) =>
        _root.Descendants("NoWarn").Any(e => e.Value.Contains(diagnostic, StringComparison.Ordinal));

    private static bool InSilo(string path) => path.StartsWith("src/Silo/", StringComparison.Ordinal);
}
