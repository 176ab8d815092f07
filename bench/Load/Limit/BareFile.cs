using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DToC.Load.Limit;

/// <summary>SQLite with nothing around it: one connection, statements bound by hand, the host's own settings.</summary>
internal sealed class BareFile : IDisposable
{
    private const int CacheWritten = 9; // SQLITE_DBSTATUS_CACHE_WRITE
    private const int PagesOfLog = 16_384;

    private readonly SqliteConnection _connection;
    private readonly sqlite3 _handle;
    private readonly List<sqlite3_stmt> _statements = [];
    private int _pages;

    public BareFile(string path)
    {
        _connection = new SqliteConnection($"Data Source={path};Pooling=False");
        _connection.Open();
        _handle = _connection.Handle!; // open
        Execute("""
            PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA mmap_size=0;
            PRAGMA temp_store=MEMORY; PRAGMA secure_delete=FAST; PRAGMA cell_size_check=ON; PRAGMA cache_size=-65536;
            PRAGMA journal_size_limit=268435456;
            """);
    }

    /// <summary>The file of a partition in a data folder.</summary>
    public static string PathOf(string folder, int partition) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"partition-{partition:D3}.db"));

    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    public sqlite3_stmt Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(_handle, sql, 1, out var statement));
        _statements.Add(statement);
        return statement;
    }

    public void Bind(sqlite3_stmt statement, int index, long value) =>
        Check(raw.sqlite3_bind_int64(statement, index, value));

    public void Bind(sqlite3_stmt statement, int index, ReadOnlySpan<byte> value) =>
        Check(raw.sqlite3_bind_blob(statement, index, value));

    public void BindText(sqlite3_stmt statement, int index, ReadOnlySpan<byte> value) =>
        Check(raw.sqlite3_bind_text(statement, index, value));

    public void Run(sqlite3_stmt statement)
    {
        var result = raw.sqlite3_step(statement);
        if (result != raw.SQLITE_DONE) Check(result);
        Check(raw.sqlite3_reset(statement));
    }

    /// <summary>The one number a query gives.</summary>
    public long Number(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>Moves the log into the file as often as the host does.</summary>
    public void MoveLogWhenLong()
    {
        _ = raw.sqlite3_db_status(_handle, CacheWritten, out var pages, out _, 1);
        _pages += pages;
        if (_pages < PagesOfLog) return;
        Check(raw.sqlite3_wal_checkpoint_v2(_handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _));
        _ = raw.sqlite3_db_status(_handle, CacheWritten, out _, out _, 1);
        _pages = 0;
    }

    public void Dispose()
    {
        foreach (var statement in _statements) statement.Dispose();
        _connection.Dispose();
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
            throw new IOException($"SQLite: {raw.sqlite3_errmsg(_handle).utf8_to_string()} ({result})");
    }
}
