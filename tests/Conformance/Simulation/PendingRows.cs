using DToC.Grains;

namespace DToC.Conformance;

/// <summary>Rows of a key: those on disk, changed by the turns that are not committed.</summary>
/// <param name="disk">The disk.</param>
/// <param name="key">Whose rows.</param>
/// <param name="pending">The turns.</param>
/// <param name="world">Where reading can fail, or null.</param>
internal sealed class PendingRows(
    SimulatedDisk disk, GrainKey key, IEnumerable<TurnRecord> pending, SimulatedWorld? world = null) : IRowReader
{
    private SortedList<string, ReadOnlyMemory<byte>>? _rows;

    private SortedList<string, ReadOnlyMemory<byte>> Rows => _rows ??= Read();

    // A bare null would become an empty memory here: byte[] converts to it.
    public ReadOnlyMemory<byte>? Find(string row) =>
        Rows.TryGetValue(row, out var value) ? value : (ReadOnlyMemory<byte>?)null;

    public IReadOnlyList<GrainRow> Range(string from, int limit) =>
        [.. Rows.Where(r => string.CompareOrdinal(r.Key, from) >= 0).Take(limit)
            .Select(r => new GrainRow(r.Key, r.Value))];

    private SortedList<string, ReadOnlyMemory<byte>> Read()
    {
        if (world?.Pass(Stage.RowRead) == Fault.ReadFails) throw new ReadFailedException($"A row of {key}");
        var rows = new SortedList<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        var prefix = StoredForms.Rows(key);
        foreach (var (name, value) in disk.Scan(prefix)) rows.Add(name[prefix.Length..], value);
        foreach (var change in pending.Where(r => r.Key == key).SelectMany(r => r.Outcome?.Rows ?? []))
        {
            if (change.Value is { } value) rows[change.Row] = value;
            else rows.Remove(change.Row);
        }
        return rows;
    }
}
