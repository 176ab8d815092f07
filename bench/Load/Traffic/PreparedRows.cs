using DToC.Grains;
using DToC.Load.Limit;
using DToC.Twin;

namespace DToC.Load.Traffic;

/// <summary>
/// Puts twins into a partition's file without a turn each: 200,000 lives would take longer than the measurement. The
/// states are the grain's own; their journals are not there, which only a late event would miss.
/// </summary>
internal static class PreparedRows
{
    public static void Insert(string folder, int partition, Roster roster, Templates templates, Instant now)
    {
        using var file = new BareFile(BareFile.PathOf(folder, partition));
        file.Execute("PRAGMA synchronous=OFF; BEGIN IMMEDIATE");
        var insert = file.Prepare("INSERT INTO grain(id, version, now, journal_head, state, key) VALUES(?,?,?,0,?,?)");
        for (var i = 0; i < roster.Ids.Length; i++)
        {
            if (roster.PartitionOf[i] != partition) continue;
            file.Bind(insert, 1, roster.RowOf[i]);
            file.Bind(insert, 2, Templates.VersionOf(i));
            file.Bind(insert, 3, now.PlusMs(-Instant.DayMs).UnixMs);
            file.Bind(insert, 4, templates.StateOf(i));
            file.Bind(insert, 5, GrainKey.Customer(roster.Ids[i]).ToBytes());
            file.Run(insert);
        }
        file.Execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
    }
}
