namespace DToC.Embedded.Turns;

/// <summary>
/// Rows of one table grain that turns wrote and that may not be committed yet: one layer a batch, at most the
/// one that folds, the one that commits, and one before them. A null value is a removed row.
/// </summary>
internal sealed class RowOverlay
{
    private readonly List<(long Batch, SortedDictionary<string, ReadOnlyMemory<byte>?> Rows)> _layers = [];

    /// <summary>Forgets layers that are committed: the disk has them.</summary>
    public void Forget(long lastCommitted)
    {
        while (_layers.Count > 0 && _layers[0].Batch <= lastCommitted) _layers.RemoveAt(0);
    }

    public void Write(long batch, string row, ReadOnlyMemory<byte>? value)
    {
        if (_layers.Count == 0 || _layers[^1].Batch != batch)
            _layers.Add((batch, new SortedDictionary<string, ReadOnlyMemory<byte>?>(Storage.RowOrder.Instance)));
        _layers[^1].Rows[row] = value;
    }

    /// <summary>True when a layer has the row, with null for a removed one.</summary>
    public bool TryFind(string row, out ReadOnlyMemory<byte>? value)
    {
        for (var i = _layers.Count - 1; i >= 0; i--)
        {
            if (_layers[i].Rows.TryGetValue(row, out value)) return true;
        }
        value = null;
        return false;
    }

    /// <summary>All rows from a name on as one layer, the newest value of each.</summary>
    public SortedDictionary<string, ReadOnlyMemory<byte>?> From(string from)
    {
        var merged = new SortedDictionary<string, ReadOnlyMemory<byte>?>(Storage.RowOrder.Instance);
        foreach (var (_, rows) in _layers)
        {
            foreach (var (row, value) in rows)
            {
                if (Storage.RowOrder.Instance.Compare(row, from) >= 0) merged[row] = value;
            }
        }
        return merged;
    }
}
