namespace DToC.Embedded.Storage;

/// <summary>
/// The order of row names and ids everywhere in this host: that of their UTF-8 bytes, which is what the
/// database sorts by. It differs from comparing UTF-16 units only above U+FFFF.
/// </summary>
internal sealed class RowOrder : IComparer<string>
{
    public static readonly RowOrder Instance = new();

    public int Compare(string? left, string? right)
    {
        var a = left.AsSpan();
        var b = right.AsSpan();
        var common = a.CommonPrefixLength(b);
        if (common == a.Length || common == b.Length) return a.Length.CompareTo(b.Length);
        return Rank(a[common]).CompareTo(Rank(b[common]));
    }

    // Surrogates stand for code points above all others, but have units below U+E000..U+FFFF.
    private static int Rank(char unit) => unit switch
    {
        >= '\uE000' => unit - 0x800,
        >= '\uD800' => unit + 0x2000,
        _ => unit,
    };
}
