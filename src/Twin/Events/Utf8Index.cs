using System.Text;

namespace DToC.Twin.Events;

/// <summary>Finds the slot of a name given in UTF-8 without making a string. Immutable.</summary>
public sealed class Utf8Index
{
    private readonly byte[][] _names;
    private readonly int[] _slots;
    private readonly int _mask;

    /// <summary>An index over names; the slot of a name is its place in the list.</summary>
    public Utf8Index(IReadOnlyList<string> names)
    {
        var size = 4;
        while (size < names.Count * 2) size *= 2;
        _mask = size - 1;
        _slots = new int[size];
        Array.Fill(_slots, -1);
        _names = new byte[names.Count][];
        for (var i = 0; i < names.Count; i++)
        {
            _names[i] = Encoding.UTF8.GetBytes(names[i]);
            var at = (int)StableHash.Of(_names[i]) & _mask;
            while (_slots[at] >= 0) at = (at + 1) & _mask;
            _slots[at] = i;
        }
    }

    /// <summary>The slot of a name, or -1.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        for (var at = (int)StableHash.Of(name) & _mask; _slots[at] >= 0; at = (at + 1) & _mask)
        {
            if (name.SequenceEqual(_names[_slots[at]])) return _slots[at];
        }
        return -1;
    }
}
