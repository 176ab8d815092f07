using System.Text;

namespace DToC.Grains;

/// <summary>Kinds of grain. The numbers are stored; they never change.</summary>
public enum GrainKind : byte
{
    /// <summary>The twin of one customer.</summary>
    Customer = 1,

    /// <summary>One of the tables from identifier to customer.</summary>
    Identity = 2,

    /// <summary>One of the tables of events that wait for a person.</summary>
    Quarantine = 3,

    /// <summary>The table of API keys.</summary>
    AccessKeys = 4,

    /// <summary>The table of erasures.</summary>
    Erasures = 5,

    /// <summary>A cohort: customers as they were chosen at a moment.</summary>
    Cohort = 7,

    /// <summary>The table of other systems: where decisions go, where events come from.</summary>
    Connectors = 8,

    /// <summary>What one destination was not brought yet, and what could not be brought to it.</summary>
    Deliveries = 9,

    /// <summary>The table of simulations.</summary>
    Simulations = 10,

    /// <summary>Kept for tests of hosts: a grain that uses every part of the contract.</summary>
    Probe = 250,
}

/// <summary>The address of a grain.</summary>
/// <param name="Kind">What kind of grain.</param>
/// <param name="Id">Which one: for a customer the customer id. 1 to <see cref="MaxIdBytes"/> UTF-8 bytes.</param>
public readonly record struct GrainKey(GrainKind Kind, string Id) : IComparable<GrainKey>
{
    /// <summary>Longest id in UTF-8 bytes.</summary>
    public const int MaxIdBytes = 256;

    /// <summary>The twin of a customer.</summary>
    public static GrainKey Customer(string customerId) => new(GrainKind.Customer, customerId);

    /// <summary>The stored form: the kind's byte, then the id in UTF-8.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[1 + Encoding.UTF8.GetByteCount(Id)];
        bytes[0] = (byte)Kind;
        Encoding.UTF8.GetBytes(Id, bytes.AsSpan(1));
        return bytes;
    }

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="ArgumentException">The form is empty.</exception>
    public static GrainKey FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty
            ? throw new ArgumentException("A grain key has at least its kind's byte.", nameof(bytes))
            : new GrainKey((GrainKind)bytes[0], Encoding.UTF8.GetString(bytes[1..]));

    /// <summary>A hash that is the same in every process: places grains on partitions.</summary>
    public ulong StableHash() => Twin.StableHash.Of(Id, (ulong)Kind);

    /// <summary>Orders by kind, then by id, ordinally.</summary>
    public int CompareTo(GrainKey other)
    {
        var byKind = Kind.CompareTo(other.Kind);
        return byKind != 0 ? byKind : string.CompareOrdinal(Id, other.Id);
    }

    /// <summary><c>kind/id</c>, for example <c>customer/c-42</c>.</summary>
    public override string ToString() => $"{Kind.ToString().ToLowerInvariant()}/{Id}";
}
