using System.Text;
using DToC.Embedded.Sealing;
using DToC.Grains;
using SQLitePCL;

namespace DToC.Embedded.Storage;

/// <summary>
/// A prepared statement on SQLite's own interface: the hot path binds spans and allocates nothing. Parameters
/// count from 1, columns from 0. Belongs to one thread at a time.
/// </summary>
internal sealed class Statement : IDisposable
{
    private const uint Persistent = 1; // SQLITE_PREPARE_PERSISTENT: kept for long, so not from the lookaside pool

    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private readonly string _sql;

    public Statement(sqlite3 connection, string sql)
    {
        _connection = connection;
        _sql = sql;
        var result = raw.sqlite3_prepare_v3(connection, sql, Persistent, out _statement);
        if (result != raw.SQLITE_OK) throw StoreException.From(connection, result, sql);
    }

    public Statement Bind(int index, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, index, value));
        return this;
    }

    public Statement Bind(int index, ReadOnlySpan<byte> blob)
    {
        // An empty span has no address, and SQLite takes no address for NULL.
        Check(blob.IsEmpty
            ? raw.sqlite3_bind_zeroblob(_statement, index, 0)
            : raw.sqlite3_bind_blob(_statement, index, blob));
        return this;
    }

    public Statement BindText(int index, string text)
    {
        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> buffer = size <= 1_024 ? stackalloc byte[1_024] : new byte[size];
        var written = Encoding.UTF8.GetBytes(text, buffer);
        Check(raw.sqlite3_bind_text(_statement, index, buffer[..written]));
        return this;
    }

    public Statement BindKey(int index, GrainKey key)
    {
        Span<byte> buffer = stackalloc byte[1 + GrainKey.MaxIdBytes];
        buffer[0] = (byte)key.Kind;
        var written = Encoding.UTF8.GetBytes(key.Id, buffer[1..]);
        Check(raw.sqlite3_bind_blob(_statement, index, buffer[..(1 + written)]));
        return this;
    }

    /// <summary>Binds a row of a table grain with its checksum, from parameter 1 on.</summary>
    /// <param name="key">Whose row.</param>
    /// <param name="row">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="sealer">What seals the value; null for one that is bound as it is.</param>
    /// <param name="sealKey">The key it is sealed with, or 0.</param>
    public Statement BindRow(
        GrainKey key, string row, ReadOnlySpan<byte> value, Sealer? sealer = null, long sealKey = 0)
    {
        var size = Encoding.UTF8.GetMaxByteCount(row.Length);
        Span<byte> buffer = size <= 1_024 ? stackalloc byte[1_024] : new byte[size];
        var name = buffer[..Encoding.UTF8.GetBytes(row, buffer)];
        Span<byte> place = stackalloc byte[SealPlace.MostBytes];
        if (sealer is not null) value = sealer.Seal(sealKey, SealPlace.OfRow(place, key, name), value);
        BindKey(1, key);
        Check(raw.sqlite3_bind_text(_statement, 2, name));
        return Bind(3, value).Bind(4, RowChecksum.OfRow(key, name, value));
    }

    public Statement BindNull(int index)
    {
        Check(raw.sqlite3_bind_null(_statement, index));
        return this;
    }

    /// <summary>True with a row, false at the end; resets itself before it throws.</summary>
    /// <exception cref="StoreException">The file could not be read or written.</exception>
    public bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW) return true;
        if (result == raw.SQLITE_DONE) return false;
        var failure = StoreException.From(_connection, result, _sql);
        Reset();
        throw failure;
    }

    /// <summary>Steps to the end and resets: for statements without rows.</summary>
    public void Run()
    {
        while (Step())
        {
        }
        Reset();
    }

    public void Reset() => _ = raw.sqlite3_reset(_statement);

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    /// <summary>A view on SQLite's memory: valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(_statement, column);

    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(_statement, column));

    /// <exception cref="StoreException">There is none: the row is damaged.</exception>
    public GrainKey Key(int column) =>
        Blob(column) is { IsEmpty: false } bytes
            ? GrainKey.FromBytes(bytes)
            : throw StoreException.InStoredRow("A row without its key");

    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK) throw StoreException.From(_connection, result, _sql);
    }
}
