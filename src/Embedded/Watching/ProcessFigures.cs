using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Watching;

/// <summary>Figures of this process and of the disk its data lie on.</summary>
internal static class ProcessFigures
{
    private static readonly string Name = $"{Environment.MachineName}:{Environment.ProcessId}";

    public static ProcessStatus Read(Instant started) => new(
        Name, Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false),
        Environment.CpuUsage.TotalTime.TotalSeconds, GC.GetTotalPauseDuration().TotalSeconds, started);

    /// <summary>The disk of a folder, or null when it does not say.</summary>
    public static DiskStatus? ReadDisk(string folder)
    {
        try
        {
            var disk = new DriveInfo(Path.GetFullPath(folder));
            return new DiskStatus(disk.AvailableFreeSpace, disk.TotalSize);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Bytes of a file; 0 when it is not there.</summary>
    public static long BytesOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }
}
