using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Plan;

namespace DToC.Conformance;

/// <summary>How a simulated host is set up.</summary>
public sealed record SimulatedOptions
{
    /// <summary>Draws everything that is left to chance.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Grains it runs.</summary>
    public required GrainCatalog Grains { get; init; }

    /// <summary>The definition in force on an empty disk.</summary>
    public required TwinPlan Plan { get; init; }

    /// <summary>Makes a definition of its stored source.</summary>
    public required Func<ReadOnlyMemory<byte>, TwinPlan> ReadPlan { get; init; }

    /// <summary>Amounts by resource on an empty disk, shared out evenly among the partitions.</summary>
    public IReadOnlyDictionary<string, long> Leases { get; init; } =
        new SortedDictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Partitions; at least 1.</summary>
    public int Partitions { get; init; } = 2;

    /// <summary>Messages that wait in a partition before it answers busy.</summary>
    public int MailboxLimit { get; init; } = 12;

    /// <summary>True to keep a readable trace.</summary>
    public bool Traced { get; init; }

    /// <summary>What strikes, and when.</summary>
    internal FaultPlan Faults { get; init; } = FaultPlan.None;

    /// <summary>A promise the host breaks on purpose.</summary>
    internal Sabotage Sabotage { get; init; }
}

/// <summary>Promises a simulated host can be told to break, to prove that the checks notice.</summary>
internal enum Sabotage
{
    /// <summary>None.</summary>
    None,

    /// <summary>Replies after the turn, before its commit.</summary>
    AcknowledgesBeforeCommit,

    /// <summary>Loses one effect in twenty.</summary>
    DropsEffects,

    /// <summary>Does not look for undelivered effects when it starts.</summary>
    SkipsRedelivery,

    /// <summary>Shows states that are not committed.</summary>
    ServesUncommittedReads,

    /// <summary>Takes what it finds of a torn transaction for a whole one.</summary>
    TrustsTornWrites,

    /// <summary>Writes journals anew without removing what stood there.</summary>
    KeepsForgotten,

    /// <summary>Erases customers, and leaves in the outbox what they have sent.</summary>
    ForgetsPendingSends,

    /// <summary>Does not remember identifiers of whom it erased.</summary>
    ForgetsIdentifiers,

    /// <summary>Does not go on with the erasures that a crash interrupted.</summary>
    ForgetsOpenErasures,

    /// <summary>Erases whom it was told, and does not look for merges and splits under way.</summary>
    ErasesAtOnce,

    /// <summary>Answers a customer's move into one who was erased like any other message.</summary>
    StrandsMovers,
}

/// <summary>What outlives a simulated process: disk, clock, chance, faults, trace.</summary>
internal sealed class SimulatedWorld(SimulatedOptions options)
{
    public SimulatedOptions Options { get; } = options;

    public SimulatedDisk Disk { get; } = new();

    public SeededDraws Draws { get; } = new(options.Seed);

    public FaultPlan Faults { get; } = options.Faults;

    public List<string>? Trace { get; } = options.Traced ? [] : null;

    public Instant Clock { get; set; } = SimulatedHost.Start;

    /// <summary>
    /// Journal entries that retention removed or tried to, by key and name on the disk: a judge knows all that was
    /// ever recorded.
    /// </summary>
    public Dictionary<GrainKey, SortedList<string, byte[]>> Expired { get; } = [];

    /// <summary>Erasures that were begun, in their order: for judges.</summary>
    public List<SeenErasure> Erasures { get; } = [];

    /// <summary>
    /// Journals that erasures removed, or tried to: what they said of the others, who were merged with the erased once,
    /// a judge has to know.
    /// </summary>
    public Dictionary<GrainKey, SortedList<string, JournalEntry>> ErasedJournals { get; } = [];

    /// <summary>When each customer id was first closed, in steps.</summary>
    public Dictionary<string, long> ClosedAt { get; } = new(StringComparer.Ordinal);

    /// <summary>Steps taken.</summary>
    public long Steps { get; set; }

    /// <summary>Turns run: part of each turn's seed.</summary>
    public ulong Turns { get; set; }

    /// <summary>Commits of turns, over all processes.</summary>
    public long Commits { get; set; }

    /// <summary>Times that work in memory was thrown away: crashes and failed commits.</summary>
    public int Discards { get; set; }

    /// <summary>Wake-ups that were waiting when a process crashed.</summary>
    public int WakesOverCrash { get; set; }

    /// <summary>The disk is full before this step.</summary>
    public long FullUntil { get; private set; }

    public void Note(string line) =>
        Trace?.Add($"{Steps,6} {Clock.UnixMs - SimulatedHost.Start.UnixMs,8} {line}");

    /// <summary>Notes an erasure as it stands.</summary>
    public void See(SimulatedErasure erasure)
    {
        foreach (var id in erasure.Subject.Closed) ClosedAt.TryAdd(id, Steps);
        var place = Erasures.FindIndex(seen => seen.Name == erasure.Name);
        if (place < 0)
            Erasures.Add(new SeenErasure(erasure.Name, erasure.By, Steps) { Subject = erasure.Subject });
        else Erasures[place] = Erasures[place] with { Subject = erasure.Subject };
    }

    /// <summary>The fault that strikes at a stage, after a crash has been thrown.</summary>
    public Fault? Pass(Stage stage)
    {
        var fault = Faults.Pass(stage);
        if (fault is not null && Trace is not null) Note($"*** {fault} at {stage}");
        return fault == Fault.Crash && !FaultPlan.IsWrite(stage)
            ? throw new CrashedException(stage.ToString())
            : fault;
    }

    /// <summary>
    /// Commits a transaction at its stage, where the process may die before, in and after it, and the disk be full
    /// once or for a while. False when nothing was written.
    /// </summary>
    /// <param name="fault">What <see cref="Pass"/> gave for the stage.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="changes">The transaction.</param>
    public bool Write(Fault? fault, Stage stage, IReadOnlyCollection<KeyValuePair<string, byte[]?>> changes)
    {
        switch (fault)
        {
            case Fault.FullDisk:
                return false;
            case Fault.StaysFull:
                FullUntil = Steps + Draws.Between(20, 200);
                return false;
            case Fault.TornWrite:
                Disk.Tear(changes, Draws);
                throw new CrashedException($"with a part of the transaction of {stage} on the disk");
            case Fault.Crash:
                var whole = Draws.Percent(50);
                if (whole) Disk.Commit(changes);
                throw new CrashedException($"{(whole ? "after the last byte" : "in the middle")} of {stage}");
        }
        if (Steps < FullUntil) return false;
        Disk.Commit(changes);
        return true;
    }
}
