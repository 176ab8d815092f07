using System.Diagnostics;

namespace DToC.Load.Peers;

/// <summary>Finds and runs the programs of peers.</summary>
internal static class PeerPrograms
{
    private const string PostgresHome = "/usr/lib/postgresql";

    /// <summary>The folder of PostgreSQL's programs, the newest; null when it is not installed.</summary>
    public static string? PostgresFolder() =>
        Directory.Exists(PostgresHome)
            ? Directory.EnumerateDirectories(PostgresHome)
                .Select(version => Path.Combine(version, "bin"))
                .Where(bin => File.Exists(Path.Combine(bin, "initdb")))
                .MaxBy(VersionOf)
            : OnPath("initdb") is { } initdb ? Path.GetDirectoryName(initdb) : null;

    /// <summary>The version in the name of the folder; 0 when it is not in it.</summary>
    public static double VersionOf(string folder) =>
        double.TryParse(Path.GetFileName(Path.GetDirectoryName(folder)), out var number) ? number : 0;

    /// <summary>A program on the search path; null when there is none.</summary>
    public static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Starts a program, as another user when one is named and this one is the superuser.</summary>
    public static Process Start(string program, string? user, params IEnumerable<string> arguments)
    {
        string[] command = user is not null && Environment.IsPrivilegedProcess
            ? ["setpriv", $"--reuid={user}", $"--regid={user}", "--init-groups", program, .. arguments]
            : [program, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} was not started.");
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Runs a program to its end.</summary>
    public static void Run(string program, string? user, params IEnumerable<string> arguments)
    {
        using var process = Start(program, user, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }
}
