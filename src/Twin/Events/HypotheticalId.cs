using System.Buffers;

namespace DToC.Twin.Events;

/// <summary>
/// Ids of hypothetical twins: a prefix and hexadecimal digits. No customer has such an id; whoever sends one as a
/// customer's is refused, so that nothing of a hypothetical twin can be taken for a customer's.
/// </summary>
public static class HypotheticalId
{
    /// <summary>What every one begins with.</summary>
    public const string Prefix = "hypothetical:";

    /// <summary>Hexadecimal digits behind the prefix, in lower case: 128 bits.</summary>
    public const int Digits = 32;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Whether a text has the form of one.</summary>
    public static bool Is(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return id.Length == Prefix.Length + Digits && id.StartsWith(Prefix, StringComparison.Ordinal)
            && !id.AsSpan(Prefix.Length).ContainsAnyExcept(HexDigits);
    }
}
