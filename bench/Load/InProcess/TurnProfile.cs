using System.Globalization;
using DToC.Load.Traffic;

namespace DToC.Load.InProcess;

/// <summary>
/// Where the processor's time goes while the host runs at its peak: by thread, as the kernel counts it, and by step of
/// a turn, as the grain alone takes.
/// </summary>
internal sealed class TurnProfile(Figures figures)
{
    private const double UsPerTick = 1e6 / 100; // USER_HZ

    private readonly Dictionary<string, double> _us = new(StringComparer.Ordinal);
    private Dictionary<int, (string Group, long Ticks)> _before = [];
    private long _allocatedBefore;
    private long _allocated;
    private long _events;

    public void Begin()
    {
        _before = Threads();
        _allocatedBefore = GC.GetTotalAllocatedBytes();
    }

    public void End(int events)
    {
        _events += events;
        _allocated += GC.GetTotalAllocatedBytes() - _allocatedBefore;
        foreach (var (thread, (group, ticks)) in Threads())
        {
            var since = ticks - _before.GetValueOrDefault(thread).Ticks;
            _us[group] = _us.GetValueOrDefault(group) + since * UsPerTick;
        }
    }

    /// <summary>Prints microseconds of processor an event.</summary>
    public void Print(BareGrain grain, double bareCpuUs)
    {
        foreach (var (group, us) in _us.OrderByDescending(pair => pair.Value))
            figures.Print($"embedded_cpu_{group}_us", us / _events);
        figures.Print("embedded_decode_us", grain.DecodeUs);
        figures.Print("embedded_turn_us", grain.HandleUs);
        figures.Print("embedded_encode_us", grain.EncodeUs);
        figures.Print("sqlite_limit_cpu_us", bareCpuUs);
        figures.Print("embedded_allocated_bytes", _allocated / (double)_events);
    }

    /// <summary>Microseconds of processor that the calling thread has had; 0 where the kernel does not say.</summary>
    public static double UsOfThisThread() =>
        File.Exists("/proc/thread-self/stat") ? Stat("/proc/thread-self/stat").Ticks * UsPerTick : 0;

    private static Dictionary<int, (string Group, long Ticks)> Threads()
    {
        Dictionary<int, (string, long)> threads = [];
        foreach (var folder in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                var (name, ticks) = Stat(Path.Combine(folder, "stat"));
                threads[int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture)] = (GroupOf(name), ticks);
            }
            catch (IOException)
            {
                // A thread that has just ended.
            }
        }
        return threads;
    }

    private static (string Name, long Ticks) Stat(string path)
    {
        var text = File.ReadAllText(path);
        var name = text[(text.IndexOf('(', StringComparison.Ordinal) + 1)..text.LastIndexOf(')')];
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (name, long.Parse(fields[11], CultureInfo.InvariantCulture)
            + long.Parse(fields[12], CultureInfo.InvariantCulture));
    }

    private static string GroupOf(string thread) => thread switch
    {
        _ when thread.StartsWith("dtoc-turns", StringComparison.Ordinal) => "turns",
        _ when thread.StartsWith("dtoc-commit", StringComparison.Ordinal) => "commit",
        _ when thread.Contains("GC", StringComparison.Ordinal) => "gc",
        _ when thread.StartsWith(".NET TP", StringComparison.Ordinal) => "senders",
        _ when thread.StartsWith(".NET Tiered", StringComparison.Ordinal) => "jit",
        _ => "other",
    };
}
