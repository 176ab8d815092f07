using System.Diagnostics;
using Microsoft.Playwright;

namespace DToC.Browser.Tests;

/// <summary>
/// The browser of this machine. Where there is none, and this is root on a Debian, it is installed; elsewhere the
/// tests of pages say that they did nothing.
/// </summary>
internal static class Chromium
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly string[] Places =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    // The tests' own server is all it may reach. What root needs besides, Playwright adds by itself.
    private static readonly string[] Flags =
    [
        "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private static readonly Lazy<Task<string?>> Found = new(FindAsync);

    /// <summary>Starts it with a profile of its own, or says why not and returns null.</summary>
    public static async Task<IBrowser?> LaunchAsync(IPlaywright playwright, Action<string> say)
    {
        if (await Found.Value is not { } path)
        {
            say("Skipped: there is no Chromium here and it could not be installed.");
            return null;
        }
        return await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = path, Args = Flags, Headless = true });
    }

    private static async Task<string?> FindAsync()
    {
        if (Installed() is { } path) return path;
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/apt-get")) return null;
        // Fails while another holds the lists; what is there may do.
        await RunAsync("update", "-qq");
        await RunAsync("install", "-y", "-qq", "--no-install-recommends", "chromium");
        return Installed();
    }

    private static string? Installed() => Array.Find(Places, File.Exists);

    private static async Task RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/apt-get", arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("apt-get did not start.");
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
