using System.Globalization;
using System.Text;

namespace DToC.Conformance;

/// <summary>One workload's part in a long run.</summary>
internal sealed class LongRunOf(string name, Workload workload, long count, Sabotage sabotage)
{
    private readonly ScheduleCampaign _campaign = new(workload, sabotage);
    private readonly HashSet<ulong> _named = [];
    private TimeSpan _used;
    private long _begun;

    public bool IsDone => _begun == count;

    /// <summary>Every promise was kept, and every fault struck at every stage where it can.</summary>
    public bool IsSound => _campaign.Tally.BrokenCount == 0 && _campaign.Tally.NeverReached.Count == 0;

    private ScheduleTally Tally => _campaign.Tally;

    /// <summary>Runs the next schedules, at most so many.</summary>
    public void Next(ulong first, long most, int threads)
    {
        var number = Math.Min(most, count - _begun);
        if (number == 0) return;
        var before = Environment.CpuUsage.TotalTime;
        _campaign.Run(first + (ulong)_begun, number, threads);
        _used += Environment.CpuUsage.TotalTime - before;
        _begun += number;
    }

    /// <summary>How far it is, and each failing seed that it has not named yet.</summary>
    public string Progress()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:u} {name}: {Tally.Schedules} of {count} ");
        text.Append(CultureInfo.InvariantCulture, $"schedules, {Tally.BrokenCount} of them broke a promise");
        foreach (var broken in Tally.Broken.Where(b => _named.Add(b.Seed)))
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"BROKEN seed {broken.Seed}: ");
            text.AppendLine(string.Join("\n    ", broken.Problems));
            text.Append(CultureInfo.InvariantCulture, $"Replay: DTOC_SEED={broken.Seed} {ScheduleTests.Replay(name)}");
        }
        return text.ToString();
    }

    /// <summary>The end: seeds, time, table.</summary>
    public string Summary(ulong first)
    {
        var text = new StringBuilder().AppendLine();
        var each = _used.TotalMilliseconds / Math.Max(1, Tally.Schedules);
        text.Append(CultureInfo.InvariantCulture, $"{name}: seeds {first} to {first + (ulong)count - 1}, ");
        text.AppendLine(CultureInfo.InvariantCulture, $"{_used.TotalSeconds:f0} s of a core, {each:f2} ms each");
        text.AppendLine(ScheduleTable.Of(Tally));
        foreach (var cell in Tally.NeverReached) text.AppendLine($"Never reached: {cell.Fault} at {cell.Stage}");
        text.Append(CultureInfo.InvariantCulture, $"{Tally.BrokenCount} of {count} schedules broke a promise.");
        return text.ToString();
    }
}
