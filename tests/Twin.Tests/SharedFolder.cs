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
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "DToC.sln"))) root = root.Parent;
        Assert.NotNull(root);
        file = Path.GetFullPath(Path.Combine(root.FullName, "..", "shared", "data", path));
        if (File.Exists(file)) return true;
        output.WriteLine($"skipped: {file} is absent");
        return false;
    }

    /// <summary>The numbers of a CSV file with one header line.</summary>
    public static double[][] ReadNumbers(string file) =>
        [.. File.ReadLines(file).Skip(1).Where(line => line.Length > 0).Select(line =>
            line.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray())];
}
