using DToC.Twin;

namespace DToC.Conformance;

/// <summary>
/// The committed image: names and bytes in ordinal order, changed by whole transactions only. Nothing else of
/// a simulated host outlives a crash, but for what a torn transaction left behind the image.
/// </summary>
internal sealed class SimulatedDisk
{
    private const int SectorBytes = 64;

    // Journals and rows have a list for each key, the rest one for each kind of name: insertion is by moving.
    private readonly Dictionary<string, SortedList<string, byte[]>> _lists = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedList<string, byte[]>>.AlternateLookup<ReadOnlySpan<char>> _listOf;
    private byte[]? _torn;

    public SimulatedDisk() => _listOf = _lists.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The bytes under a name, or null.</summary>
    public byte[]? Read(string name) =>
        _listOf.TryGetValue(ListOf(name), out var list) ? list.GetValueOrDefault(name) : null;

    /// <summary>Applies a transaction; a null value removes the name.</summary>
    public void Commit(IReadOnlyCollection<KeyValuePair<string, byte[]?>> changes)
    {
        foreach (var (name, bytes) in changes)
        {
            if (!_listOf.TryGetValue(ListOf(name), out var list))
            {
                _listOf[ListOf(name)] = list = new SortedList<string, byte[]>(StringComparer.Ordinal);
            }
            if (bytes is null) list.Remove(name);
            else list[name] = bytes;
        }
    }

    /// <summary>
    /// Leaves of a transaction's bytes the sectors that had been written when the power went, in any order: some,
    /// none, or all of them.
    /// </summary>
    public void Tear(IReadOnlyCollection<KeyValuePair<string, byte[]?>> changes, SeededDraws draws)
    {
        var frame = Frame(changes);
        var written = draws.Between(0, 100);
        for (var at = 0; at < frame.Length; at += SectorBytes)
        {
            if (!draws.Percent(written)) frame.AsSpan(at, Math.Min(SectorBytes, frame.Length - at)).Clear();
        }
        _torn = frame;
    }

    /// <summary>After a crash: a transaction that is there to its last byte counts, any other never was.</summary>
    /// <param name="trusting">True to break that promise: whatever can be read of it counts.</param>
    public void Recover(bool trusting)
    {
        if (_torn is not { } frame) return;
        _torn = null;
        var whole = new StoredReader(frame).Hash() == StableHash.Of(frame.AsSpan(sizeof(ulong)));
        if (!whole && !trusting) return;
        var changes = new List<KeyValuePair<string, byte[]?>>();
        try
        {
            var reader = new StoredReader(frame.AsSpan(sizeof(ulong)));
            for (var left = reader.Number(); left > 0; left--) changes.Add(Change(ref reader));
        }
        catch (InvalidDataException) when (trusting)
        {
            // That much of it could be read.
        }
        Commit(changes);
    }

    /// <summary>
    /// Names that start with a prefix and are not before <paramref name="from"/>, in order. A prefix of journals or
    /// rows names the key.
    /// </summary>
    public IEnumerable<KeyValuePair<string, byte[]>> Scan(string prefix, string? from = null)
    {
        if (!_listOf.TryGetValue(ListOf(prefix), out var list)) yield break;
        for (var i = FirstNotBefore(list, from ?? prefix); i < list.Count; i++)
        {
            var name = list.GetKeyAtIndex(i);
            if (!name.StartsWith(prefix, StringComparison.Ordinal)) yield break;
            yield return new KeyValuePair<string, byte[]>(name, list.GetValueAtIndex(i));
        }
    }

    /// <summary>The last name that starts with a prefix, or null.</summary>
    public string? LastName(string prefix)
    {
        if (!_listOf.TryGetValue(ListOf(prefix), out var list)) return null;
        var next = FirstNotBefore(list, prefix + '\uffff') - 1;
        if (next < 0) return null;
        var name = list.GetKeyAtIndex(next);
        return name.StartsWith(prefix, StringComparison.Ordinal) ? name : null;
    }

    private static ReadOnlySpan<char> ListOf(string name) =>
        name[0] is 'j' or 'r' && name.IndexOf('\n') is > 0 and var end
            ? name.AsSpan(0, end)
            : name.AsSpan(0, Math.Min(name.Length, 2));

    private static byte[] Frame(IReadOnlyCollection<KeyValuePair<string, byte[]?>> changes)
    {
        var body = StoredForms.Bytes(w =>
        {
            w.Number(changes.Count);
            foreach (var (name, bytes) in changes)
            {
                w.Text(name);
                w.Byte(bytes is null ? (byte)0 : (byte)1);
                w.Number(bytes?.Length ?? 0);
                w.Rest(bytes);
            }
        });
        return StoredForms.Bytes(w =>
        {
            w.Hash(StableHash.Of(body));
            w.Rest(body);
        });
    }

    private static KeyValuePair<string, byte[]?> Change(ref StoredReader reader)
    {
        var name = reader.Text();
        var isThere = reader.Byte() != 0;
        var bytes = reader.Bytes();
        return new KeyValuePair<string, byte[]?>(name, isThere ? bytes : null);
    }

    private static int FirstNotBefore(SortedList<string, byte[]> list, string name)
    {
        int low = 0, high = list.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (string.CompareOrdinal(list.GetKeyAtIndex(middle), name) < 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
