using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace DToC.Conformance;

/// <summary>What strace saw of a process: the log written, the log synced, an event acknowledged, in order.</summary>
internal static partial class SystemCalls
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>
    /// True when strace is there and may watch processes here. Where it is missing and this is root on a Debian, it is
    /// installed.
    /// </summary>
    public static async Task<bool> CanBeWatchedAsync()
    {
        if (await SucceedsAsync("strace", "-f", "-o", "/dev/null", "true")) return true;
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root") return false;
        return await SucceedsAsync("apt-get", "update")
            && await SucceedsAsync("apt-get", "install", "-y", "--no-install-recommends", "strace")
            && await SucceedsAsync("strace", "-f", "-o", "/dev/null", "true");
    }

    /// <summary>strace's own arguments before the command that it watches.</summary>
    public static IReadOnlyList<string> Watching(string log) =>
        ["-f", "-y", "-qq", "-e", "trace=fsync,fdatasync,write,pwrite64", "-e", "signal=none", "-o", log];

    /// <summary>
    /// For each acknowledgement, whether a log file had been written and then synced since the one before it.
    /// </summary>
    public static IReadOnlyList<(int Number, bool IsDurable)> Judge(IEnumerable<string> lines)
    {
        var acknowledged = new List<(int, bool)>();
        var written = new HashSet<string>(StringComparer.Ordinal);
        var syncing = new Dictionary<string, string>(StringComparer.Ordinal); // by thread: begun, not ended
        var isDurable = false;
        foreach (var line in lines)
        {
            if (Call().Match(line) is { Success: true } call)
            {
                var file = call.Groups["file"].Value;
                if (call.Groups["name"].Value.EndsWith("sync", StringComparison.Ordinal))
                {
                    if (call.Groups["ended"].Success) isDurable |= written.Remove(file);
                    else syncing[call.Groups["thread"].Value] = file;
                }
                else if (file.EndsWith("-wal", StringComparison.Ordinal)) written.Add(file);
                else if (Acknowledgement().Match(line) is { Success: true } said)
                {
                    acknowledged.Add((int.Parse(said.Groups["number"].Value, CultureInfo.InvariantCulture), isDurable));
                    isDurable = false;
                }
            }
            else if (SyncEnds().Match(line) is { Success: true } end
                && syncing.Remove(end.Groups["thread"].Value, out var synced))
            {
                isDurable |= written.Remove(synced);
            }
        }
        return acknowledged;
    }

    private static async Task<bool> SucceedsAsync(string command, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(command, arguments)
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!; // null only where a shell reuses a process
            using var limit = new CancellationTokenSource(Patience);
            await Task.WhenAll(
                process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // there is no such command
        }
    }

    // 4711 fdatasync(87</data/p0.db-wal>) = 0
    // or, when another thread comes between: 4711 fdatasync(87</data/p0.db-wal> <unfinished ...>
    [GeneratedRegex(
        @"^(?<thread>\d+) +(?<name>fsync|fdatasync|write|pwrite64)\(\d+<(?<file>[^>]*)>(?<ended>\) += 0)?",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Call();

    [GeneratedRegex(
        @"^(?<thread>\d+) +<\.\.\. f(data)?sync resumed>\) += 0",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex SyncEnds();

    [GeneratedRegex(
        @"write\(\d+<pipe:[^>]*>, ""(?<number>\d+)\\n""",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Acknowledgement();
}
