using System.Diagnostics;

namespace DToC.Tidy.Reading;

/// <summary>
/// The files of this repository by path below its root, with '/' between folders. The root is the folder
/// of DToC.sln, or DTOC_ROOT, so that another check-out can be looked over with these tests.
/// </summary>
internal static class Repository
{
    private static readonly string[] NotOurs =
        [".git", ".vs", ".idea", "artifacts", "bin", "data", "obj", "TestResults"];
    private static readonly string[] Binary = [".png", ".gz", ".zip", ".ico", ".bin", ".db", ".woff2"];

    public static string Root { get; } = FindRoot();

    /// <summary>What git tracks or would add; without git all but build output.</summary>
    public static IReadOnlyList<string> Files { get; } =
        [.. (Tracked() ?? Walked(Root)).Where(path => File.Exists(Full(path))).Order(StringComparer.Ordinal)];

    public static IEnumerable<string> Texts => Files.Where(path => !Binary.Contains(Path.GetExtension(path)));

    public static IEnumerable<string> Projects =>
        Files.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal));

    /// <summary>C# files below a folder; all of them for "".</summary>
    public static IEnumerable<string> Sources(string folder) => Files.Where(path =>
        path.EndsWith(".cs", StringComparison.Ordinal) && path.StartsWith(folder, StringComparison.Ordinal));

    public static string Full(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(Full(path));

    public static string[] ReadLines(string path) => File.ReadAllLines(Full(path));

    public static bool Exists(string path) => File.Exists(Full(path)) || Directory.Exists(Full(path));

    private static string FindRoot()
    {
        if (Environment.GetEnvironmentVariable("DTOC_ROOT") is { Length: > 0 } given)
            return Path.GetFullPath(given);
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DToC.sln")))
            folder = folder.Parent;
        return folder?.FullName
            ?? throw new InvalidOperationException("No folder above the tests holds DToC.sln");
    }

    private static List<string>? Tracked()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", "ls-files -z -co --exclude-standard")
            {
                WorkingDirectory = Root,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            if (git is null) return null;
            git.ErrorDataReceived += (_, _) => { };
            git.BeginErrorReadLine();
            var paths = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
            git.WaitForExit();
            return git.ExitCode == 0 && paths.Length > 0 ? [.. paths] : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // git is not installed
        }
    }

    private static IEnumerable<string> Walked(string folder) =>
        Directory.EnumerateFiles(folder).Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Concat(Directory.EnumerateDirectories(folder)
                .Where(inner => !NotOurs.Contains(Path.GetFileName(inner)))
                .SelectMany(Walked));
}
