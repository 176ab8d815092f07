namespace DToC.Embedded.Storage;

/// <summary>
/// The tables of a partition's file, format 2. A change of any of them is a new format, with a step
/// that leads there from the one before.
/// <list type="bullet">
/// <item><c>grain</c> has a number as its row id and an index on the key, not the key as primary key without
/// row id: an update by number touches one leaf, the index only when a key is new, and a state of up to 4 KB
/// stays in its leaf (a table without row id moves what exceeds a quarter page to overflow pages).</item>
/// <item><c>journal</c> has no index. <c>prev</c> points to the key's row before, <c>grain.journal_head</c>
/// to its newest; a pointer to a row that is gone ends the chain. A row without payload is past its
/// retention.</item>
/// <item><c>crc</c> is the <see cref="RowChecksum"/> of the other columns; null in rows that format 1 wrote and in
/// journal rows without payload. It is the last column, where a step from format 1 can add it without rewriting a
/// row.</item>
/// <item><c>wake.at</c> is indexed, as the due ones are asked for by time.</item>
/// </list>
/// </summary>
internal static class Schema
{
    public const int Version = 2;

    public const int ApplicationId = 0x44546F43; // "DToC"

    public const string Create = """
        CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS grain(
            id INTEGER PRIMARY KEY, key BLOB NOT NULL, version INTEGER NOT NULL, now INTEGER NOT NULL,
            journal_head INTEGER NOT NULL, state BLOB NOT NULL, crc INTEGER);
        CREATE UNIQUE INDEX IF NOT EXISTS grain_key ON grain(key);
        CREATE TABLE IF NOT EXISTS row(
            key BLOB NOT NULL, row TEXT NOT NULL, value BLOB NOT NULL, crc INTEGER,
            PRIMARY KEY(key, row)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS journal(
            seq INTEGER PRIMARY KEY, prev INTEGER NOT NULL, key BLOB NOT NULL, kind INTEGER NOT NULL,
            occurred INTEGER NOT NULL, recorded INTEGER NOT NULL, keep_until INTEGER NOT NULL,
            seed INTEGER NOT NULL, plan INTEGER NOT NULL, payload BLOB, crc INTEGER);
        CREATE TABLE IF NOT EXISTS outbox(
            seq INTEGER PRIMARY KEY, topic INTEGER NOT NULL, recorded INTEGER NOT NULL, sender BLOB NOT NULL,
            sequence INTEGER NOT NULL, payload BLOB NOT NULL, crc INTEGER);
        CREATE TABLE IF NOT EXISTS pending_send(
            seq INTEGER PRIMARY KEY, sender BLOB NOT NULL, sequence INTEGER NOT NULL, target BLOB NOT NULL,
            message BLOB NOT NULL, crc INTEGER);
        CREATE TABLE IF NOT EXISTS wake(
            key BLOB NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(key, name)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS wake_at ON wake(at);
        CREATE TABLE IF NOT EXISTS lease(resource TEXT PRIMARY KEY, available INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS definition(
            hash INTEGER PRIMARY KEY, added INTEGER NOT NULL, current INTEGER NOT NULL, source BLOB NOT NULL);
        """;

    /// <summary>The oldest format that this build leads on from.</summary>
    public const int Oldest = 1;

    /// <summary>
    /// Leads a file from a format to the next: in one transaction, and in a time that does not depend on its size.
    /// </summary>
    public static string StepFrom(int format) => format switch
    {
        1 => """
            ALTER TABLE grain ADD COLUMN crc INTEGER;
            ALTER TABLE row ADD COLUMN crc INTEGER;
            ALTER TABLE journal ADD COLUMN crc INTEGER;
            ALTER TABLE outbox ADD COLUMN crc INTEGER;
            ALTER TABLE pending_send ADD COLUMN crc INTEGER;
            """,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "No step leads on from this format."),
    };
}
