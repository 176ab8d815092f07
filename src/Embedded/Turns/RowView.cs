using DToC.Embedded.Storage;
using DToC.Grains;

namespace DToC.Embedded.Turns;

/// <summary>
/// What a turn sees of its grain's rows: the committed ones under those of turns before it.
/// </summary>
internal sealed class RowView(StoreReader reader) : IRowReader
{
    private Activation? _grain;

    /// <summary>Shows the rows of this grain from now on.</summary>
    public RowView Of(Activation grain, long lastCommitted)
    {
        grain.Rows?.Forget(lastCommitted);
        _grain = grain;
        return this;
    }

    public ReadOnlyMemory<byte>? Find(string row)
    {
        var grain = Grain();
        if (grain.Rows is not null && grain.Rows.TryFind(row, out var written)) return written;
        // Not a conditional expression: null would become an empty value.
        if (reader.FindRow(grain.Key, row) is { } stored) return stored;
        return null;
    }

    public IReadOnlyList<GrainRow> Range(string from, int limit)
    {
        var grain = Grain();
        if (limit <= 0) return [];
        var written = grain.Rows?.From(from);
        if (written is null || written.Count == 0) return reader.Rows(grain.Key, from, limit);
        // A written row can hide a stored one, so as many more are read as were written.
        var merged = new SortedDictionary<string, ReadOnlyMemory<byte>?>(RowOrder.Instance);
        foreach (var row in reader.Rows(grain.Key, from, limit + written.Count)) merged[row.Row] = row.Value;
        foreach (var (row, value) in written) merged[row] = value;
        List<GrainRow> rows = [];
        foreach (var (row, value) in merged)
        {
            if (value is not { } present) continue;
            rows.Add(new GrainRow(row, present));
            if (rows.Count == limit) break;
        }
        return rows;
    }

    private Activation Grain() => _grain ?? throw new InvalidOperationException("Rows are read within a turn.");
}
