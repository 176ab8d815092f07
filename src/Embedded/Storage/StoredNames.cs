using System.Buffers;
using System.Text;
using DToC.Grains;

namespace DToC.Embedded.Storage;

/// <summary>
/// What ids and names can be stored. Text with half a surrogate pair cannot: in UTF-8 two such texts are the
/// same bytes, and two customers would share a twin.
/// </summary>
internal static class StoredNames
{
    private const int MaxRowBytes = 512;

    /// <summary>Why a key cannot be stored, or null.</summary>
    public static string? Problem(GrainKey key) => Problem("A grain's id", key.Id, GrainKey.MaxIdBytes);

    /// <summary>Why a row's or wake-up's name cannot be stored, or null.</summary>
    public static string? Problem(string row) => Problem("A name", row, MaxRowBytes);

    private static string? Problem(string what, string? text, int limit)
    {
        if (string.IsNullOrEmpty(text)) return $"{what} has at least one character.";
        // Most are far below the limit even at three bytes a character.
        if (text.Length * 3 > limit && Encoding.UTF8.GetByteCount(text) > limit)
            return $"{what} has at most {limit} bytes in UTF-8.";
        return IsWellFormed(text) ? null : $"{what} is text; this one has half a surrogate pair.";
    }

    private static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        var first = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        if (first < 0) return true;
        for (text = text[first..]; !text.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(text, out _, out var length) != OperationStatus.Done) return false;
            text = text[length..];
        }
        return true;
    }
}
