using System.Globalization;
using System.Text;

namespace DToC.Conformance;

/// <summary>What many schedules reached, to be read: stage by fault.</summary>
internal static class ScheduleTable
{
    /// <summary>In how many schedules each fault struck at each stage; a dash where it cannot.</summary>
    public static string Of(ScheduleTally tally)
    {
        var faults = Enum.GetValues<Fault>();
        var text = new StringBuilder($"Schedules that reached a fault at a stage, of {tally.Schedules}:\n");
        text.Append($"{"",-16}").AppendLine(string.Concat(faults.Select(f => $"{f,15}")));
        foreach (var stage in Enum.GetValues<Stage>())
        {
            text.Append($"{stage,-16}");
            foreach (var fault in faults) text.Append($"{Cell(tally, new FaultCell(fault, stage)),15}");
            text.AppendLine();
        }
        text.Append($"Messages of clients: {tally.Messages}; faults: {tally.Faults}; ");
        text.Append($"wake-ups that waited over a crash: {tally.WakesOverCrash}.");
        foreach (var (what, times) in tally.Reached) text.Append($"\n{times,12} {what}");
        return text.ToString();
    }

    private static string Cell(ScheduleTally tally, FaultCell cell) =>
        tally.CanStrike(cell) ? tally.Struck(cell).ToString(CultureInfo.InvariantCulture) : "-";
}
