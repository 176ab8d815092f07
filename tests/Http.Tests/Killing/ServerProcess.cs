using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace DToC.Http.Tests.Killing;

/// <summary>The real executable on a folder, started and killed any number of times at one address.</summary>
internal sealed class ServerProcess(string folder, params string[] more) : IDisposable
{
    private const int LogPages = 64; // so few that the log is moved all the time
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly int _port = FreePort();
    private Process? _process;

    public HttpClient NewClient()
    {
        var client = new HttpClient
        {
            BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}")),
            Timeout = TimeSpan.FromSeconds(60),
        };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiServer.AdminKey);
        return client;
    }

    public void Start()
    {
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..", "dotnet"));
        _process = Process.Start(new ProcessStartInfo(dotnet,
        [
            Path.Combine(AppContext.BaseDirectory, "DToC.Api.dll"),
            "--urls", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}"), "--data", folder,
            "--max-log-pages", string.Create(CultureInfo.InvariantCulture, $"{LogPages}"), .. more,
        ])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DTOC_ADMIN_KEY"] = ApiServer.AdminKey },
        })!; // null only where a shell reuses a process
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits until it answers; false when it has ended, as it does where a full disk has no room.</summary>
    public async Task<bool> AnswersAsync(HttpClient client)
    {
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < Patience)
        {
            if (_process is null or { HasExited: true }) return false;
            try
            {
                using var answer = await client.GetAsync("/health/live");
                if (answer.IsSuccessStatusCode) return true;
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
            {
                // Another process is waited for, so real time has to pass; at times more than a client waits.
            }
            await Task.Delay(10);
        }
        throw new InvalidOperationException("The server did not answer within two minutes.");
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    public void Dispose() => Kill();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
