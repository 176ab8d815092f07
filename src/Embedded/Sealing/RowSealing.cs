using DToC.Embedded.Storage;
using DToC.Grains;

namespace DToC.Embedded.Sealing;

/// <summary>Writes rows of table grains, sealed and under hidden names where a folder is encrypted.</summary>
internal sealed class RowSealing(Database database, Seals seals, Sealer sealer)
{
    private readonly Statement _upsert = database.Prepare(
        """
        INSERT INTO row(key, row, value, crc) VALUES(?,?,?,?)
        ON CONFLICT DO UPDATE SET value=excluded.value, crc=excluded.crc
        """);

    private readonly Statement _delete = database.Prepare("DELETE FROM row WHERE key=? AND row=?");

    public void Write(GrainKey key, string row, ReadOnlySpan<byte> value, long sealKey)
    {
        if (sealKey == 0 || seals.NameOf(key, row) is not { } hidden)
        {
            _upsert.BindRow(key, row, value, sealer, sealKey).Run();
            return;
        }
        Delete(key, row); // from before the folder was encrypted
        _upsert.BindRow(key, hidden, HiddenNames.Join(row, value), sealer, sealKey).Run();
    }

    public void Remove(GrainKey key, string row)
    {
        if (seals.NameOf(key, row) is { } hidden) Delete(key, hidden);
        Delete(key, row);
    }

    private void Delete(GrainKey key, string name) => _delete.BindKey(1, key).BindText(2, name).Run();
}
