using System.Text;

namespace DToC.Conformance;

/// <summary>A fault at a stage.</summary>
public readonly record struct FaultCell(Fault Fault, Stage Stage);

/// <summary>The faults of one schedule: each strikes when its stage is passed for the n-th time.</summary>
internal sealed class FaultPlan
{
    /// <summary>All cells that any workload reaches.</summary>
    public static readonly IReadOnlyList<FaultCell> Cells =
    [
        .. At(Stage.BeforeFold, Fault.Crash),
        .. At(Stage.AfterFold, Fault.Crash, Fault.Evict),
        .. At(Stage.CommitBegins, Fault.Crash),
        .. At(Stage.DuringCommit, Fault.Crash, Fault.TornWrite, Fault.FullDisk, Fault.StaysFull, Fault.SlowDisk),
        .. At(Stage.AfterCommit, Fault.Crash, Fault.LostReply),
        .. At(Stage.AfterReply, Fault.Crash, Fault.Evict),
        .. At(Stage.Forwarding, Fault.Crash, Fault.Duplicate, Fault.Overtaken),
        .. At(Stage.Delivery, Fault.Crash, Fault.Duplicate, Fault.Overtaken),
        .. At(Stage.BeforeRemoval, Fault.Crash, Fault.TornWrite, Fault.FullDisk, Fault.Duplicate),
        .. At(Stage.WakeUpDue, Fault.Crash, Fault.Duplicate),
        .. At(Stage.WakeUpRemoval, Fault.Crash, Fault.TornWrite, Fault.FullDisk),
        .. At(Stage.Retention, Fault.Crash, Fault.TornWrite, Fault.FullDisk),
        .. At(Stage.Replacement, Fault.Crash, Fault.TornWrite, Fault.FullDisk),
        .. At(Stage.Refolding, Fault.Crash, Fault.TornWrite, Fault.FullDisk),
        .. At(Stage.Activation, Fault.Crash, Fault.ReadFails),
        .. At(Stage.HistoryRead, Fault.Crash, Fault.ReadFails),
        .. At(Stage.RowRead, Fault.Crash, Fault.ReadFails),
        .. At(Stage.Recovery, Fault.Crash, Fault.ReadFails, Fault.ClockBack),
        .. At(Stage.ClientSends, Fault.Overtaken, Fault.Resend),
        .. At(Stage.SubscriberReads, Fault.Crash, Fault.ReadFails, Fault.SubscriberDies),
    ];

    /// <summary>And those that a workload reaches whose customers are erased.</summary>
    public static readonly IReadOnlyList<FaultCell> CellsWithErasures =
        [.. Cells, .. At(Stage.Erasing, Fault.Crash, Fault.TornWrite, Fault.FullDisk, Fault.StaysFull)];

    private const int Frequent = 60;
    private const int SureFaults = 3;

    private static readonly int Stages = Enum.GetValues<Stage>().Length;

    // Every script passes these so often that a fault planned there strikes.
    private static readonly FaultCell[] Sure = [.. Cells.Where(c => Often(c.Stage) == Frequent)];

    private readonly List<(FaultCell Cell, int Nth)> _planned = [];
    private readonly int[] _passed = new int[Stages];

    /// <summary>No fault.</summary>
    public static FaultPlan None => new();

    /// <summary>What struck, in order.</summary>
    public List<FaultCell> Struck { get; } = [];

    /// <summary>
    /// Draws 5 to 9 faults of these cells. A fault in recovery brings the crash that leads there.
    /// </summary>
    public static FaultPlan Draw(SeededDraws draws, IReadOnlyList<FaultCell> cells)
    {
        var plan = new FaultPlan();
        var restarts = 0;
        var count = draws.Between(5, 9);
        while (plan._planned.Count < count)
        {
            var from = plan._planned.Count < SureFaults ? Sure : cells;
            var cell = from[draws.Below(from.Count)];
            var nth = draws.Between(1, Often(cell.Stage));
            if (cell.Stage == Stage.Recovery)
            {
                plan.Add(new FaultCell(Fault.Crash, Stage.BeforeFold), draws.Between(1, 100));
                nth = ++restarts;
            }
            plan.Add(cell, nth);
        }
        return plan;
    }

    /// <summary>Whether a transaction is written at a stage: what strikes there decides what becomes of it.</summary>
    public static bool IsWrite(Stage stage) => stage is Stage.DuringCommit or Stage.BeforeRemoval
        or Stage.WakeUpRemoval or Stage.Retention or Stage.Replacement or Stage.Refolding or Stage.Erasing;

    /// <summary>Has the disk full at the next commit.</summary>
    public void FailNextCommit() =>
        Add(new FaultCell(Fault.FullDisk, Stage.DuringCommit), _passed[(int)Stage.DuringCommit] + 1);

    /// <summary>The fault that strikes now, if any. Counts the pass.</summary>
    public Fault? Pass(Stage stage)
    {
        var nth = ++_passed[(int)stage];
        foreach (var (cell, at) in _planned)
        {
            if (cell.Stage != stage || at != nth) continue;
            Struck.Add(cell);
            return cell.Fault;
        }
        return null;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (cell, nth) in _planned) text.Append($"{cell.Fault} at {cell.Stage} {nth}; ");
        return text.ToString();
    }

    private static IEnumerable<FaultCell> At(Stage stage, params Fault[] faults) =>
        faults.Select(fault => new FaultCell(fault, stage));

    /// <summary>One fault strikes at one pass.</summary>
    private void Add(FaultCell cell, int nth)
    {
        if (!_planned.Exists(p => p.Cell.Stage == cell.Stage && p.Nth == nth)) _planned.Add((cell, nth));
    }

    private static int Often(Stage stage) => stage switch
    {
        Stage.Replacement => 1,
        Stage.Retention => 2,
        Stage.RowRead or Stage.Forwarding or Stage.Erasing => 4,
        Stage.WakeUpDue or Stage.WakeUpRemoval or Stage.HistoryRead or Stage.Refolding => 8,
        Stage.Delivery or Stage.BeforeRemoval or Stage.Activation or Stage.SubscriberReads => 15,
        Stage.Recovery => 2,
        _ => Frequent,
    };
}

/// <summary>Thrown through a simulated process to end it.</summary>
internal sealed class CrashedException(string where) : Exception($"The process crashed: {where}.");

/// <summary>Thrown through a turn: rows it asked for cannot be read.</summary>
internal sealed class ReadFailedException(string what) : IOException($"{what} cannot be read.");
