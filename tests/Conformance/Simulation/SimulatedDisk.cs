namespace DToC.Conformance;

/// <summary>
/// The committed image: names and bytes in ordinal order, changed by whole transactions only. Nothing else of
/// a simulated host outlives a crash.
/// </summary>
internal sealed class SimulatedDisk
{
    private readonly SortedList<string, byte[]> _image = new(StringComparer.Ordinal);

    /// <summary>The bytes under a name, or null.</summary>
    public byte[]? Read(string name) => _image.GetValueOrDefault(name);

    /// <summary>Applies a transaction; a null value removes the name.</summary>
    public void Commit(IEnumerable<KeyValuePair<string, byte[]?>> changes)
    {
        foreach (var (name, bytes) in changes)
        {
            if (bytes is null) _image.Remove(name);
            else _image[name] = bytes;
        }
    }

    /// <summary>
    /// Names that start with a prefix and are not before <paramref name="from"/>, in order.
    /// </summary>
    public IEnumerable<KeyValuePair<string, byte[]>> Scan(string prefix, string? from = null)
    {
        for (var i = FirstNotBefore(from ?? prefix); i < _image.Count; i++)
        {
            var name = _image.GetKeyAtIndex(i);
            if (!name.StartsWith(prefix, StringComparison.Ordinal)) yield break;
            yield return new KeyValuePair<string, byte[]>(name, _image.GetValueAtIndex(i));
        }
    }

    /// <summary>The last name that starts with a prefix, or null.</summary>
    public string? LastName(string prefix)
    {
        var next = FirstNotBefore(prefix + '\uffff') - 1;
        if (next < 0) return null;
        var name = _image.GetKeyAtIndex(next);
        return name.StartsWith(prefix, StringComparison.Ordinal) ? name : null;
    }

    private int FirstNotBefore(string name)
    {
        int low = 0, high = _image.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (string.CompareOrdinal(_image.GetKeyAtIndex(middle), name) < 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
