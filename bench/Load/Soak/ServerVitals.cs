using System.Globalization;
using DToC.Load.Server;

namespace DToC.Load.Soak;

/// <summary>Memory and disk of a server.</summary>
/// <param name="AnonymousMb">Resident memory that is not of files, as the kernel says; 0 where it does not.</param>
/// <param name="HeapMb">Managed memory, as the server's metrics say; 0 when they do not.</param>
/// <param name="FilesMb">Database files.</param>
/// <param name="LogsMb">Write-ahead logs.</param>
internal sealed record ServerVitals(double AnonymousMb, double HeapMb, double FilesMb, double LogsMb)
{
    private const double BytesOfMb = 1 << 20;

    public static async Task<ServerVitals> ReadAsync(
        ServerProcess server, HttpClient client, string folder, CancellationToken cancellation)
    {
        var metrics = await MetricsPage.ReadAsync(client, cancellation);
        return new ServerVitals(
            AnonymousKb(server.Id) / 1_024.0, metrics.Sum("dtoc_process_heap_bytes") / BytesOfMb,
            Size(folder, "*.db") / BytesOfMb, Size(folder, "*-wal") / BytesOfMb);
    }

    private static long Size(string folder, string pattern) =>
        new DirectoryInfo(folder).EnumerateFiles(pattern).Sum(file => file.Length);

    private static long AnonymousKb(int process)
    {
        var path = $"/proc/{process}/status";
        if (!File.Exists(path)) return 0;
        var line = File.ReadLines(path).FirstOrDefault(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split(' ')[^2], CultureInfo.InvariantCulture);
    }
}
