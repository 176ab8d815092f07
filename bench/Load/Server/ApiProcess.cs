using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace DToC.Load.Server;

/// <summary>The product's executable as a process of its own, on loopback.</summary>
internal sealed class ApiProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder;
    private Process? _process;

    private ApiProcess(string folder, int port, string key)
    {
        _folder = folder;
        Port = port;
        Key = key;
        _process = Launch();
    }

    public int Port { get; }

    /// <summary>The admin key.</summary>
    public string Key { get; }

    /// <summary>Starts it over a folder and waits until it is ready.</summary>
    public static async Task<ApiProcess> StartAsync(string folder, CancellationToken cancellation)
    {
        var key = $"bench_{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16))}";
        var server = new ApiProcess(folder, FreePort(), key);
        try
        {
            using var client = server.NewClient();
            var clock = Stopwatch.StartNew();
            while (!await IsReadyAsync(client, cancellation))
            {
                if (server._process is not { HasExited: false } || clock.Elapsed > Patience)
                    throw new InvalidOperationException("The server did not become ready.");
                await Task.Delay(20, cancellation);
            }
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>A client that sends the key.</summary>
    public HttpClient NewClient()
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}")),
            Timeout = TimeSpan.FromMinutes(5),
        };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        return client;
    }

    /// <summary>Kills it as <c>kill -9</c> does, and waits until it is gone.</summary>
    public void Kill() => Dispose();

    /// <summary>Starts it again on the same folder, without waiting.</summary>
    public void StartAgain() => _process = Launch();

    public void Dispose()
    {
        if (_process is null) return;
        _process.Kill(); // SIGKILL; nothing when it has ended
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    private Process Launch()
    {
        // The runtime that runs this program, whatever the search path says.
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..", "dotnet"));
        var start = new ProcessStartInfo(dotnet)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "DToC.Api.dll"));
        start.ArgumentList.Add("--urls");
        start.ArgumentList.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}"));
        start.ArgumentList.Add("--data");
        start.ArgumentList.Add(_folder);
        start.Environment["DTOC_ADMIN_KEY"] = Key;
        var process = Process.Start(start) ?? throw new InvalidOperationException("The server was not started.");
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, line) =>
        {
            if (line.Data is { } text) Console.Error.WriteLine($"server: {text}");
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task<bool> IsReadyAsync(HttpClient client, CancellationToken cancellation)
    {
        try
        {
            using var answer = await client.GetAsync("/health/ready", cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
