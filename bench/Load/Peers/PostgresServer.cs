using System.Diagnostics;
using Npgsql;

namespace DToC.Load.Peers;

/// <summary>A PostgreSQL cluster of its own in a temporary folder, reached over a socket in it alone.</summary>
internal sealed class PostgresServer : IDisposable
{
    private const string User = "postgres";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// What an engineer would set on a machine of a few gigabytes that this server has for itself. Nothing that
    /// makes an acknowledged commit less than durable.
    /// </summary>
    private static readonly string[] Settings =
    [
        "fsync=on", "synchronous_commit=on", "full_page_writes=on", "listen_addresses=", "max_connections=100",
        "shared_buffers=1GB", "wal_buffers=64MB", "max_wal_size=8GB", "min_wal_size=2GB", "checkpoint_timeout=30min",
        "wal_recycle=on", "jit=off", "autovacuum_vacuum_cost_delay=0",
    ];

    private readonly string _programs;
    private readonly string _folder = Directory.CreateTempSubdirectory("dtoc-postgres-").FullName;
    private readonly Process? _process;

    /// <param name="programs">The folder of its programs.</param>
    public PostgresServer(string programs)
    {
        _programs = programs;
        try
        {
            if (Environment.IsPrivilegedProcess) PeerPrograms.Run("chown", user: null, User, _folder);
            PeerPrograms.Run(
                Path.Combine(programs, "initdb"), User, "-D", Cluster, "-U", User, "--auth=trust", "-E", "UTF8",
                "--no-locale", "--no-sync");
            var compression = PeerPrograms.VersionOf(programs) >= 15 ? "lz4" : "on";
            string[] settings =
                [.. Settings, $"wal_compression={compression}", $"unix_socket_directories={_folder}"];
            _process = PeerPrograms.Start(
                Path.Combine(programs, "postgres"), User,
                ["-D", Cluster, .. settings.SelectMany(setting => new[] { "-c", setting })]);
            Connect();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public NpgsqlDataSource Source { get; private set; } = null!; // set by Connect, which the constructor ends with

    private string Cluster => Path.Combine(_folder, "cluster");

    public void Dispose()
    {
        Source?.Dispose();
        if (_process is { HasExited: false }) Stop(_process);
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Stop(Process process)
    {
        // The postmaster must be told: killed outright it would leave its processes and shared memory behind.
        using (var stop = PeerPrograms.Start(
            Path.Combine(_programs, "pg_ctl"), User, "stop", "-D", Cluster, "-m", "immediate", "-w"))
        {
            stop.WaitForExit();
        }
        if (process.WaitForExit(Patience)) return;
        process.Kill();
        process.WaitForExit();
    }

    private void Connect()
    {
        var text = new NpgsqlConnectionStringBuilder
        {
            Host = _folder, Username = User, Database = User, MaxPoolSize = 80, MaxAutoPrepare = 0, Timeout = 5,
            NoResetOnClose = true,
        };
        Source = NpgsqlDataSource.Create(text);
        for (var clock = Stopwatch.StartNew(); ;)
        {
            try
            {
                using var connection = Source.OpenConnection();
                return;
            }
            catch (NpgsqlException) when (clock.Elapsed < Patience && _process is { HasExited: false })
            {
                Thread.Sleep(50); // it is starting
            }
        }
    }
}
