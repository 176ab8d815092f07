using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Plan;

namespace DToC.Conformance;

/// <summary>
/// What a schedule runs: grains, clients with scripts drawn from a seed, and what must be true at the end.
/// </summary>
public abstract class Workload
{
    /// <summary>So many seeds in a row share a script.</summary>
    public virtual int SeedsOfScript => 20;

    /// <summary>Faults with the stages where they can strike.</summary>
    public virtual IReadOnlyList<FaultCell> Cells => FaultPlan.Cells;

    /// <summary>The grains.</summary>
    public abstract GrainCatalog Grains { get; }

    /// <summary>The definition at the start.</summary>
    public abstract TwinPlan Plan { get; }

    /// <summary>The topic whose published effects are followed.</summary>
    public abstract Topic Topic { get; }

    /// <summary>Leases handed out at the start, by resource.</summary>
    public abstract IReadOnlyDictionary<string, long> Leases { get; }

    /// <summary>Makes a definition of its stored source.</summary>
    public abstract TwinPlan ReadPlan(ReadOnlyMemory<byte> source);

    /// <summary>The scripts of a seed. They may not depend on anything else.</summary>
    public abstract Script Draw(ulong seed);

    /// <summary>
    /// The verdict on the end of a schedule, given the end of the same script without faults. Lost, repeated or
    /// changed work must show here.
    /// </summary>
    public abstract Verdict Judge(Script script, ScheduleEnd end, ScheduleEnd faultless);
}

/// <summary>What a workload says of the end of a schedule.</summary>
/// <param name="Problems">What is wrong with it, one sentence each.</param>
/// <param name="Reached">
/// How often it reached what the workload is there for; over many schedules each must have been reached.
/// </param>
public sealed record Verdict(IReadOnlyList<string> Problems, IReadOnlyList<(string What, long Times)> Reached);

/// <summary>
/// What the clients of one run do. Each sends its messages one after the other, until each is answered.
/// </summary>
/// <param name="Clients">The messages of each client.</param>
/// <param name="Keys">All keys that are looked at in the end.</param>
/// <param name="Replacement">A definition to make current in the middle of the run, or null.</param>
/// <param name="WakeUpsUntil">Wake-ups asked for up to this moment must have come in the end.</param>
public sealed record Script(
    IReadOnlyList<IReadOnlyList<ScriptStep>> Clients, IReadOnlyList<GrainKey> Keys, TwinPlan? Replacement,
    Instant WakeUpsUntil)
{
    /// <summary>Messages of all clients.</summary>
    public int Messages => Clients.Sum(c => c.Count);
}

/// <summary>A message of a client.</summary>
/// <param name="To">To whom.</param>
/// <param name="Message">What.</param>
/// <param name="MayFail">True for a poisoned message: only it may be answered with failed.</param>
public sealed record ScriptStep(GrainKey To, GrainMessage Message, bool MayFail = false);

/// <summary>Everything to be seen of a run once it is quiet.</summary>
public sealed record ScheduleEnd
{
    /// <summary>Committed states.</summary>
    public required IReadOnlyDictionary<GrainKey, StoredState?> States { get; init; }

    /// <summary>Committed rows.</summary>
    public required IReadOnlyDictionary<GrainKey, IReadOnlyList<GrainRow>> Rows { get; init; }

    /// <summary>Committed journals.</summary>
    public required IReadOnlyDictionary<GrainKey, IReadOnlyList<JournalEntry>> Journals { get; init; }

    /// <summary>Journals with what was removed from them; the other entries are the same objects.</summary>
    public required IReadOnlyDictionary<GrainKey, IReadOnlyList<JournalEntry>> WholeJournals { get; init; }

    /// <summary>Entries of <see cref="WholeJournals"/> that turns forgot.</summary>
    public required IReadOnlyDictionary<GrainKey, IReadOnlySet<JournalEntry>> Forgotten { get; init; }

    /// <summary>Published effects as the subscriber got them, each once.</summary>
    public required IReadOnlyList<Published> Published { get; init; }

    /// <summary>The reply that ended each step, by client and number.</summary>
    public required IReadOnlyList<IReadOnlyList<Reply>> Replies { get; init; }

    /// <summary>
    /// Of each reply, the steps of the run in which its message was sent the last time, and in which it came.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<(long Sent, long Answered)>> Times { get; init; } = [];

    /// <summary>Erasures that were begun, in their order.</summary>
    internal IReadOnlyList<SeenErasure> Erasures { get; init; } = [];

    /// <summary>When each customer id that was erased was closed, in steps of the run.</summary>
    public IReadOnlyDictionary<string, long> ClosedAt { get; init; } =
        new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Journals that went with an erasure, as they were then.</summary>
    public IReadOnlyDictionary<GrainKey, IReadOnlyList<JournalEntry>> ErasedJournals { get; init; } =
        new Dictionary<GrainKey, IReadOnlyList<JournalEntry>>();

    /// <summary>What there is of those.</summary>
    public IReadOnlyList<KeptRecord> KeptOfErased { get; init; } = [];

    /// <summary>The tallies of segments.</summary>
    public required SegmentsReading Segments { get; init; }

    /// <summary>Whether a key was erased.</summary>
    public bool IsErased(GrainKey key) => key.Kind == GrainKind.Customer && ClosedAt.ContainsKey(key.Id);

    /// <summary>What is left of each lease.</summary>
    public required IReadOnlyDictionary<string, long> Left { get; init; }
}
