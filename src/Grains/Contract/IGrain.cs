using System.Buffers;
using DToC.Twin;
using DToC.Twin.Plan;

namespace DToC.Grains;

/// <summary>A state owned by one turn at a time and changed in place by it.</summary>
public abstract class GrainState
{
    /// <summary>Turns that changed this state, ever. Never goes back.</summary>
    public long Version { get; set; }

    /// <summary>Effects this grain has sent, ever; the last one's sequence.</summary>
    public long EffectSequence { get; set; }
}

/// <summary>
/// A virtual actor as a plain deterministic class. An instance belongs to one partition and may keep scratch
/// memory, but nothing it answers may depend on earlier turns other than through the state.
/// </summary>
public interface IGrain
{
    /// <summary>The kind it handles.</summary>
    GrainKind Kind { get; }

    /// <summary>The state of a key that was never written.</summary>
    GrainState Create(GrainKey key, TwinPlan plan);

    /// <summary>
    /// Reads a stored state; one written under another definition is migrated by name with the plan it was
    /// written under.
    /// </summary>
    /// <exception cref="InvalidDataException">The bytes are not a state this build can read.</exception>
    GrainState Decode(GrainKey key, ReadOnlySpan<byte> stored, PlanCatalog plans);

    /// <summary>
    /// Takes back a state it created or decoded, which the host will not use again: its memory may serve for the next
    /// one decoded. So nothing a turn answers may refer to its state. A host need not give states back.
    /// </summary>
    void Release(GrainState state)
    {
    }

    /// <summary>Writes a state.</summary>
    void Encode(GrainState state, IBufferWriter<byte> output);

    /// <summary>Writes a message to this kind, for <see cref="Effect.Send"/>; to most kinds none travels so.</summary>
    /// <exception cref="ArgumentException">A message of this case does not travel as an effect.</exception>
    void EncodeMessage(GrainMessage message, IBufferWriter<byte> output) =>
        throw new ArgumentException($"{message.GetType().Name} does not travel as an effect.", nameof(message));

    /// <summary>Reads a message to this kind.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a message this build can read.</exception>
    GrainMessage DecodeMessage(ReadOnlySpan<byte> stored) =>
        throw new InvalidDataException($"No message to a grain of {Kind} travels as an effect.");

    /// <summary>
    /// Whether a row of a table of this kind holds something of a subject: then it goes with the subject.
    /// </summary>
    bool Concerns(GrainRow row, DataSubject subject) => false;

    /// <summary>
    /// Where a message goes, and as what, when the key it came to was erased (<see cref="ITwinHost.EraseAsync"/>) and
    /// somebody waits for what it would have done; null for one that is answered with
    /// <see cref="Reply.Erased"/> and ends there.
    /// </summary>
    Letter? SendBack(GrainMessage message) => null;

    /// <summary>
    /// Bytes of which at least one stands in the value of every row that concerns a subject, so that a host need not
    /// read the others; null when a row must be read to tell.
    /// </summary>
    IReadOnlyList<byte[]>? TracesOf(DataSubject subject) => null;

    /// <summary>
    /// One turn: a function of its arguments. It may change <see cref="Turn.State"/> in place, but not when it
    /// answers <see cref="TurnResult.NeedsHistory"/> or <see cref="TurnResult.MovedTo"/>.
    /// </summary>
    TurnResult Handle(GrainMessage message, Turn turn);
}

/// <summary>All a turn may know.</summary>
public sealed record Turn
{
    /// <summary>Whose turn.</summary>
    public required GrainKey Key { get; init; }

    /// <summary>The time of this turn; never earlier than that of the key's turn before.</summary>
    public required Instant Now { get; init; }

    /// <summary>The only source of chance.</summary>
    public required ulong Seed { get; init; }

    /// <summary>
    /// What happened before it is not taken: the key was erased then, and let in again. <see cref="Instant.Never"/> of
    /// all others.
    /// </summary>
    public Instant Since { get; init; } = Instant.Never;

    /// <summary>
    /// Whatever a key numbers begins above it: those below were used before it was erased. Its host sees to it that the
    /// numbers of <see cref="State"/> do.
    /// </summary>
    public long Floor { get; init; }

    /// <summary>The state, owned by this turn.</summary>
    public required GrainState State { get; init; }

    /// <summary>The grain's rows as of the turn before.</summary>
    public required IRowReader Rows { get; init; }

    /// <summary>Shares of what is shared, held by this partition.</summary>
    public required Leases Leases { get; init; }

    /// <summary>The definitions known; stored states and journal entries may name older ones.</summary>
    public required PlanCatalog Plans { get; init; }

    /// <summary>The compiled definition with its models, as current.</summary>
    public TwinPlan Plan => Plans.Current;

    /// <summary>Present when the turn is run again after <see cref="TurnResult.NeedsHistory"/>.</summary>
    public History? History { get; init; }
}

/// <summary>The rows of a table grain, as the turn before left them.</summary>
public interface IRowReader
{
    /// <summary>The value of a row, or null.</summary>
    ReadOnlyMemory<byte>? Find(string row);

    /// <summary>
    /// Rows from <paramref name="from"/> (inclusive, ordinal order), at most <paramref name="limit"/>.
    /// </summary>
    IReadOnlyList<GrainRow> Range(string from, int limit);
}

/// <summary>A row of a table grain. Its name has 1 to 512 UTF-8 bytes.</summary>
public readonly record struct GrainRow(string Row, ReadOnlyMemory<byte> Value);

/// <summary>The journals asked for, in the order of recording.</summary>
/// <param name="Entries">
/// All entries that are kept, uncommitted ones of the turns before included. A checkpoint stands where it was
/// recorded; entries recorded before it may have occurred after the moment it holds.
/// </param>
public sealed record History(IReadOnlyList<JournalEntry> Entries)
{
    /// <summary>
    /// Whose journal each entry stands in, place by place. May be empty when one key was asked for: all are its own.
    /// </summary>
    public IReadOnlyList<GrainKey> Owners { get; init; } = [];

    /// <summary>
    /// Entries of several journals, put into the order of recording; those of one moment stay in theirs.
    /// </summary>
    public static History InOrder(IEnumerable<(JournalEntry Entry, GrainKey Owner)> rows)
    {
        List<(JournalEntry Entry, GrainKey Owner)> ordered = [.. rows.OrderBy(static row => row.Entry.RecordedAt)];
        return new History(ordered.ConvertAll(static row => row.Entry))
        {
            Owners = ordered.ConvertAll(static row => row.Owner),
        };
    }
}

/// <summary>What a turn gave.</summary>
public abstract record TurnResult
{
    private TurnResult()
    {
    }

    /// <summary>The turn cannot be run without the journal of these keys; nothing was changed.</summary>
    public sealed record NeedsHistory(IReadOnlyList<GrainKey> Keys) : TurnResult;

    /// <summary>The grain was merged into another; the host takes the message there, at most 4 hops.</summary>
    public sealed record MovedTo(GrainKey Key) : TurnResult
    {
        /// <summary>What the host takes there in place of the message it has; null for that one.</summary>
        public GrainMessage? Message { get; init; }
    }

    /// <summary>The turn's outcome, committed as one.</summary>
    public sealed record Outcome(Reply Reply) : TurnResult
    {
        /// <summary>False when nothing was changed and nothing needs to be committed.</summary>
        public bool Changed { get; init; } = true;

        /// <summary>Rows to write or, with no value, to remove.</summary>
        public IReadOnlyList<RowChange> Rows { get; init; } = [];

        /// <summary>
        /// What stands in the key's journal from now on in place of all that stood there: entries of its own history,
        /// as they were or changed, in their order; null leaves the journal. What is not among them is removed in
        /// the same commit.
        /// </summary>
        public IReadOnlyList<JournalEntry>? Rewritten { get; init; }

        /// <summary>Entries to append to the key's journal, in this order.</summary>
        public IReadOnlyList<JournalEntry> Journal { get; init; } = [];

        /// <summary>Effects to carry out after the commit, in this order.</summary>
        public IReadOnlyList<Effect> Effects { get; init; } = [];

        /// <summary>What was spent of the leases.</summary>
        public IReadOnlyList<LeaseSpend> Spent { get; init; } = [];
    }
}

/// <summary>A row written (value) or removed (null).</summary>
public readonly record struct RowChange(string Row, ReadOnlyMemory<byte>? Value);
