using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace DToC.Load;

/// <summary>What the figures were measured on.</summary>
internal static class MachineFacts
{
    public static void Print(Figures figures, LoadOptions options, string folder)
    {
        Batteries_V2.Init();
        figures.Comment(string.Create(CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB, "
            + $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}"));
        figures.Comment($"SQLite {raw.sqlite3_libversion().utf8_to_string()}, server GC {GCSettings.IsServerGC}");
        figures.Comment($"{options.Partitions} partitions, {options.Customers} customers with "
            + $"{LoadOptions.KnownEvents} events each before, retail definition, repeats of {options.RepeatSeconds} s");
        var flush = DiskPace.MeasureMs(folder);
        figures.Comment(string.Create(CultureInfo.InvariantCulture,
            $"load average {Load()}; 4 KiB made durable in {Figures.Median(flush):0.0#} ms, "
            + $"p99 {Figures.Percentile(flush, 0.99):0.0#} ms"));
    }

    /// <summary>Processes that wanted a core in the last minutes: others' work moves the figures.</summary>
    public static string Load() =>
        File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]) : "unknown";
}
