using System.Text;

namespace DToC.Conformance;

/// <summary>What can go wrong.</summary>
public enum Fault
{
    /// <summary>The process dies; only the committed image is left.</summary>
    Crash,

    /// <summary>The commit fails; the old image stays.</summary>
    FullDisk,

    /// <summary>The commit takes long; other work goes on meanwhile.</summary>
    SlowDisk,

    /// <summary>A read fails.</summary>
    ReadFails,

    /// <summary>An effect is delivered twice.</summary>
    Duplicate,

    /// <summary>A message is overtaken by those of other senders.</summary>
    Overtaken,

    /// <summary>The client never sees the reply.</summary>
    LostReply,

    /// <summary>The client sends the same message again without waiting.</summary>
    Resend,

    /// <summary>The subscriber dies and resumes by the cursor it kept.</summary>
    SubscriberDies,

    /// <summary>The grain is put out of memory.</summary>
    Evict,

    /// <summary>The clock of the machine is set back.</summary>
    ClockBack,
}

/// <summary>Where it can go wrong.</summary>
public enum Stage
{
    /// <summary>A message waits, its turn has not run.</summary>
    BeforeFold,

    /// <summary>The turn has run, its commit has not begun.</summary>
    AfterFold,

    /// <summary>In the middle of the transaction.</summary>
    DuringCommit,

    /// <summary>Durable, no reply sent.</summary>
    AfterCommit,

    /// <summary>Replied, no effect delivered.</summary>
    AfterReply,

    /// <summary>An effect leaves the outbox for its grain.</summary>
    Delivery,

    /// <summary>The effect was carried out and is still in the outbox.</summary>
    BeforeRemoval,

    /// <summary>A wake-up is due.</summary>
    WakeUpDue,

    /// <summary>A state is read into memory.</summary>
    Activation,

    /// <summary>A journal is read for a turn.</summary>
    HistoryRead,

    /// <summary>The process starts and reads the image.</summary>
    Recovery,

    /// <summary>A client sends.</summary>
    ClientSends,

    /// <summary>A subscriber reads.</summary>
    SubscriberReads,
}

/// <summary>A fault at a stage.</summary>
public readonly record struct FaultCell(Fault Fault, Stage Stage);

/// <summary>The faults of one schedule: each strikes when its stage is passed for the n-th time.</summary>
internal sealed class FaultPlan
{
    /// <summary>All cells that can be reached.</summary>
    public static readonly IReadOnlyList<FaultCell> Cells =
    [
        new(Fault.Crash, Stage.BeforeFold),
        new(Fault.Crash, Stage.AfterFold),
        new(Fault.Crash, Stage.DuringCommit),
        new(Fault.Crash, Stage.AfterCommit),
        new(Fault.Crash, Stage.AfterReply),
        new(Fault.Crash, Stage.Delivery),
        new(Fault.Crash, Stage.BeforeRemoval),
        new(Fault.Crash, Stage.WakeUpDue),
        new(Fault.Crash, Stage.HistoryRead),
        new(Fault.Crash, Stage.Recovery),
        new(Fault.FullDisk, Stage.DuringCommit),
        new(Fault.FullDisk, Stage.BeforeRemoval),
        new(Fault.SlowDisk, Stage.DuringCommit),
        new(Fault.ReadFails, Stage.Activation),
        new(Fault.ReadFails, Stage.HistoryRead),
        new(Fault.ReadFails, Stage.Recovery),
        new(Fault.Duplicate, Stage.Delivery),
        new(Fault.Duplicate, Stage.BeforeRemoval),
        new(Fault.Duplicate, Stage.WakeUpDue),
        new(Fault.Overtaken, Stage.Delivery),
        new(Fault.Overtaken, Stage.ClientSends),
        new(Fault.LostReply, Stage.AfterCommit),
        new(Fault.Resend, Stage.ClientSends),
        new(Fault.SubscriberDies, Stage.SubscriberReads),
        new(Fault.Evict, Stage.AfterFold),
        new(Fault.Evict, Stage.AfterReply),
        new(Fault.ClockBack, Stage.Recovery),
    ];

    private readonly List<(FaultCell Cell, int Nth)> _planned = [];
    private readonly int[] _passed = new int[Enum.GetValues<Stage>().Length];

    /// <summary>No fault.</summary>
    public static FaultPlan None => new();

    /// <summary>What struck, in order.</summary>
    public List<FaultCell> Struck { get; } = [];

    /// <summary>Draws 4 to 8 faults. A fault in recovery brings the crash that leads there.</summary>
    public static FaultPlan Draw(SeededDraws draws)
    {
        var plan = new FaultPlan();
        var restarts = 0;
        for (var left = draws.Between(4, 8); left > 0; left--)
        {
            var cell = Cells[draws.Below(Cells.Count)];
            var nth = draws.Between(1, Often(cell.Stage));
            if (cell.Stage == Stage.Recovery)
            {
                plan._planned.Add((new FaultCell(Fault.Crash, Stage.BeforeFold), draws.Between(1, 100)));
                nth = ++restarts;
            }
            plan._planned.Add((cell, nth));
        }
        return plan;
    }

    /// <summary>Has the disk full at the next commit.</summary>
    public void FailNextCommit()
    {
        var next = _passed[(int)Stage.DuringCommit] + 1;
        _planned.Add((new FaultCell(Fault.FullDisk, Stage.DuringCommit), next));
    }

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

    private static int Often(Stage stage) => stage switch
    {
        Stage.WakeUpDue or Stage.HistoryRead => 8,
        Stage.Delivery or Stage.BeforeRemoval or Stage.Activation or Stage.SubscriberReads => 15,
        _ => 60,
    };
}

/// <summary>Thrown through a simulated process to end it.</summary>
internal sealed class CrashedException(string where) : Exception($"The process crashed: {where}.");
