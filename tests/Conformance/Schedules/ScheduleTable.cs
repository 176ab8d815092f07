using System.Globalization;
using System.Text;

namespace DToC.Conformance;

/// <summary>What many schedules reached: fault by stage.</summary>
internal static class ScheduleTable
{
    /// <summary>Cells that can be reached and were not.</summary>
    public static IReadOnlyList<FaultCell> NeverReached(IReadOnlyList<ScheduleResult> results) =>
        [.. FaultPlan.Cells.Where(cell => !results.Any(r => r.Struck.Contains(cell)))];

    /// <summary>In how many schedules each fault struck at each stage; a dash where it cannot.</summary>
    public static string Of(IReadOnlyList<ScheduleResult> results)
    {
        var stages = Enum.GetValues<Stage>();
        var text = new StringBuilder($"Schedules that reached a fault at a stage, of {results.Count}:\n");
        text.Append($"{"",-16}").AppendLine(string.Concat(stages.Select(s => $"{s,16}")));
        foreach (var fault in Enum.GetValues<Fault>())
        {
            text.Append($"{fault,-16}");
            foreach (var stage in stages) text.Append($"{Cell(results, new FaultCell(fault, stage)),16}");
            text.AppendLine();
        }
        text.Append($"Messages of clients: {results.Sum(r => r.Messages)}; ");
        text.Append($"faults: {results.Sum(r => r.Struck.Count)}; ");
        text.Append($"wake-ups that waited over a crash: {results.Sum(r => r.WakesOverCrash)}.");
        foreach (var (what, times) in Reached(results)) text.Append($"\n{times,10} {what}");
        return text.ToString();
    }

    /// <summary>What the workload is there for, with how often all schedules together reached it.</summary>
    public static IReadOnlyList<(string What, long Times)> Reached(IReadOnlyList<ScheduleResult> results) =>
    [
        .. results.SelectMany(r => r.Reached).GroupBy(r => r.What, StringComparer.Ordinal)
            .Select(g => (g.Key, g.Sum(r => r.Times))),
    ];

    private static string Cell(IReadOnlyList<ScheduleResult> results, FaultCell cell) =>
        FaultPlan.Cells.Contains(cell)
            ? results.Count(r => r.Struck.Contains(cell)).ToString(CultureInfo.InvariantCulture)
            : "-";
}
