using DToC.Twin.Definitions;

namespace DToC.Twin.Events;

/// <summary>One identifier of the definition, compiled for reading and linking. Immutable.</summary>
public sealed class IdentifierShape(IdentifierDefinition definition)
{
    /// <summary>The name.</summary>
    public string Name { get; } = definition.Name;

    /// <summary>The higher, the more surely it says who someone is.</summary>
    public int Priority { get; } = definition.Priority;

    /// <summary>Whether a twin known by nothing stronger may be merged on it.</summary>
    public bool Merges { get; } = definition.Merge == IdentifierMerge.Anonymous;

    /// <summary>Most known customers one value leads to.</summary>
    public int MaxCustomers { get; } = definition.MaxCustomers;

    /// <summary>Most values one customer may have.</summary>
    public int MaxValues { get; } = definition.MaxValues;

    /// <summary>Whether values are kept as keyed hashes.</summary>
    public bool IsHashed { get; } = definition.Kept == IdentifierKept.Hash;

    /// <summary>A value as it counts; a hash is one already.</summary>
    public string Normalized(string value) => definition.Normalize switch
    {
        _ when IsHashed && IdentifierHashing.IsHash(value) => value,
        IdentifierNormalization.Trim => value.Trim(),
        IdentifierNormalization.Lowercase => value.Trim().ToLowerInvariant(),
        _ => value,
    };
}
