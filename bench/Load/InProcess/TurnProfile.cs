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
    private long _events;

    public void Begin() => _before = Threads();

    public void End(int events)
    {
        _events += events;
        foreach (var (thread, (group, ticks)) in Threads())
        {
            var since = ticks - _before.GetValueOrDefault(thread).Ticks;
            _us[group] = _us.GetValueOrDefault(group) + since * UsPerTick;
        }
    }

    /// <summary>Prints microseconds of processor an event.</summary>
    public void Print(BareGrain grain, double limit, int writers)
    {
        foreach (var (group, us) in _us.OrderByDescending(pair => pair.Value))
            figures.Print($"embedded_cpu_{group}_us", us / _events);
        figures.Print("embedded_decode_us", grain.DecodeUs);
        figures.Print("embedded_turn_us", grain.HandleUs);
        figures.Print("embedded_encode_us", grain.EncodeUs);
        figures.Print("embedded_commit_us", writers * 1e6 / limit);
    }

    private static Dictionary<int, (string Group, long Ticks)> Threads()
    {
        Dictionary<int, (string, long)> threads = [];
        foreach (var folder in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                var text = File.ReadAllText(Path.Combine(folder, "stat"));
                var name = text[(text.IndexOf('(', StringComparison.Ordinal) + 1)..text.LastIndexOf(')')];
                var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
                var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture)
                    + long.Parse(fields[12], CultureInfo.InvariantCulture);
                threads[int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture)] = (GroupOf(name), ticks);
            }
            catch (IOException)
            {
                // A thread that has just ended.
            }
        }
        return threads;
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
