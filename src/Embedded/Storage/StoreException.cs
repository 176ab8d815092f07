using SQLitePCL;

namespace DToC.Embedded.Storage;

/// <summary>A database file could not be read or written.</summary>
public sealed class StoreException : IOException
{
    internal StoreException(int code, string message)
        : base(message) => Code = code;

    /// <summary>SQLite's primary result code.</summary>
    public int Code { get; }

    /// <summary>True when there is no room: the same can succeed once there is.</summary>
    public bool NoRoom => Code == raw.SQLITE_FULL;

    /// <summary>
    /// True when the file is not what was written: it needs a check or a rebuild, not a retry.
    /// </summary>
    public bool Damaged => Code is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>True when the connection may still be used after a rollback.</summary>
    internal bool KeepsConnection => Code is raw.SQLITE_FULL or raw.SQLITE_BUSY;

    /// <summary>What a caller is told: short, without paths.</summary>
    public string Reason => Code switch
    {
        raw.SQLITE_FULL => "disk full",
        raw.SQLITE_BUSY => "the database file is held by another process",
        raw.SQLITE_READONLY => "the database file is read-only",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => "the database file is damaged; run 'dtoc check'",
        _ => $"the disk failed (SQLite code {Code})",
    };

    internal static StoreException From(sqlite3 connection, int result, string doing)
    {
        var text = raw.sqlite3_errmsg(connection).utf8_to_string();
        return new StoreException(result & 0xFF, $"{doing}: {text} (SQLite code {result})");
    }
}
