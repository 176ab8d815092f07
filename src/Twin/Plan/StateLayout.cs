namespace DToC.Twin.Plan;

/// <summary>
/// Where each feature keeps what it needs, in three dense arrays. The commutative part comes first in each array,
/// the ordered part behind it, so that a refold resets a tail.
/// </summary>
public sealed class StateLayout
{
    /// <summary>Slot of the number of events folded.</summary>
    public const int EventCount = 0;

    /// <summary>Slot of the earliest occurrence.</summary>
    public const int FirstAt = 1;

    /// <summary>Slot of the latest occurrence; decayed values are kept as of then.</summary>
    public const int LastAt = 2;

    /// <summary>Groups in the order of allocation, commutative ones first.</summary>
    public required IReadOnlyList<SlotGroup> Groups { get; init; }

    /// <summary>Sizes of the three arrays.</summary>
    public required SlotCounts Size { get; init; }

    /// <summary>Where the ordered part begins in each.</summary>
    public required SlotCounts OrderedFrom { get; init; }

    /// <summary>Value of each long before any event.</summary>
    public required long[] InitialLongs { get; init; }

    /// <summary>How commutative longs unite, by slot.</summary>
    public required SlotUnion[] LongUnions { get; init; }

    /// <summary>
    /// True for bytes of 16-bit counters, which add; other commutative bytes are registers: the larger.
    /// </summary>
    public required bool[] IsCounterByte { get; init; }

    /// <summary>The group of this signature, or null.</summary>
    public SlotGroup? Find(string signature)
    {
        foreach (var group in Groups)
        {
            if (group.Signature == signature) return group;
        }
        return null;
    }
}

/// <summary>Numbers of slots in the arrays of longs, reals and bytes.</summary>
public readonly record struct SlotCounts(int Longs, int Reals, int Bytes)
{
    /// <summary>Sum, array by array.</summary>
    public SlotCounts Plus(SlotCounts other) =>
        new(Longs + other.Longs, Reals + other.Reals, Bytes + other.Bytes);
}

/// <summary>Slots that belong together; the signature says what they mean, so a state can migrate by it.</summary>
public sealed record SlotGroup(string Signature, bool Ordered, SlotCounts At, SlotCounts Size)
{
    /// <summary>Categories of the events that change it, a bit each; 0 for the count and times of all.</summary>
    public ulong Categories { get; init; }
}

/// <summary>How two values of a commutative slot unite.</summary>
public enum SlotUnion : byte
{
    /// <summary>They add.</summary>
    Add,

    /// <summary>The smaller, a missing one aside.</summary>
    Min,

    /// <summary>The larger, a missing one aside.</summary>
    Max,
}
