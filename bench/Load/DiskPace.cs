using System.Diagnostics;

namespace DToC.Load;

/// <summary>How long the disk takes to make a small write durable: no acknowledgement is faster.</summary>
internal static class DiskPace
{
    private const int Writes = 200;

    /// <summary>Milliseconds of writes of 4 KiB, one behind the other, each flushed to the disk.</summary>
    public static List<double> MeasureMs(string folder)
    {
        var block = new byte[4_096];
        var ms = new List<double>(Writes);
        var path = Path.Combine(folder, "disk-pace");
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            for (var i = 0; i < Writes; i++)
            {
                var begun = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, block, (long)i * block.Length);
                RandomAccess.FlushToDisk(file);
                ms.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }
        }
        File.Delete(path);
        return ms;
    }
}
