using System.Text;

namespace DToC.Twin.Events;

/// <summary>Turns UTF-8 into one of a few known strings without making it anew. Immutable.</summary>
public sealed class Utf8Names(IReadOnlyList<string> names)
{
    private readonly Utf8Index _index = new(names);

    /// <summary>The known string of these bytes, or a new one.</summary>
    public string TextOf(ReadOnlySpan<byte> utf8) =>
        utf8.IsEmpty ? ""
        : _index.Find(utf8) is >= 0 and var slot ? names[slot]
        : Encoding.UTF8.GetString(utf8);
}
