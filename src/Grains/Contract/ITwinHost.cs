using DToC.Twin;
using DToC.Twin.Plan;

namespace DToC.Grains;

/// <summary>
/// A host: gives messages to grains one turn at a time for one key, commits state, rows, journal and effects as
/// one before the reply, delivers effects at least once in order per sender, and wakes up who asked for it.
/// </summary>
public interface ITwinHost : ITwinStore
{
    /// <summary>The definitions known, the current one among them.</summary>
    PlanCatalog Plans { get; }

    /// <summary>
    /// Sends a message and returns the reply once the turn is durable. <see cref="Reply.Busy"/>,
    /// <see cref="Reply.Unavailable"/> and <see cref="Reply.Failed"/> are answers, not exceptions.
    /// <see cref="TurnResult.MovedTo"/> is followed. An answer that rests on a state not yet committed, a move
    /// or a reply of a turn that changed nothing among them, waits for that commit.
    /// </summary>
    ValueTask<Reply> SendAsync(GrainKey key, GrainMessage message, CancellationToken cancellation);

    /// <summary>
    /// Sends several messages, each as <see cref="SendAsync"/> does and none waiting for another; the replies come
    /// together, in the order of the messages, once the last is there.
    /// </summary>
    async ValueTask<Reply[]> SendAllAsync(IReadOnlyList<Letter> letters, CancellationToken cancellation)
    {
        var sent = new ValueTask<Reply>[letters.Count];
        for (var i = 0; i < sent.Length; i++) sent[i] = SendAsync(letters[i].To, letters[i].Message, cancellation);
        var replies = new Reply[sent.Length];
        for (var i = 0; i < sent.Length; i++) replies[i] = await sent[i];
        return replies;
    }

    /// <summary>Committed rows of a table grain from <paramref name="from"/> on, in ordinal order.</summary>
    ValueTask<IReadOnlyList<GrainRow>> ReadRowsAsync(
        GrainKey key, string from, int limit, CancellationToken cancellation);

    /// <summary>
    /// The tallies of all segments. What a turn did to them shows from the moment it is acknowledged; what is not
    /// committed never does.
    /// </summary>
    ValueTask<SegmentsReading> ReadSegmentsAsync(CancellationToken cancellation);

    /// <summary>
    /// Published effects of a topic after a cursor, then live, until cancelled. In order per sender; at least once.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="cursor">Opaque; null for from now on,
    /// <see cref="Published.Beginning"/> for all that is kept.</param>
    /// <param name="cancellation">Ends the subscription.</param>
    /// <exception cref="FormatException">The cursor is not one of this host's.</exception>
    IAsyncEnumerable<Published> SubscribeAsync(Topic topic, string? cursor, CancellationToken cancellation);

    /// <summary>
    /// Makes a definition current, durably. States written under others are migrated when next touched, and
    /// refolded in the background where that needs history.
    /// </summary>
    ValueTask ReplaceDefinitionAsync(TwinPlan plan, CancellationToken cancellation);

    /// <summary>
    /// All that is kept of a subject: what <see cref="EraseAsync"/> would remove now, record by record.
    /// </summary>
    IAsyncEnumerable<KeptRecord> ReadKeptAsync(DataSubject subject, CancellationToken cancellation);

    /// <summary>
    /// Erases a subject. From the moment this is durable its keys (<see cref="DataSubject.Closed"/>) take no message:
    /// the answer is <see cref="Reply.Erased"/>. Whoever turns out to be one with the subject by what turns decided
    /// before is closed too, and what it has sent to others arrives (<see cref="SubjectReach"/>); what would have been
    /// merged into it later goes back (<see cref="IGrain.SendBack"/>). Then all that <see cref="ReadKeptAsync"/>
    /// gives is removed, from caches too and from unused parts of files, and <see cref="ErasuresGrain"/> is told.
    /// What a host that stops has begun it completes when it starts again.
    /// </summary>
    /// <param name="subject">Who.</param>
    /// <param name="by">Who asks: the name of an API key or program.</param>
    /// <param name="cancellation">Gives up waiting; the erasure itself goes on.</param>
    /// <exception cref="HostStoreException">It could not be completed now; it goes on later.</exception>
    ValueTask<ErasureReceipt> EraseAsync(DataSubject subject, string by, CancellationToken cancellation);

    /// <summary>Whether a key was erased, or is being erased, and was not let in again.</summary>
    bool IsErased(GrainKey key) => ErasedUntil(key) == Instant.Forever;

    /// <summary>
    /// What of a key is erased: all that happened before this. <see cref="Instant.Never"/> of one that never was
    /// erased, <see cref="Instant.Forever"/> of one that takes no message.
    /// </summary>
    Instant ErasedUntil(GrainKey key);

    /// <summary>
    /// Lets those in again whom a completed erasure closed out: their ids, and what their identifiers would begin. From
    /// the moment this is durable their turns are given <see cref="Turn.Since"/>. Done once, it stays as it was done.
    /// </summary>
    /// <param name="token">The erasure's, from its receipt.</param>
    /// <param name="since">What happened before it is not taken; null for now.</param>
    /// <param name="by">Who asks: the name of an API key or program.</param>
    /// <param name="cancellation">Gives up before anything is done.</param>
    /// <exception cref="HostStoreException">Nothing was done.</exception>
    ValueTask<ReadmissionAnswer> ReadmitAsync(
        string token, Instant? since, string by, CancellationToken cancellation);

    /// <summary>Whether and how those of an erasure were let in again; null when not.</summary>
    ValueTask<Readmission?> FindReadmissionAsync(string token, CancellationToken cancellation);

    /// <summary>Keys of a kind in ordinal order after <paramref name="after"/> (exclusive), at most so many.</summary>
    ValueTask<IReadOnlyList<GrainKey>> ListAsync(
        GrainKind kind, string after, int limit, CancellationToken cancellation);

    /// <summary>
    /// The committed states of all grains of a kind, page after page, in an order of the host's own: every key that was
    /// there when it began and was not erased since exactly once, each with a state that was committed when its page
    /// was read. Nothing is held between two pages, so turns and commits do not wait and no memory but a page's is
    /// taken; who reads for a long time asks for pages as slowly as it likes.
    /// </summary>
    /// <param name="kind">The kind.</param>
    /// <param name="cursor">Goes on behind the page that gave it, in another process too; null for the
    /// beginning.</param>
    /// <param name="pageSize">Most states of a page, 1 to <see cref="StatePage.MostStates"/>.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="FormatException">The cursor is not one of this host's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The page size is outside its range.</exception>
    /// <exception cref="HostStoreException">A state could not be read.</exception>
    IAsyncEnumerable<StatePage> ReadAllAsync(
        GrainKind kind, string? cursor, int pageSize, CancellationToken cancellation);

    /// <summary>What operators watch.</summary>
    HostStatus Status();
}

/// <summary>A committed state as stored.</summary>
/// <param name="Bytes">For the grain's <see cref="IGrain.Decode"/>.</param>
/// <param name="Version">The state's version, which never goes back.</param>
public sealed record StoredState(ReadOnlyMemory<byte> Bytes, long Version);

/// <summary>A published effect as a subscriber gets it.</summary>
/// <param name="Id">Stable: the same when delivered again.</param>
/// <param name="Cursor">Resume after this one with it.</param>
/// <param name="Payload">As in <see cref="Effect.Publish"/>.</param>
public sealed record Published(EffectId Id, string Cursor, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The cursor before everything that is kept.</summary>
    public const string Beginning = "0";
}

/// <summary>Figures of a host at a moment. Counters run from the start of the process.</summary>
public sealed record HostStatus
{
    /// <summary>True while messages are taken and can be made durable.</summary>
    public required bool Ready { get; init; }

    /// <summary>Why not ready, or null.</summary>
    public string? Problem { get; init; }

    /// <summary>The disk; null of a host that stores elsewhere.</summary>
    public DiskStatus? Disk { get; init; }

    /// <summary>One entry a partition.</summary>
    public required IReadOnlyList<PartitionStatus> Partitions { get; init; }

    /// <summary>Subscriptions now, the one furthest behind first, at most <see cref="MaxListed"/>.</summary>
    public IReadOnlyList<SubscriberStatus> Subscribers { get; init; } = [];

    /// <summary>The processes that run the partitions.</summary>
    public IReadOnlyList<ProcessStatus> Processes { get; init; } = [];

    /// <summary>Most entries of a list in this status.</summary>
    public const int MaxListed = 64;
}

/// <summary>Figures of one partition.</summary>
public sealed record PartitionStatus
{
    /// <summary>Number of the partition, from 0.</summary>
    public required int Partition { get; init; }

    /// <summary>Grains in memory by kind.</summary>
    public required IReadOnlyDictionary<GrainKind, int> Activations { get; init; }

    /// <summary>Bytes of the states in memory.</summary>
    public required long ResidentBytes { get; init; }

    /// <summary>Messages waiting.</summary>
    public required int MailboxLength { get; init; }

    /// <summary>Turns run.</summary>
    public required long Turns { get; init; }

    /// <summary>Commits made.</summary>
    public required long Commits { get; init; }

    /// <summary>Commits that failed.</summary>
    public required long FailedCommits { get; init; }

    /// <summary>Grains put out of memory.</summary>
    public required long Evictions { get; init; }

    /// <summary>Journal entries written.</summary>
    public required long JournalEntries { get; init; }

    /// <summary>Effects waiting to be delivered to other grains.</summary>
    public required long PendingEffects { get; init; }

    /// <summary>Grains read or created into memory.</summary>
    public long Activated { get; init; }

    /// <summary>Turns that threw: of messages from outside, and of the host's own.</summary>
    public long FailedTurns { get; init; }

    /// <summary>Time of turns: from taking a message to having its outcome, without the commit.</summary>
    public DurationCounts TurnDurations { get; init; } = DurationCounts.None;

    /// <summary>Time of commits that were made.</summary>
    public DurationCounts CommitDurations { get; init; } = DurationCounts.None;

    /// <summary>Time of messages from outside, from being taken to being answered.</summary>
    public DurationCounts AnswerDurations { get; init; } = DurationCounts.None;

    /// <summary>Answers to messages from outside.</summary>
    public AnswerCounts Answers { get; init; }

    /// <summary>Customers with the most turns in the last minute, the hottest first; a short list.</summary>
    public IReadOnlyList<HotKey> Hottest { get; init; } = [];

    /// <summary>The slowest turns of the last minutes, the slowest first; a short list.</summary>
    public IReadOnlyList<SlowTurn> Slowest { get; init; } = [];

    /// <summary>Bytes of the partition's file.</summary>
    public long FileBytes { get; init; }

    /// <summary>Bytes of its write-ahead log.</summary>
    public long LogBytes { get; init; }
}
