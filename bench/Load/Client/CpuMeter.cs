using System.Globalization;

namespace DToC.Load.Client;

/// <summary>
/// Who had the processors over a while: a server, this driver, everything else on the machine. In cores, as the kernel
/// counts; 0 where it does not say.
/// </summary>
internal sealed class CpuMeter
{
    private const double TicksPerSecond = 100; // USER_HZ

    private readonly int _server;
    private readonly long _begun = System.Diagnostics.Stopwatch.GetTimestamp();
    private readonly (double Server, double Driver, double All) _before;

    /// <param name="server">The server's process id.</param>
    public CpuMeter(int server)
    {
        _server = server;
        _before = Read();
    }

    /// <summary>What was used since it was made, for people.</summary>
    public override string ToString()
    {
        var seconds = System.Diagnostics.Stopwatch.GetElapsedTime(_begun).TotalSeconds;
        var now = Read();
        var server = (now.Server - _before.Server) / seconds;
        var driver = (now.Driver - _before.Driver) / seconds;
        var others = Math.Max(0, (now.All - _before.All) / seconds - server - driver);
        return string.Create(CultureInfo.InvariantCulture,
            $"of {Environment.ProcessorCount} cores: server {server:0.00}, driver {driver:0.00}, others {others:0.00}");
    }

    private (double Server, double Driver, double All) Read() =>
        (OfProcess($"/proc/{_server}/stat"), OfProcess("/proc/self/stat"), OfMachine());

    private static double OfProcess(string path)
    {
        if (!File.Exists(path)) return 0;
        var text = File.ReadAllText(path);
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
    }

    /// <summary>Time that was neither idle nor spent waiting for a disk.</summary>
    private static double OfMachine()
    {
        if (!File.Exists("/proc/stat")) return 0;
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int[] busy = [1, 2, 3, 6, 7];
        return busy.Sum(field => Number(fields[field])) / TicksPerSecond;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
