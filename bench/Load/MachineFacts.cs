using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace DToC.Load;

/// <summary>What the figures were measured on.</summary>
internal static class MachineFacts
{
    public static void Print(Figures figures, LoadOptions options)
    {
        Batteries_V2.Init();
        figures.Comment(string.Create(CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB, "
            + $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}"));
        figures.Comment($"SQLite {raw.sqlite3_libversion().utf8_to_string()}, server GC {GCSettings.IsServerGC}");
        figures.Comment($"{options.Partitions} partitions, {options.Customers} customers with "
            + $"{LoadOptions.KnownEvents} events each before, retail definition, repeats of {options.RepeatSeconds} s");
        figures.Comment($"load average {Load()}");
    }

    /// <summary>Processes that wanted a core in the last minutes: others' work moves the figures.</summary>
    public static string Load() =>
        File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]) : "unknown";
}
