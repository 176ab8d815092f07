using System.Globalization;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Watching;

/// <summary>Figures of this process and of the disk its data lie on.</summary>
internal static class ProcessFigures
{
    private static readonly string Name = $"{Environment.MachineName}:{Environment.ProcessId}";

    public static ProcessStatus Read(Instant started) => new(
        Name, Resident(), GC.GetTotalMemory(forceFullCollection: false),
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

    /// <summary>
    /// What Linux says, in pages, the second of its numbers; elsewhere what the runtime says, which for Linux
    /// is far too low.
    /// </summary>
    private static long Resident()
    {
        try
        {
            var words = File.ReadAllText("/proc/self/statm").Split(' ');
            return long.Parse(words[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        }
        catch (IOException)
        {
            return Environment.WorkingSet;
        }
    }
}
