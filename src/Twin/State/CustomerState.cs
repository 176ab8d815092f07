using DToC.Twin.Events;
using DToC.Twin.Plan;

namespace DToC.Twin.State;

/// <summary>
/// The folded state of one customer, in three parts (commutative, ordered, turn facts), laid out by a plan. Owned by
/// one turn at a time and changed in place.
/// </summary>
public sealed partial class CustomerState
{
    /// <summary>Most contacts remembered; the oldest falls out.</summary>
    public const int MaxContacts = 32;

    /// <summary>Most customers merged into one.</summary>
    public const int MaxMerged = 64;

    /// <summary>Most identifiers linked to one customer.</summary>
    public const int MaxLinks = 64;

    /// <summary>The state of a customer of whom nothing is known.</summary>
    public CustomerState(TwinPlan plan)
    {
        Plan = plan;
        var size = plan.Layout.Size;
        Longs = plan.Layout.InitialLongs.AsSpan().ToArray();
        Reals = new double[size.Reals];
        Bytes = new byte[size.Bytes];
        Attributes = new AttributeRecord?[plan.Events.Attributes.Count];
        Consents = new ConsentRecord[plan.Consent.Purposes.Count];
        Array.Fill(Consents, ConsentRecord.None);
        Refused = new long[plan.Consent.Categories.Count];
        WithoutWinner = new long[Decisions.Rejections.Count];
        OutlierWeights = new double[plan.Fold.Weights];
        Facets = plan.Events.Personas.Count == 0 ? [] : new CustomerState?[plan.Events.Personas.Count];
    }

    /// <summary>The plan whose layout the arrays have.</summary>
    public TwinPlan Plan { get; }

    /// <summary>Integers: counts, sums, times; see <see cref="StateLayout"/>.</summary>
    public long[] Longs { get; }

    /// <summary>Decayed values as of the latest occurrence; means and the like.</summary>
    public double[] Reals { get; }

    /// <summary>Sketches, hour counters, tokens, context.</summary>
    public byte[] Bytes { get; }

    /// <summary>The newest events, for duplicates.</summary>
    public RecentEvents Recent { get; } = new();

    /// <summary>Sort key of the newest event in the ordered part.</summary>
    public OrderKey Newest { get; set; } = OrderKey.None;

    /// <summary>Sort key of the newest event before the journal's beginning; older events are refused.</summary>
    public OrderKey Checkpoint { get; set; } = OrderKey.None;

    /// <summary>True when slots are new since a changed definition and want the history.</summary>
    public bool IsStale { get; set; }

    /// <summary>Attributes by slot.</summary>
    public AttributeRecord?[] Attributes { get; }

    /// <summary>
    /// Data categories that something is or may be kept of, a bit each: of those that may not be kept any more it goes.
    /// </summary>
    public ulong Kept
    {
        get => Person._kept;
        set => Person._kept = value;
    }

    /// <summary>Consents by purpose.</summary>
    public ConsentRecord[] Consents { get; }

    /// <summary>Contacts, the oldest first.</summary>
    public List<Contact> Contacts { get; } = [];

    /// <summary>Hashes of threshold triggers whose rule held in the last turn.</summary>
    public List<ulong> Held { get; } = [];

    /// <summary>Wake-ups asked for that have not come.</summary>
    public PendingWakeUps WakeUps { get; } = new();

    /// <summary>Events refused for want of a legal basis, by data category.</summary>
    public long[] Refused { get; }

    /// <summary>Triggers that fired without a winner, by reason.</summary>
    public long[] WithoutWinner { get; }

    /// <summary>Decisions made, with a winner or not.</summary>
    public long DecisionCount { get; set; }

    /// <summary>Kind of customer: a slot of the definition's kinds.</summary>
    public int Kind { get; set; }

    /// <summary>The customer this one was merged into, or null.</summary>
    public string? MovedTo { get; set; }

    /// <summary>
    /// Numbers the times this customer was led elsewhere, so that what comes late for one of them is told from the
    /// others.
    /// </summary>
    public long MoveNumber { get; set; }

    /// <summary>Customers merged into this one.</summary>
    public List<string> Merged { get; } = [];

    /// <summary>The <see cref="MoveNumber"/> of each of <see cref="Merged"/>, where it is not 0.</summary>
    public SortedList<string, long> Moves { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Customers that were split off (<see cref="PartedMark"/>), the last ones, at most <see cref="MaxMerged"/>, with
    /// the <see cref="MoveNumber"/> they had been merged by: what led here then is no more.
    /// </summary>
    public List<(string Mark, long Move)> Parted { get; } = [];

    /// <summary>
    /// Of customers merged into this one: data categories, a bit each, that are forgotten of what they had recorded.
    /// Their journals follow in their own time; until then this says what does not count.
    /// </summary>
    public SortedList<string, ulong> ForgottenOf { get; } = new(StringComparer.Ordinal);

    /// <summary>Identifiers linked to this customer.</summary>
    public List<LinkedIdentifier> Links { get; } = [];

    /// <summary>Times an identifier was not linked because the customer has as many values as it may.</summary>
    public long NotLinked { get; set; }

    /// <summary>Scratch of a fold: weight of each outlier-flagged signal of the event at hand.</summary>
    internal double[] OutlierWeights { get; }

    /// <summary>Events folded.</summary>
    public long EventCount => Longs[StateLayout.EventCount];

    /// <summary>Earliest occurrence, or <see cref="Instant.Never"/>.</summary>
    public Instant FirstAt => new(Longs[StateLayout.FirstAt]);

    /// <summary>Latest occurrence, or <see cref="Instant.Never"/>.</summary>
    public Instant LastAt => new(Longs[StateLayout.LastAt]);

    /// <summary>Remembers a contact. The oldest inbound one falls out first: caps count outbound ones.</summary>
    public void AddContact(Contact contact)
    {
        if (Contacts.Count == MaxContacts) ForgetContact();
        Contacts.Add(contact);
    }

    /// <summary>Forgets the oldest inbound contact; the oldest of all where every one is outbound.</summary>
    internal void ForgetContact()
    {
        var inbound = Contacts.FindIndex(static c => !c.Outbound);
        Contacts.RemoveAt(Math.Max(0, inbound));
    }

    /// <summary>Whether an identifier with this hash is linked.</summary>
    public bool HasLink(ulong hash)
    {
        foreach (var link in Links)
        {
            if (link.Hash == hash) return true;
        }
        return false;
    }

    /// <summary>Values linked of the identifier in a slot of the definition.</summary>
    public int LinksOf(int slot)
    {
        var count = 0;
        foreach (var link in Links) count += link.Slot == slot ? 1 : 0;
        return count;
    }

    /// <summary>Remembers a linked identifier, unless it was linked before or no place is left.</summary>
    public void AddLink(LinkedIdentifier link)
    {
        if (Links.Count < MaxLinks && !HasLink(link.Hash)) Links.Add(link);
    }

    /// <summary>Whether a customer was split off since it was led here by a move.</summary>
    public bool HasParted(string customer, long move) =>
        Parted.Exists(parted => parted.Move >= move && PartedMark.IsOf(parted.Mark, customer));

    /// <summary>Remembers that a customer was split off; the first of too many falls out.</summary>
    /// <param name="customer">Who.</param>
    /// <param name="move">By which move it had been merged.</param>
    /// <param name="salt">A random number of this split.</param>
    /// <returns>What it is remembered by.</returns>
    public string Part(string customer, long move, ulong salt)
    {
        Parted.RemoveAll(parted => PartedMark.IsOf(parted.Mark, customer));
        var mark = PartedMark.Of(customer, salt);
        PartAs(mark, move);
        return mark;
    }

    /// <summary>Remembers one by the mark it has.</summary>
    public void PartAs(string mark, long move)
    {
        Parted.RemoveAll(parted => parted.Mark == mark);
        if (Parted.Count == MaxMerged) Parted.RemoveAt(0);
        Parted.Add((mark, move));
    }

    /// <summary>Empties what a stored state names only where there is something to say.</summary>
    internal void ForgetFacts()
    {
        Array.Clear(Attributes);
        Array.Clear(Facets);
        Array.Fill(Consents, ConsentRecord.None);
        Contacts.Clear();
        Held.Clear();
        Merged.Clear();
        Moves.Clear();
        Parted.Clear();
        ForgottenOf.Clear();
        Links.Clear();
        NotLinked = 0;
        WakeUps.Clear();
    }

    /// <summary>Takes an attribute value if it stands against the one known.</summary>
    public bool TakeAttribute(int slot, AttributeRecord value)
    {
        var known = Attributes[slot];
        if (known is not null && !value.StandsAgainst(known, Plan.Events.Attributes[slot].Precedence)) return false;
        Attributes[slot] = value;
        Kept |= Plan.Vector.AttributeCategories[slot];
        return true;
    }
}

/// <summary>The order of events: by time of occurrence, then source, then id (both as UTF-8).</summary>
/// <param name="OccurredAt">When it happened.</param>
/// <param name="SourceAndId">Source, a zero byte, id.</param>
public readonly record struct OrderKey(Instant OccurredAt, ReadOnlyMemory<byte> SourceAndId) : IComparable<OrderKey>
{
    /// <summary>Before every event.</summary>
    public static readonly OrderKey None = new(Instant.Never, default);

    /// <summary>The key of an event.</summary>
    public static OrderKey Of(TouchpointEvent e) => new(e.OccurredAt, e.SourceAndId);

    /// <inheritdoc/>
    public int CompareTo(OrderKey other)
    {
        var byTime = OccurredAt.CompareTo(other.OccurredAt);
        return byTime != 0 ? byTime : SourceAndId.Span.SequenceCompareTo(other.SourceAndId.Span);
    }

    /// <summary>Equal keys are equal byte for byte.</summary>
    public bool Equals(OrderKey other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked((int)StableHash.Of(SourceAndId.Span, (ulong)OccurredAt.UnixMs));
}
