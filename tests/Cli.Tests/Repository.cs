namespace DToC.Cli.Tests;

/// <summary>Where the repository lies, and the public data beside it.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Mapping(string name) => Path.Combine(Root, "definitions", "mappings", name);

    /// <summary>The public data's folder; null, with a printed line, when it is not there.</summary>
    public static string? SharedData(string folder, Xunit.Abstractions.ITestOutputHelper output)
    {
        for (var at = new DirectoryInfo(Root); at != null; at = at.Parent)
        {
            var data = Path.Combine(at.FullName, "shared", "data", folder);
            if (Directory.Exists(data))
                return data;
        }
        output.WriteLine($"skipped: there is no ../shared/data/{folder}");
        return null;
    }

    private static string FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at != null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "DToC.sln")))
                return at.FullName;
        }
        throw new InvalidOperationException("Tests run from within the repository.");
    }
}
