using System.Diagnostics;
using System.Net.Sockets;

namespace DToC.Load.Peers;

/// <summary>A Redis of its own in a temporary folder, with an append-only file, reached over a socket there.</summary>
internal sealed class RedisServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("dtoc-redis-").FullName;
    private readonly Process _process;

    /// <param name="program">Its program.</param>
    public RedisServer(string program)
    {
        _process = PeerPrograms.Start(
            program, user: null, "--port", "0", "--unixsocket", SocketPath, "--dir", _folder, "--save", "",
            "--appendonly", "yes", "--appendfsync", "always", "--auto-aof-rewrite-percentage", "0",
            "--hash-max-listpack-value", "1024", "--client-query-buffer-limit", "1gb");
        try
        {
            for (var clock = Stopwatch.StartNew(); !IsThere();)
            {
                if (_process.HasExited || clock.Elapsed > Patience)
                    throw new InvalidOperationException("Redis did not become ready.");
                Thread.Sleep(20); // it is starting
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string SocketPath => Path.Combine(_folder, "redis.sock");

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private bool IsThere()
    {
        try
        {
            using var connection = new RedisConnection(SocketPath);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
