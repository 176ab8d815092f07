using System.Collections.Frozen;

namespace DToC.Twin.Events;

/// <summary>
/// Values that programs send when they know nobody, and those that a definition says are shared by many (the address
/// of a call centre, the id of a tablet in a shop). Taken for someone's, they would make one customer of all who have
/// them.
/// </summary>
public sealed class NobodyValues
{
    /// <summary>Stand for nobody wherever someone is named; letter case does not matter.</summary>
    public static readonly FrozenSet<string> Anywhere = FrozenSet.ToFrozenSet(
        ["null", "undefined", "nil", "nan", "none", "n/a", "[object Object]", "00000000-0000-0000-0000-000000000000"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> OfIdentifiers = FrozenSet.ToFrozenSet(
        [.. Anywhere, "0", "-1", "anonymous", "guest", "unknown", "not set", "(not set)"],
        StringComparer.OrdinalIgnoreCase);

    private readonly FrozenDictionary<string, FrozenSet<string>> _shared;

    /// <param name="shared">By identifier: values that a definition blocks.</param>
    public NobodyValues(IEnumerable<(string Identifier, IReadOnlyList<string> Values)> shared) =>
        _shared = shared.Where(of => of.Values.Count > 0).ToFrozenDictionary(
            of => of.Identifier, of => of.Values.ToFrozenSet(StringComparer.OrdinalIgnoreCase), StringComparer.Ordinal);

    /// <summary>Whether the value of an identifier leads to no single customer.</summary>
    public bool Contains(string identifier, string value) =>
        OfIdentifiers.Contains(value) || (_shared.TryGetValue(identifier, out var blocked) && blocked.Contains(value));
}
