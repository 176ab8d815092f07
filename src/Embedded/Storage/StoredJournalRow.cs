using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Storage;

/// <summary>Reads journal entries out of rows that have their columns in the order of the table.</summary>
internal static class StoredJournalRow
{
    /// <summary>The entry: kind by itself; occurred, recorded, keep_until, seed and plan side by side.</summary>
    public static JournalEntry Entry(Statement row, int kind, int occurred, int payload) => new(
        (JournalKind)row.Int64(kind), new Instant(row.Int64(occurred)), new Instant(row.Int64(occurred + 1)),
        new Instant(row.Int64(occurred + 2)), (ulong)row.Int64(occurred + 3), (ulong)row.Int64(occurred + 4),
        row.Blob(payload).ToArray());
}
