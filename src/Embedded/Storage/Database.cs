using DToC.Embedded.Storage.WriteAhead;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DToC.Embedded.Storage;

/// <summary>
/// A connection to one partition's file, with its prepared statements. The pragmas, and why:
/// <list type="bullet">
/// <item><c>journal_mode=WAL</c>: readers go on with the last commit while the writer writes.</item>
/// <item><c>synchronous=FULL</c>: the log is synced in every commit; acknowledged means durable.</item>
/// <item><c>page_size=4096</c>: an update at random dirties one page, so the log grows by the least; a state
/// of up to about 4,000 bytes still lies in its leaf.</item>
/// <item><c>wal_autocheckpoint=0</c>: SQLite would move the log inside a commit, before its messages are
/// answered; the commit loop does it after the answers, when nobody waits.</item>
/// <item><c>cache_spill=OFF</c>: a transaction larger than the cache stays in memory until it commits, which a
/// batch is small enough for; the log that gathers its writes rests on it (<see cref="LogFile"/>).</item>
/// <item><c>mmap_size=0</c>: a read error must come back as a code for one message, not as a signal that ends
/// the process.</item>
/// <item><c>secure_delete=ON</c>: removed content is overwritten, on pages that are given back too.</item>
/// <item><c>cell_size_check=ON</c>: damage is found when a page is read, not when it has spread.</item>
/// </list>
/// </summary>
internal sealed class Database : IDisposable
{
    private const int CacheWritten = 9; // SQLITE_DBSTATUS_CACHE_WRITE
    private const int KeepLogOnClose = 1006; // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE

    private readonly SqliteConnection _connection;
    private readonly List<Statement> _statements = [];

    /// <summary>
    /// Once a process, before SQLite's first use; later it would have no effect. A connection is used by one thread
    /// at a time here, so it needs no lock of its own; and SQLite's count of its memory, which nobody reads, would
    /// take one lock for all partitions with every value bound.
    /// </summary>
    static Database()
    {
        Batteries_V2.Init();
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
        LogFileSystem.Register();
    }

    private Database(SqliteConnection connection) => _connection = connection;

    /// <summary>SQLite's own handle.</summary>
    public sqlite3 Handle => _connection.Handle!; // not null while the connection is open

    /// <summary>Opens a file for its one writer, creating it when told so.</summary>
    public static Database OpenWriter(string path, EmbeddedOptions options, bool create) =>
        AsWriter(Open(path, create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite, options), options);

    /// <summary>Opens a file to move its log into it, at a pace that lets others commit.</summary>
    public static Database OpenMover(string path, EmbeddedOptions options) =>
        AsWriter(Open(path, SqliteOpenMode.ReadWrite, options, LogFileSystem.PacedName), options);

    /// <summary>Opens a file for reading committed data beside the writer.</summary>
    public static Database OpenReader(string path, EmbeddedOptions options)
    {
        var database = Open(path, SqliteOpenMode.ReadWrite, options);
        try
        {
            // Not mode ReadOnly: the shared index of the log must be writable to a reader too.
            database.Execute("""
                PRAGMA query_only=ON; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA mmap_size=0;
                PRAGMA cell_size_check=ON; PRAGMA cache_size=-4096;
                """);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens a file to look at it beside the process that may be using it: nothing is changed, not even by moving the
    /// log into the file when this is the last to close it.
    /// </summary>
    public static Database OpenBeside(string path, EmbeddedOptions options)
    {
        var database = OpenReader(path, options);
        _ = raw.sqlite3_db_config(database.Handle, KeepLogOnClose, 1, out _);
        return database;
    }

    /// <summary>Opens a new file that a copy is written into; nothing is synced before it is whole.</summary>
    public static Database CreateCopy(string path, EmbeddedOptions options)
    {
        var database = Open(path, SqliteOpenMode.ReadWriteCreate, options);
        try
        {
            database.Execute("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Copies all pages as this connection's read transaction sees them; SQLite would begin anew with every commit of
    /// another process if none were open.
    /// </summary>
    /// <exception cref="StoreException">A page could not be read or written.</exception>
    public void CopyTo(Database target, int pagesAtOnce, CancellationToken cancellation)
    {
        using var copy = raw.sqlite3_backup_init(target.Handle, "main", Handle, "main");
        if (copy is null || copy.IsInvalid)
            throw StoreException.From(target.Handle, raw.sqlite3_errcode(target.Handle), "beginning a copy");
        int result;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            result = raw.sqlite3_backup_step(copy, pagesAtOnce);
        }
        while (result == raw.SQLITE_OK);
        if (result != raw.SQLITE_DONE) throw StoreException.From(target.Handle, result, "copying a file");
    }

    /// <summary>A statement that lives as long as this connection.</summary>
    public Statement Prepare(string sql)
    {
        var statement = new Statement(Handle, sql);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Runs statements without results; for rare work.</summary>
    /// <exception cref="StoreException">The file could not be read or written.</exception>
    public void Execute(string sql)
    {
        var result = raw.sqlite3_exec(Handle, sql);
        if (result != raw.SQLITE_OK) throw StoreException.From(Handle, result, sql);
    }

    /// <summary>The one number a query gives; null without a row or for NULL.</summary>
    public long? Number(string sql)
    {
        using var statement = new Statement(Handle, sql);
        return statement.Step() && !statement.IsNull(0) ? statement.Int64(0) : null;
    }

    /// <summary>The one text a query gives; null without a row or for NULL.</summary>
    public string? Text(string sql)
    {
        using var statement = new Statement(Handle, sql);
        return statement.Step() && !statement.IsNull(0) ? statement.Text(0) : null;
    }

    /// <summary>Rolls back whatever transaction is open.</summary>
    public void RollBack()
    {
        if (raw.sqlite3_get_autocommit(Handle) == 0) _ = raw.sqlite3_exec(Handle, "ROLLBACK");
    }

    /// <summary>Rows the last statement changed.</summary>
    public int Changes() => raw.sqlite3_changes(Handle);

    /// <summary>Pages written to the log since this was last asked.</summary>
    public int TakePagesWritten()
    {
        _ = raw.sqlite3_db_status(Handle, CacheWritten, out var pages, out _, 1);
        return pages;
    }

    /// <summary>Moves the log into the file as far as readers allow, without waiting for them.</summary>
    public void MoveLog()
    {
        var result = raw.sqlite3_wal_checkpoint_v2(Handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
        if (result is not (raw.SQLITE_OK or raw.SQLITE_BUSY))
            throw StoreException.From(Handle, result, "moving the write-ahead log");
    }

    /// <summary>Moves all of the log into the file and cuts it to nothing, waiting for its readers.</summary>
    /// <exception cref="StoreException">They did not let go within the lock wait, or the disk failed.</exception>
    public void EmptyLog()
    {
        var result = raw.sqlite3_wal_checkpoint_v2(Handle, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _);
        if (result != raw.SQLITE_OK) throw StoreException.From(Handle, result, "emptying the write-ahead log");
    }

    public void Dispose()
    {
        foreach (var statement in _statements) statement.Dispose();
        _connection.Dispose();
    }

    private static Database AsWriter(Database database, EmbeddedOptions options)
    {
        try
        {
            // page_size only counts before the first page is written, so it stands first.
            database.Execute($"""
                PRAGMA page_size=4096; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
                PRAGMA wal_autocheckpoint=0; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;
                PRAGMA secure_delete=ON; PRAGMA cell_size_check=ON; PRAGMA cache_spill=OFF;
                PRAGMA cache_size=-{options.CacheBytesPerPartition >> 10};
                PRAGMA journal_size_limit={(long)options.CheckpointPages * 4096 * 4};
                """);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private static Database Open(
        string path, SqliteOpenMode mode, EmbeddedOptions options, string fileSystem = LogFileSystem.Name)
    {
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            Vfs = fileSystem,
        };
        var connection = new SqliteConnection(text.ConnectionString);
        try
        {
            connection.Open();
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw new StoreException(
                exception.SqliteErrorCode, $"opening {Path.GetFileName(path)}: {exception.Message}");
        }
        _ = raw.sqlite3_busy_timeout(connection.Handle, (int)options.LockWait.TotalMilliseconds);
        return new Database(connection);
    }
}
