using DToC.Embedded.Storage;
using DToC.Grains;

namespace DToC.Embedded.Repair;

/// <summary>
/// Takes over what is sorted by key: rows of table grains, wake-ups, leases. Such a table is read from its beginning
/// and, where that fails, from its end and once for each key, each from both ends.
/// </summary>
internal sealed class RowSalvage(Database damaged, PartitionDraft draft, Losses losses)
{
    private const string Columns = "SELECT key, row, value, crc FROM row";

    private readonly HashSet<(GrainKey, string)> _lost = [];

    /// <summary>Names of the rows taken over, by key.</summary>
    public Dictionary<GrainKey, List<string>> Names { get; } = [];

    /// <summary>Wake-ups taken over.</summary>
    public List<WakeRow> WakeUps { get; } = [];

    public void TakeRows(IEnumerable<GrainKey> keys)
    {
        if (TryRead($"{Columns} ORDER BY key, row", null, Take)) return;
        TryRead($"{Columns} ORDER BY key DESC, row DESC", null, Take);
        foreach (var key in keys)
        {
            if (key.Kind == GrainKind.Customer) continue; // has no rows
            if (TryRead($"{Columns} WHERE key=? ORDER BY row", key, Take)) continue;
            TryRead($"{Columns} WHERE key=? ORDER BY row DESC", key, Take);
            losses.Add("tables of which rows cannot be read", key.ToString());
        }
        losses.Add("stretches of row that cannot be read", "rows of keys that are not known may be among them");
    }

    public void TakeWakeUps()
    {
        const string columns = "SELECT key, name, at FROM wake";
        if (TryRead($"{columns} ORDER BY key, name", null, TakeWakeUp)) return;
        TryRead($"{columns} ORDER BY key DESC, name DESC", null, TakeWakeUp);
        losses.Add("stretches of wake that cannot be read", "wake-ups");
    }

    public void TakeLeases()
    {
        if (TryRead("SELECT resource, available FROM lease", null,
            row => draft.AddLease(row.Text(0), row.Int64(1)))) return;
        losses.Add("leases that cannot be read", "grant them again");
    }

    private void TakeWakeUp(Statement row)
    {
        var wake = new WakeRow(row.Key(0), row.Text(1), row.Int64(2));
        draft.AddWake(wake);
        if (!WakeUps.Contains(wake)) WakeUps.Add(wake);
    }

    private void Take(Statement row)
    {
        var (key, name) = (row.Key(0), row.Text(1));
        if (!row.IsNull(3) && row.Int64(3) != RowChecksum.OfRow(key, row.Blob(1), row.Blob(2)))
        {
            if (_lost.Add((key, name))) losses.Add("table rows that are not what was written", key.ToString());
            return;
        }
        var before = draft.Rows;
        draft.AddRow(key, name, row.Blob(2));
        if (draft.Rows == before) return; // was taken from the other end
        if (!Names.TryGetValue(key, out var names)) Names[key] = names = [];
        names.Add(name);
    }

    /// <summary>True when it could be read to its end.</summary>
    private bool TryRead(string sql, GrainKey? key, Action<Statement> take)
    {
        try
        {
            using var rows = new Statement(damaged.Handle, sql);
            if (key is { } of) rows.BindKey(1, of);
            while (rows.Step()) take(rows);
            return true;
        }
        catch (StoreException exception) when (exception.Damaged)
        {
            return false;
        }
    }
}
