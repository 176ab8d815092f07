using System.Text;
using System.Text.Json.Serialization;

namespace DToC.Twin.Events;

/// <summary>
/// An observed fact, read against a definition: its signals stand in dense arrays, so that folding touches no
/// string. Immutable once read.
/// </summary>
public sealed class TouchpointEvent
{
    /// <summary>Stands in <see cref="Numbers"/> for a signal the event does not carry.</summary>
    public const long Missing = long.MinValue;

    private IReadOnlyList<Identifier> _identifiers = [];
    private int _persona = PersonaSchema.Nobody;
    private Instant _occurredAt;

    /// <summary>The schema it was read against: what its slots mean.</summary>
    public required EventSchema Schema { get; init; }

    /// <summary>Unique within its source and customer.</summary>
    public required string Id { get; init; }

    /// <summary>The system that observed it.</summary>
    public required string Source { get; init; }

    /// <summary>The customer it names, or null when only identifiers are given.</summary>
    public string? Customer { get; init; }

    /// <summary>Identifiers that lead to a customer, the highest priority first.</summary>
    public IReadOnlyList<Identifier> Identifiers
    {
        get => _identifiers;
        init => _identifiers = value;
    }

    /// <summary>Slot of its type in the definition.</summary>
    public required int Type { get; init; }

    /// <summary>When it happened.</summary>
    public required Instant OccurredAt
    {
        get => _occurredAt;
        init => _occurredAt = value;
    }

    /// <summary>When it was received.</summary>
    public required Instant ReceivedAt { get; init; }

    /// <summary>True when it came without a time and was stamped with <see cref="ReceivedAt"/>.</summary>
    public bool Stamped { get; init; }

    /// <summary>Source, a zero byte and id in UTF-8: with the time, the event's place among the others.</summary>
    public required byte[] SourceAndId { get; init; }

    /// <summary>Hash of source and id: with the customer, the event's identity.</summary>
    public required ulong KeyHash { get; init; }

    /// <summary>The JSON as received, but for scored texts: see <see cref="TextScoring"/>.</summary>
    public required ReadOnlyMemory<byte> Json { get; init; }

    /// <summary>Value of each numeric signal in units of 10^-decimals, or <see cref="Missing"/>.</summary>
    public required long[] Numbers { get; init; }

    /// <summary>Tokens of all token signals, grouped by signal in the order of signals.</summary>
    public required Token[] Tokens { get; init; }

    /// <summary>The UTF-8 bytes the tokens point into.</summary>
    public required byte[] TokenBytes { get; init; }

    /// <summary>Values of the context keys (see <see cref="ContextKeys"/>); empty where not given.</summary>
    public required ReadOnlyMemory<byte>[] Context { get; init; }

    /// <summary>
    /// Whether it bears an opt-out signal of a browser: Global Privacy Control, https://w3c.github.io/gpc/.
    /// </summary>
    public bool OptsOut { get; init; }

    /// <summary>Attributes observed in it.</summary>
    public IReadOnlyList<AttributeValue> Attributes { get; init; } = [];

    /// <summary>
    /// Slot of the customer's persona it belongs to, as it says itself or the definition's rules do;
    /// <see cref="PersonaSchema.Nobody"/> for the customer as such.
    /// </summary>
    public int Persona
    {
        get => _persona;
        init => _persona = value;
    }

    /// <summary>Whether it names its persona itself.</summary>
    public bool NamesPersona { get; init; }

    /// <summary>The event with other identifiers: those that lead to nobody are left out before its turn.</summary>
    public TouchpointEvent With(IReadOnlyList<Identifier> identifiers)
    {
        var copy = (TouchpointEvent)MemberwiseClone();
        copy._identifiers = identifiers;
        return copy;
    }

    /// <summary>Whether the customer's choice when it came, and not what it says itself, gave it its persona.</summary>
    public bool IsInChosen { get; private set; }

    /// <summary>The event as one of the persona that the customer had chosen when it came.</summary>
    public TouchpointEvent InChosen(int persona)
    {
        var copy = (TouchpointEvent)MemberwiseClone();
        (copy._persona, copy.IsInChosen) = (persona, true);
        return copy;
    }

    /// <summary>
    /// Lets an event that nobody has seen happen at another time: those of a simulation are folded over and over.
    /// </summary>
    internal void Happen(Instant at) => _occurredAt = at;

    /// <summary>The bytes of <see cref="SourceAndId"/>; their hash is the event's key hash.</summary>
    public static byte[] SourceAndIdOf(string source, string id)
    {
        var length = Encoding.UTF8.GetByteCount(source);
        var bytes = new byte[length + 1 + Encoding.UTF8.GetByteCount(id)];
        Encoding.UTF8.GetBytes(source, bytes);
        Encoding.UTF8.GetBytes(id, bytes.AsSpan(length + 1));
        return bytes;
    }
}

/// <summary>An identifier of a customer.</summary>
/// <param name="Name">Its name in the definition.</param>
/// <param name="Value">Its value, normalized.</param>
[method: JsonConstructor] // a ledger of erasures keeps identifiers as JSON; a struct is read without it as nothing
public readonly record struct Identifier(string Name, string Value)
{
    private const int MaxScratch = 512;

    /// <summary>Its name in the definition.</summary>
    public string Name { get; } = Name;

    /// <summary>Its value, normalized.</summary>
    public string Value { get; } = Value;

    /// <summary>
    /// Hash of name, line feed and value in UTF-8; states keep it. Made where the identifier is read: it is asked for
    /// with every event, and by the one thread that runs a customer's turns.
    /// </summary>
    [JsonIgnore]
    public ulong Hash { get; } = HashOf(Name, Value, seed: 0);

    /// <summary>The hash with another seed.</summary>
    public ulong HashWith(ulong seed) => HashOf(Name, Value, seed);

    private static ulong HashOf(string name, string value, ulong seed)
    {
        var size = Encoding.UTF8.GetMaxByteCount(name.Length + value.Length + 1);
        Span<byte> row = size <= MaxScratch ? stackalloc byte[MaxScratch] : new byte[size];
        var length = Encoding.UTF8.GetBytes(name, row);
        row[length++] = (byte)'\n';
        length += Encoding.UTF8.GetBytes(value, row[length..]);
        return StableHash.Of(row[..length], seed);
    }
}

/// <summary>A token of a signal: a slice of <see cref="TouchpointEvent.TokenBytes"/>.</summary>
public readonly record struct Token(int Signal, ulong Hash, int Offset, int Length);

/// <summary>The value of an attribute: text, or a number (a boolean as 0 or 1).</summary>
/// <param name="Attribute">Slot in the definition.</param>
/// <param name="Text">The text, or null for a number.</param>
/// <param name="Number">The number; 0 for text.</param>
public readonly record struct AttributeValue(int Attribute, string? Text, double Number);
