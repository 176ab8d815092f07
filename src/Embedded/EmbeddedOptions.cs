using System.Runtime.InteropServices;
using DToC.Embedded.Sealing;
using DToC.Grains;
using DToC.Twin.Plan;

namespace DToC.Embedded;

/// <summary>How an embedded host runs. Every limit of the host stands here under its name.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>Folder of the database files; created when it does not exist.</summary>
    public required string DataFolder { get; init; }

    /// <summary>
    /// Folder of the vault: secrets and the ledger of erasures, which no backup holds. Null for the folder
    /// <c>vault</c> in the data folder; better on another volume.
    /// </summary>
    public string? VaultFolder { get; init; }

    /// <summary>
    /// The master key: with one, all that is written of a customer is sealed with a key of the customer's own, which
    /// the vault keeps under it. Null for none; a folder that was ever opened with one is not opened without.
    /// </summary>
    public MasterKey? MasterKey { get; init; }

    /// <summary>
    /// The master key before this one: at start every key in the vault is wrapped anew under <see cref="MasterKey"/>,
    /// unless that was done before. Null for no change.
    /// </summary>
    public MasterKey? FormerMasterKey { get; init; }

    /// <summary>
    /// Customers' keys that are kept ready for use, about 1.5 KB each; at least 1.
    /// </summary>
    public int KeyHandles { get; init; } = 32_768;

    /// <summary>
    /// Customers' keys that are kept in memory, 40 bytes each, taken as they are needed; at least 1. Any other is read
    /// from the vault when it is needed.
    /// </summary>
    public int KeysInMemory { get; init; } = 2 << 20;

    /// <summary>The kinds of grain the host runs.</summary>
    public required GrainCatalog Catalog { get; init; }

    /// <summary>
    /// The definition in force in a new folder; one that has a current definition keeps it.
    /// </summary>
    public required TwinPlan InitialPlan { get; init; }

    /// <summary>
    /// Compiles a stored definition source. Called at start for every definition kept in the folder.
    /// </summary>
    public required Func<ReadOnlyMemory<byte>, TwinPlan> LoadPlan { get; init; }

    /// <summary>
    /// Partitions of a new folder, 1 to 256: database files, each with a turn loop of its own. An existing
    /// folder keeps the number it was created with.
    /// </summary>
    public int Partitions { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 256);

    /// <summary>The clock of turns, wake-ups and upkeep.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where a turn's seed comes from. Called from several threads.</summary>
    public Func<ulong> SeedSource { get; init; } = RandomSeed;

    /// <summary>
    /// Messages a partition has taken and not yet answered; at least 1. Beyond it senders wait.
    /// </summary>
    public int MailboxCapacity { get; init; } = 16_384;

    /// <summary>
    /// Messages for one grain that a partition has taken and not yet answered; at least 1. Beyond it senders are told
    /// to come back, and those of other grains are not.
    /// </summary>
    public int MessagesPerGrain { get; init; } = 4_096;

    /// <summary>
    /// Of <see cref="MailboxCapacity"/>, how many are kept for messages sent alone: a decision, a consent, an event.
    /// At most half are.
    /// </summary>
    public int RequestReserve { get; init; } = 2_048;

    /// <summary>How long a sender waits for room in a full mailbox before it is told to come back.</summary>
    public TimeSpan AdmissionWait { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>When a sender that was told <see cref="Reply.Busy"/> should come back.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Messages folded into one commit; at least 1.</summary>
    public int BatchLimit { get; init; } = 2_000;

    /// <summary>
    /// Bytes of states in memory, all partitions together; beyond it the coldest are put out. Unless given a quarter of
    /// what this process may use, at least 256 MiB: an event whose twin is not in memory costs a page read from disk.
    /// </summary>
    public long MemoryLimitBytes { get; init; } =
        Math.Max(256L << 20, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);

    /// <summary>Entries a turn may be given as history.</summary>
    public int HistoryLimit { get; init; } = 1_000_000;

    /// <summary>How long a published effect is kept for subscribers.</summary>
    public TimeSpan OutboxRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Published effects a subscriber holds in memory for each partition.</summary>
    public int SubscriberPage { get; init; } = 256;

    /// <summary>Effects to other grains that a partition holds in memory; the others wait on disk.</summary>
    public int SendWindow { get; init; } = 1_024;

    /// <summary>
    /// Effects to other grains that wait on disk before a partition answers new messages with Busy.
    /// </summary>
    public long SendBacklogLimit { get; init; } = 200_000;

    /// <summary>Wake-ups of a partition that are on their way at one time.</summary>
    public int WakeWindow { get; init; } = 256;

    /// <summary>
    /// Effects and wake-ups that a grain failed on and that are set aside until the next start.
    /// </summary>
    public int SetAsideLimit { get; init; } = 10_000;

    /// <summary>Delay before something that was refused inside the host is tried again.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Time between two steps of upkeep: retention, pruning, a probe after a failed commit.
    /// </summary>
    public TimeSpan UpkeepInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Journal rows one step of the retention sweep looks at, and outbox rows one step removes.
    /// </summary>
    public int SweepRows { get; init; } = 5_000;

    /// <summary>Grains that checkpoint or refold for upkeep at one time, for each partition.</summary>
    public int UpkeepWindow { get; init; } = 32;

    /// <summary>Read connections of a partition; a read beyond them waits for one.</summary>
    public int ReadersPerPartition { get; init; } = 4;

    /// <summary>Page cache of a partition's writer.</summary>
    public int CacheBytesPerPartition { get; init; } = 64 << 20;

    /// <summary>Pages of 4 KiB in the write-ahead log before they are moved into the database file.</summary>
    public int CheckpointPages { get; init; } = 16_384;

    /// <summary>
    /// How long a commit waits for another process that holds a file, for example a backup.
    /// </summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Free bytes on the volume below which the host warns that it will be full; 0 for never.
    /// </summary>
    public long DiskLowBytes { get; init; } = 1L << 30;

    /// <summary>Time spent at start on checking the pages of a file that was not closed properly.</summary>
    public TimeSpan CheckLimit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest time the messages taken may need to be answered when the host stops.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Refuses options that cannot work.</summary>
    /// <exception cref="ArgumentException">Names the option, its value and what it may be.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(DataFolder))
            throw new ArgumentException("DataFolder is empty; name a folder.", paramName: null);
        AtLeast(nameof(Partitions), Partitions, 1, 256);
        AtLeast(nameof(KeyHandles), KeyHandles, 1, 10_000_000);
        AtLeast(nameof(KeysInMemory), KeysInMemory, 1, 1 << 28);
        AtLeast(nameof(MailboxCapacity), MailboxCapacity, 1, 10_000_000);
        AtLeast(nameof(MessagesPerGrain), MessagesPerGrain, 1, 10_000_000);
        AtLeast(nameof(RequestReserve), RequestReserve, 0, 10_000_000);
        AtLeast(nameof(BatchLimit), BatchLimit, 1, 1_000_000);
        AtLeast(nameof(MemoryLimitBytes), MemoryLimitBytes, 1, long.MaxValue);
        AtLeast(nameof(HistoryLimit), HistoryLimit, 1, int.MaxValue);
        AtLeast(nameof(SubscriberPage), SubscriberPage, 1, 100_000);
        AtLeast(nameof(SendWindow), SendWindow, 1, 1_000_000);
        AtLeast(nameof(SendBacklogLimit), SendBacklogLimit, 1, long.MaxValue);
        AtLeast(nameof(WakeWindow), WakeWindow, 1, 100_000);
        AtLeast(nameof(SetAsideLimit), SetAsideLimit, 1, 1_000_000);
        AtLeast(nameof(SweepRows), SweepRows, 1, 1_000_000);
        AtLeast(nameof(UpkeepWindow), UpkeepWindow, 1, 10_000);
        AtLeast(nameof(ReadersPerPartition), ReadersPerPartition, 1, 1_000);
        AtLeast(nameof(CacheBytesPerPartition), CacheBytesPerPartition, 1 << 16, int.MaxValue);
        AtLeast(nameof(CheckpointPages), CheckpointPages, 1, 1 << 24);
        AtLeast(nameof(DiskLowBytes), DiskLowBytes, 0, long.MaxValue);
        NotNegative(nameof(AdmissionWait), AdmissionWait);
        NotNegative(nameof(RetryAfter), RetryAfter);
        NotNegative(nameof(LockWait), LockWait);
        NotNegative(nameof(CheckLimit), CheckLimit);
        Positive(nameof(OutboxRetention), OutboxRetention);
        Positive(nameof(RetryDelay), RetryDelay);
        Positive(nameof(UpkeepInterval), UpkeepInterval);
        Positive(nameof(DrainLimit), DrainLimit);
    }

    private static void AtLeast(string name, long value, long least, long most)
    {
        if (value < least || value > most)
            throw new ArgumentException($"{name} is {value}; it must be {least} to {most}.", name);
    }

    private static void NotNegative(string name, TimeSpan value)
    {
        if (value < TimeSpan.Zero)
            throw new ArgumentException($"{name} is {value}; it must not be negative.", name);
    }

    private static void Positive(string name, TimeSpan value)
    {
        if (value <= TimeSpan.Zero)
            throw new ArgumentException($"{name} is {value}; it must be above zero.", name);
    }

    private static ulong RandomSeed()
    {
        var seed = 0UL;
        Random.Shared.NextBytes(MemoryMarshal.AsBytes(new Span<ulong>(ref seed)));
        return seed;
    }
}
