using DToC.Grains;
using SQLitePCL;

namespace DToC.Embedded.Storage;

/// <summary>A database file could not be read or written.</summary>
public sealed class StoreException : HostStoreException
{
    // A volume with less is full: SQLite writes whole pages, and grows the index of its log by 32 KiB.
    private const long FullBelowBytes = 64 << 10;

    internal StoreException(int code, string message, bool noRoom = false, bool inRow = false, bool keyIsGone = false)
        : base(message)
    {
        Code = code;
        NoRoom = noRoom || code == raw.SQLITE_FULL;
        InRow = inRow;
        KeyIsGone = keyIsGone;
    }

    /// <summary>SQLite's primary result code.</summary>
    public int Code { get; }

    /// <summary>True when there is no room: the same can succeed once there is.</summary>
    public bool NoRoom { get; }

    /// <summary>
    /// True when the file is not what was written: it needs a check or a rebuild, not a retry.
    /// </summary>
    public override bool Damaged => Code is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>True when the pages are sound and one row's content is not what its checksum says.</summary>
    public bool InRow { get; }

    /// <summary>
    /// True when the row is sealed and its key was destroyed, or is not in this vault: nothing can open it any more.
    /// The file is sound.
    /// </summary>
    public bool KeyIsGone { get; }

    /// <summary>True when the connection may still be used after a rollback.</summary>
    internal bool KeepsConnection => Code is raw.SQLITE_FULL or raw.SQLITE_BUSY;

    /// <summary>What a caller is told: short, without paths.</summary>
    public override string Reason => Code switch
    {
        _ when NoRoom => "disk full",
        _ when KeyIsGone => "its key was destroyed",
        raw.SQLITE_BUSY => "the database file is held by another process",
        raw.SQLITE_READONLY => "the database file is read-only",
        _ when InRow => "what is stored of it is damaged; run 'dtoc check'",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => "the database file is damaged; run 'dtoc check'",
        _ => $"the disk failed (SQLite code {Code})",
    };

    internal static StoreException From(sqlite3 connection, int result, string doing)
    {
        var text = raw.sqlite3_errmsg(connection).utf8_to_string();
        var code = result & 0xFF;
        return new StoreException(
            code, $"{doing}: {text} (SQLite code {result})", code == raw.SQLITE_IOERR && IsFull(connection));
    }

    /// <summary>A row whose content is not what its checksum says.</summary>
    /// <param name="what">Table and row, without personal data.</param>
    internal static StoreException InStoredRow(string what) =>
        new(raw.SQLITE_CORRUPT, $"{what} is not what was written: its checksum differs", inRow: true);

    /// <summary>A sealed row that its key does not open in its place.</summary>
    internal static StoreException InSeal() => new(
        raw.SQLITE_CORRUPT, "What is stored is not what was sealed for this row: it was changed or moved", inRow: true);

    /// <summary>A sealed row whose key is no longer in the vault.</summary>
    internal static StoreException KeyDestroyed(long key) => new(
        0, $"What is stored is sealed with key {key}, which was destroyed or is not in this vault", keyIsGone: true);

    /// <summary>A sealed row of a folder whose vault has no keys.</summary>
    internal static StoreException WithoutMasterKey() => new(
        0, "What is stored is sealed, and the vault at hand has no keys", keyIsGone: true);

    /// <summary>
    /// Not every way to run out of room has the code for it: growing the index of the log and a quota are reported
    /// as failures of the disk.
    /// </summary>
    private static bool IsFull(sqlite3 connection)
    {
        var path = raw.sqlite3_db_filename(connection, "main").utf8_to_string();
        return !string.IsNullOrEmpty(path) && FreeSpace.Of(path).Free < FullBelowBytes;
    }
}
