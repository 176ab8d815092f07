using DToC.Embedded.Effects;
using DToC.Embedded.Sealing;
using DToC.Embedded.Storage;
using DToC.Embedded.Turns;
using DToC.Embedded.Vaults;
using DToC.Embedded.Watching;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Plan;
using Microsoft.Extensions.Logging;

namespace DToC.Embedded;

/// <summary>What the partitions of a host share.</summary>
internal sealed class HostContext(
    EmbeddedOptions options, ILogger log, FolderRecord folder, VaultFile vault, Seals seals, PlanCatalog plans)
{
    private PlanCatalog _plans = plans;
    private volatile bool _draining;
    private long _damagedReads;

    public EmbeddedOptions Options { get; } = options;

    public ILogger Log { get; } = log;

    public string FolderId => folder.FolderId;

    /// <summary>Secrets, and the file of the ledger.</summary>
    public VaultFile Vault { get; } = vault;

    /// <summary>Who was erased.</summary>
    public ErasureLedger Ledger { get; } = new(vault);

    /// <summary>How rows are sealed and opened.</summary>
    public Seals Seals { get; } = seals;

    /// <summary>See <see cref="FolderRecord.EffectFloor"/>.</summary>
    public long EffectFloor => folder.EffectFloor;

    /// <summary>All partitions; complete before the first one starts.</summary>
    public Partition[] Partitions { get; } = new Partition[folder.Partitions];

    public int PartitionCount => Partitions.Length;

    /// <summary>The definitions, the current one among them.</summary>
    public PlanCatalog Plans
    {
        get => Volatile.Read(ref _plans);
        set => Volatile.Write(ref _plans, value);
    }

    /// <summary>When this host began.</summary>
    public Instant Started { get; } = Instant.From(options.Time.GetUtcNow());

    /// <summary>Those who receive published effects.</summary>
    public Subscriptions Subscriptions { get; } = new();

    /// <summary>Pulsed after a commit that published effects.</summary>
    public AsyncSignal Published { get; } = new();

    /// <summary>Pulsed after another definition became current.</summary>
    public AsyncSignal Replaced { get; } = new();

    /// <summary>Cancelled when the host begins to stop: ends deliveries, upkeep and subscriptions.</summary>
    public CancellationToken Stopping { get; init; }

    /// <summary>True once the host is stopping: new messages are refused.</summary>
    public bool Draining
    {
        get => _draining;
        set => _draining = value;
    }

    /// <summary>Reads that found something not as it was written.</summary>
    public long DamagedReads => Volatile.Read(ref _damagedReads);

    /// <summary>
    /// A key as the log has it: a customer by a keyed hash, the same in all logs of this folder, that tells nobody who
    /// it is.
    /// </summary>
    public string NameOf(GrainKey key) =>
        key.Kind == GrainKind.Customer ? $"customer/#{Ledger.PseudonymOf(key)}" : key.ToString();

    /// <summary>Notes that a read failed; one that found damage is said to operators.</summary>
    public void NoteFailedRead(int partition, StoreException exception)
    {
        if (!exception.Damaged) return;
        Interlocked.Increment(ref _damagedReads);
        Log.FoundDamage(partition, exception.Message);
    }

    /// <summary>Where a key lives: fixed by its hash and the number of files.</summary>
    public Partition PartitionOf(GrainKey key) => Partitions[key.StableHash() % (ulong)Partitions.Length];

    /// <summary>Reads a subscriber's cursor.</summary>
    /// <exception cref="FormatException">It is not one of this folder's.</exception>
    public long[] ReadCursor(string cursor) => Cursor.Read(cursor, folder);

    /// <summary>Whether a message brings others to a customer whose erasure has still to find them.</summary>
    public bool IsClosing(GrainKey key, GrainMessage message)
    {
        if (!Ledger.IsClosing(key)) return false;
        foreach (var customer in SubjectReach.BroughtBy(message, Plans))
        {
            if (!Ledger.IsErased(GrainKey.Customer(customer))) return true;
        }
        return false;
    }

    /// <summary>Gives a message of the host's own, or one sent on, to its partition.</summary>
    public void Deliver(Delivery delivery)
    {
        if (!PartitionOf(delivery.Key).Post(delivery)) delivery.Refuse(Partition.DrainingReason);
    }
}
