using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace DToC.Load.Server;

/// <summary>A server as a process of its own, on loopback: the product's executable, or a bare one.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string[] _arguments;
    private readonly string _folder;
    private Process? _process;

    private ServerProcess(string[] arguments, string folder, int port, string key)
    {
        _arguments = arguments;
        _folder = folder;
        Port = port;
        Key = key;
        _process = Launch();
    }

    public int Port { get; }

    /// <summary>The process's id; 0 while none runs.</summary>
    public int Id => _process?.Id ?? 0;

    /// <summary>The admin key.</summary>
    public string Key { get; }

    /// <summary>Starts the product over a folder and waits until it is ready.</summary>
    public static Task<ServerProcess> StartAsync(string folder, CancellationToken cancellation)
    {
        var port = FreePort();
        return StartAsync(
            ["DToC.Api.dll", "--urls", Address(port), "--data", folder], folder, port, cancellation);
    }

    /// <summary>Starts the server that only reads events and answers, and waits until it does.</summary>
    public static Task<ServerProcess> StartBareAsync(string folder, CancellationToken cancellation)
    {
        var port = FreePort();
        return StartAsync(["DToC.Load.dll", BareServer.Verb, Address(port)], folder, port, cancellation);
    }

    /// <summary>A client that sends the key.</summary>
    public HttpClient NewClient()
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri(Address(Port)),
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

    private static async Task<ServerProcess> StartAsync(
        string[] arguments, string folder, int port, CancellationToken cancellation)
    {
        var key = $"bench_{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16))}";
        var server = new ServerProcess(arguments, folder, port, key);
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
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, _arguments[0]));
        foreach (var argument in _arguments[1..]) start.ArgumentList.Add(argument);
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

    private static string Address(int port) =>
        string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
