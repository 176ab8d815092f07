using System.Globalization;
using Xunit.Abstractions;

namespace DToC.Twin.Tests;

/// <summary>
/// Public data sets beside the repository; a test that needs one says so and passes where it is absent.
/// </summary>
internal static class SharedFolder
{
    public static bool TryFind(string path, ITestOutputHelper output, out string file)
    {
        file = Path.GetFullPath(InProject(Path.Combine("..", "shared", "data", path)));
        if (File.Exists(file)) return true;
        output.WriteLine($"skipped: {file} is absent");
        return false;
    }

    /// <summary>A path below the project's root.</summary>
    public static string InProject(string path)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "DToC.sln"))) root = root.Parent;
        Assert.NotNull(root);
        return Path.Combine(root.FullName, path);
    }

    /// <summary>The numbers of a CSV file with one header line.</summary>
    public static double[][] ReadNumbers(string file) =>
        [.. File.ReadLines(file).Skip(1).Where(line => line.Length > 0).Select(line =>
            line.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray())];
}
