using DToC.Embedded.Storage;
using DToC.Grains;
using Microsoft.Extensions.Logging;

namespace DToC.Embedded.Upkeep;

/// <summary>Looks at the room on the data folder's volume, and says when it falls below the low-water mark.</summary>
internal sealed class DiskWatch(HostContext host)
{
    private readonly Lock _gate = new();
    private long? _free;
    private long? _total;
    private bool _isLow;

    /// <summary>Looks every <see cref="EmbeddedOptions.UpkeepInterval"/>, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(host.Options.UpkeepInterval, host.Options.Time);
        while (await timer.WaitForNextTickAsync(cancellation)) Look();
    }

    /// <summary>Looks now.</summary>
    public void Look()
    {
        var (free, total) = FreeSpace.Of(host.Options.DataFolder);
        var isLow = free is { } bytes && bytes < host.Options.DiskLowBytes;
        lock (_gate)
        {
            if (isLow && !_isLow) host.Log.DiskIsLow(free ?? 0, host.Options.DiskLowBytes);
            if (!isLow && _isLow) host.Log.DiskHasRoom(free ?? 0);
            (_free, _total, _isLow) = (free, total, isLow);
        }
    }

    /// <summary>The last look, with what the partitions' disks do not do at the moment.</summary>
    public DiskStatus Status()
    {
        string? problem = null;
        foreach (var partition in host.Partitions)
        {
            if (partition.Problem is { } commits) problem ??= $"partition {partition.Index}: {commits}";
            else if (partition.LogProblem is { } log)
                problem ??= $"partition {partition.Index}: the write-ahead log cannot be moved: {log}";
        }
        lock (_gate)
        {
            return new DiskStatus
            {
                FreeBytes = _free,
                TotalBytes = _total,
                IsLow = _isLow,
                Problem = problem,
                DamagedReads = host.DamagedReads,
            };
        }
    }
}
