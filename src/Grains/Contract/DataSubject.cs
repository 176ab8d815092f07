using DToC.Twin.Events;

namespace DToC.Grains;

/// <summary>One person (or what else a customer is), as all that is kept of it is found.</summary>
/// <param name="Customers">
/// Customer ids that are this one: the twin that stands for them, and those merged into it. At least one. Behind them
/// the pseudonyms of its personas: other systems know it by those, and may have sent something under them.
/// </param>
/// <param name="Identifiers">Identifiers that led to them, as far as they are known.</param>
public sealed record DataSubject(IReadOnlyList<string> Customers, IReadOnlyList<Identifier> Identifiers)
{
    /// <summary>The twins.</summary>
    public IEnumerable<GrainKey> Keys => Customers.Select(GrainKey.Customer);

    /// <summary>Both as one.</summary>
    public DataSubject And(DataSubject other) => new(
        [.. Customers.Union(other.Customers, StringComparer.Ordinal)], [.. Identifiers.Union(other.Identifiers)]);

    /// <summary>Whether another subject has all that this one has.</summary>
    public bool IsIn(DataSubject other) => And(other) is var both
        && both.Customers.Count == other.Customers.Count && both.Identifiers.Count == other.Identifiers.Count;

    /// <summary>Whether a customer id is one of this subject's.</summary>
    public bool Is(string? customer) => customer is not null && Customers.Contains(customer, StringComparer.Ordinal);

    /// <summary>
    /// Every customer id that must take no message once this subject is erased: its own, and those that an event
    /// with nothing but one of its identifiers would begin.
    /// </summary>
    public IEnumerable<string> Closed =>
        Customers.Concat(Identifiers.Select(IdentityGrain.MintId)).Distinct(StringComparer.Ordinal);
}

/// <summary>Something that a host keeps of a subject.</summary>
/// <param name="Key">Under whose key.</param>
public abstract record KeptRecord(GrainKey Key)
{
    /// <summary>A twin's state.</summary>
    public sealed record State(GrainKey Key, StoredState Stored) : KeptRecord(Key);

    /// <summary>An entry of a twin's journal.</summary>
    public sealed record Journal(GrainKey Key, JournalEntry Entry) : KeptRecord(Key);

    /// <summary>A published effect that is still kept for subscribers.</summary>
    public sealed record Published(GrainKey Key, long Sequence, Topic Topic, ReadOnlyMemory<byte> Payload)
        : KeptRecord(Key);

    /// <summary>An effect on its way to another grain.</summary>
    /// <param name="Key">Who sent it.</param>
    /// <param name="Sequence">The sender's number of it.</param>
    /// <param name="To">Where to.</param>
    /// <param name="Message">The message, as <see cref="IGrain.EncodeMessage"/> wrote it.</param>
    public sealed record Pending(GrainKey Key, long Sequence, GrainKey To, ReadOnlyMemory<byte> Message)
        : KeptRecord(Key);

    /// <summary>A wake-up asked for.</summary>
    public sealed record WakeUp(GrainKey Key, string Name, Twin.Instant At) : KeptRecord(Key);

    /// <summary>A row of a table that concerns the subject (<see cref="IGrain.Concerns"/>).</summary>
    public sealed record Row(GrainKey Key, GrainRow Stored) : KeptRecord(Key);
}

/// <summary>How many records of each kind.</summary>
/// <param name="States">Twins.</param>
/// <param name="Journal">Journal entries.</param>
/// <param name="Published">Published effects.</param>
/// <param name="Pending">Effects that were on their way to other grains.</param>
/// <param name="WakeUps">Wake-ups.</param>
/// <param name="Rows">Rows of tables: identifiers, quarantined events.</param>
public readonly record struct KeptCounts(
    long States, long Journal, long Published, long Pending, long WakeUps, long Rows)
{
    /// <summary>All together.</summary>
    public long Total => States + Journal + Published + Pending + WakeUps + Rows;

    /// <summary>Counts records.</summary>
    public static KeptCounts Of(IEnumerable<KeptRecord> records)
    {
        var counts = default(KeptCounts);
        foreach (var record in records) counts = counts.And(record);
        return counts;
    }

    /// <summary>Both together.</summary>
    public KeptCounts And(in KeptCounts other) => new(
        States + other.States, Journal + other.Journal, Published + other.Published, Pending + other.Pending,
        WakeUps + other.WakeUps, Rows + other.Rows);

    private KeptCounts And(KeptRecord record) => record switch
    {
        KeptRecord.State => this with { States = States + 1 },
        KeptRecord.Journal => this with { Journal = Journal + 1 },
        KeptRecord.Published => this with { Published = Published + 1 },
        KeptRecord.Pending => this with { Pending = Pending + 1 },
        KeptRecord.WakeUp => this with { WakeUps = WakeUps + 1 },
        _ => this with { Rows = Rows + 1 },
    };
}
