namespace DToC.Twin.Definitions;

/// <summary>An identifier; the present one of highest priority names a new customer.</summary>
public sealed record IdentifierDefinition(string Name, int Priority, Position At)
{
    /// <summary>Values that many customers share and that lead to none of them; letter case does not matter.</summary>
    public IReadOnlyList<Named> Blocked { get; init; } = [];

    /// <summary>Which twins an event may bring together that shows this identifier beside a stronger one.</summary>
    public IdentifierMerge Merge { get; init; } = IdentifierMerge.Anonymous;

    /// <summary>
    /// Most known customers one value leads to; one more and it is shared and leads to nobody. 1 to
    /// <see cref="DefinitionLimits.CustomersPerIdentifier"/>.
    /// </summary>
    public int MaxCustomers { get; init; } = 1;

    /// <summary>
    /// Most values one customer may have; a further one is not linked. 1 to
    /// <see cref="DefinitionLimits.ValuesPerIdentifier"/>.
    /// </summary>
    public int MaxValues { get; init; } = DefaultMaxValues;

    /// <summary>How values are kept.</summary>
    public IdentifierKept Kept { get; init; } = IdentifierKept.Plain;

    /// <summary>What is done to a value before anything else.</summary>
    public IdentifierNormalization Normalize { get; init; } = IdentifierNormalization.None;

    /// <summary>Values a customer may have unless the definition says otherwise.</summary>
    public const int DefaultMaxValues = 32;
}

/// <summary>Which twins an identifier may bring together.</summary>
public enum IdentifierMerge
{
    /// <summary>
    /// One known by nothing stronger than this identifier moves into the customer that shows it with something
    /// stronger.
    /// </summary>
    Anonymous,

    /// <summary>None: it leads to whom it was linked to first.</summary>
    Never,
}

/// <summary>How the values of an identifier are kept.</summary>
public enum IdentifierKept
{
    /// <summary>As they come.</summary>
    Plain,

    /// <summary>As keyed hashes, made at the door.</summary>
    Hash,
}

/// <summary>What makes one value of two ways to write it.</summary>
public enum IdentifierNormalization
{
    /// <summary>Nothing: every byte counts.</summary>
    None,

    /// <summary>White space around it does not count.</summary>
    Trim,

    /// <summary>White space around it and letter case do not count.</summary>
    Lowercase,
}
