using System.Diagnostics.CodeAnalysis;

namespace DToC.Twin.Rules;

/// <summary>A name that rules may read.</summary>
/// <param name="Name">
/// As written in a rule, for example <c>orders_count</c> or <c>context.channel</c>.
/// </param>
/// <param name="Type">Type of its value.</param>
/// <param name="Index">
/// Zero-based slot: in the vector of numbers for Number and Boolean, in the vector of texts for Text.
/// </param>
public readonly record struct Symbol(string Name, ValueType Type, int Index);

/// <summary>
/// The names a definition offers to its rules. Filled once while a definition loads; names are ordinal.
/// </summary>
public sealed class SymbolTable
{
    private readonly Dictionary<string, Symbol> _symbols = new(StringComparer.Ordinal);

    /// <summary>The names added so far, in the order they were added.</summary>
    public IReadOnlyCollection<string> Names => _symbols.Keys;

    /// <summary>Adds a name; several names may share a slot.</summary>
    /// <exception cref="ArgumentException">
    /// The name is known already, empty, longer than <see cref="ExpressionLimits.NameLength"/> or holds a
    /// backtick (no rule could write it).
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is negative.</exception>
    public void Add(string name, ValueType type, int index)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        if (name.Length > ExpressionLimits.NameLength || name.Contains('`'))
        {
            throw new ArgumentException(
                $"A name has 1 to {ExpressionLimits.NameLength} characters and no backtick.", nameof(name));
        }
        if (!_symbols.TryAdd(name, new Symbol(name, type, index)))
            throw new ArgumentException($"The name '{name}' is defined already.", nameof(name));
    }

    /// <summary>Finds a name; case matters.</summary>
    /// <returns>False when there is no such name.</returns>
    public bool TryFind(string name, [MaybeNullWhen(false)] out Symbol symbol) =>
        _symbols.TryGetValue(name, out symbol);
}
