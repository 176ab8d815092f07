using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RabbitMQ.Client;
using Xunit.Abstractions;

namespace DToC.Http.Tests.Delivery.Amqp;

/// <summary>
/// A real RabbitMQ on loopback, with a folder, a node name and ports of its own; killed and started as a test likes.
/// Where there is none it is installed from Debian, which takes a root user and a package mirror.
/// </summary>
internal sealed class Broker : IDisposable
{
    private const string Program = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan InstallPatience = TimeSpan.FromMinutes(8);
    private static readonly SemaphoreSlim Installing = new(1, 1);

    private readonly string _folder = Directory.CreateTempSubdirectory("dtoc-broker-").FullName;
    private readonly int _registryPort = FreePort();
    private readonly int _clusterPort = FreePort();
    private readonly Process _registry;
    private Process? _node;

    private Broker()
    {
        // Else the node starts one that outlives it.
        _registry = Start("epmd", ["-port", Text(_registryPort), "-address", "127.0.0.1"]);
    }

    public int Port { get; } = FreePort();

    public string Url => $"amqp://127.0.0.1:{Port}/";

    /// <summary>A started one; null, and said why, where there is none and none can be installed.</summary>
    public static async Task<Broker?> StartAsync(ITestOutputHelper output)
    {
        if (await ProblemAsync() is { } problem)
        {
            output.WriteLine($"skipped: {problem}");
            return null;
        }
        var broker = new Broker();
        try
        {
            await broker.BeginAsync();
        }
        catch
        {
            broker.Dispose();
            throw;
        }
        return broker;
    }

    /// <summary>Starts the node on what its folder has.</summary>
    public async Task BeginAsync()
    {
        _node = Start(Program, []);
        var waited = Stopwatch.StartNew();
        for (; ; )
        {
            try
            {
                await using var connection = await ConnectAsync();
                return;
            }
            catch (Exception exception) when (exception is RabbitMQ.Client.Exceptions.RabbitMQClientException
                or IOException or SocketException)
            {
                if (_node.HasExited || waited.Elapsed > Patience)
                    throw new InvalidOperationException($"The broker did not start: {ReadLog()}", exception);
                await Task.Delay(100); // another process is waited for, so real time has to pass
            }
        }
    }

    /// <summary>SIGKILL, to the node and whatever it has started.</summary>
    public void Kill()
    {
        _node?.Kill(entireProcessTree: true);
        _node?.WaitForExit();
        _node?.Dispose();
        _node = null;
    }

    public Task<IConnection> ConnectAsync() => new ConnectionFactory
    {
        Uri = new Uri(Url),
        AutomaticRecoveryEnabled = false,
    }.CreateConnectionAsync();

    public void Dispose()
    {
        Kill();
        _registry.Kill();
        _registry.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<string?> ProblemAsync()
    {
        await Installing.WaitAsync();
        try
        {
            if (File.Exists(Program)) return null;
            if (Environment.UserName != "root" || !File.Exists("/usr/bin/apt-get"))
                return "there is no RabbitMQ, and only root installs it from Debian";
            foreach (var arguments in (string[][])
                [["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", "rabbitmq-server"]])
            {
                if (await RunAsync(arguments) is { } failure) return failure;
            }
            return File.Exists(Program) ? null : $"{Program} is not there after it was installed";
        }
        finally
        {
            Installing.Release();
        }
    }

    private static async Task<string?> RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("apt-get", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment = { ["DEBIAN_FRONTEND"] = "noninteractive" },
        };
        using var process = Process.Start(start)!; // null only where a shell reuses a process
        var written = Task.WhenAll(
            process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(InstallPatience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return $"apt-get {arguments[0]} took longer than {InstallPatience}";
        }
        var last = string.Join(' ', (await written).SelectMany(text => text.Split('\n').TakeLast(3)));
        return process.ExitCode == 0 ? null : $"apt-get {arguments[0]} failed: {last.Trim()}";
    }

    private Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = _folder,
            UseShellExecute = false,
            Environment =
            {
                ["HOME"] = _folder,
                ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
                ["ERL_EPMD_PORT"] = Text(_registryPort),
                ["RABBITMQ_NODENAME"] = $"dtoc{Port}@localhost",
                ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
                ["RABBITMQ_NODE_PORT"] = Text(Port),
                ["RABBITMQ_DIST_PORT"] = Text(_clusterPort),
                ["RABBITMQ_MNESIA_BASE"] = Path.Combine(_folder, "data"),
                ["RABBITMQ_LOG_BASE"] = Path.Combine(_folder, "log"),
                ["RABBITMQ_CONFIG_FILE"] = Path.Combine(_folder, "rabbitmq"),
                ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(_folder, "rabbitmq-env.conf"),
                ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder, "enabled_plugins"),
                ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1} +S 1",
            },
        };
        var process = Process.Start(start)!; // null only where a shell reuses a process
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private string ReadLog()
    {
        var folder = Path.Combine(_folder, "log");
        return Directory.Exists(folder)
            ? string.Join('\n', Directory.GetFiles(folder).SelectMany(File.ReadLines).TakeLast(20)) : "it has no log";
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
