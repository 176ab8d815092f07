using System.Security.Cryptography;
using DToC.Embedded.Storage;
using Microsoft.Data.Sqlite;

namespace DToC.Embedded.Tests.WriteAhead;

/// <summary>A database written through the log that gathers, and looked at with SQLite's own files.</summary>
internal sealed class LogRoom : IDisposable
{
    private readonly string _own = Directory.CreateTempSubdirectory("dtoc-log-").FullName;
    private int _images;

    public LogRoom(string? folder = null) => Path = System.IO.Path.Combine(folder ?? _own, "d.db");

    public string Path { get; }

    /// <summary>Little cache, so that transactions outgrow it.</summary>
    public EmbeddedOptions Options { get; } = new HostRoom().Options with { CacheBytesPerPartition = 1 << 16 };

    public Database Create(int pageSize = 4096)
    {
        using (var plain = Plain(Path))
        {
            Run(plain, $"PRAGMA page_size={pageSize}; PRAGMA journal_mode=WAL; {LogScript.Schema}");
        }
        return Open();
    }

    public Database Open() => Database.OpenWriter(Path, Options, create: false);

    public Database OpenMover() => Database.OpenMover(Path, Options);

    /// <summary>A connection with SQLite's own files.</summary>
    public static SqliteConnection Plain(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        return connection;
    }

    public static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>All that is committed, as another connection finds it; the pages must be sound.</summary>
    public string Content() => ContentOf(Path);

    public static string ContentOf(string path)
    {
        using var plain = Plain(path);
        return ContentOf(plain, isChecked: true);
    }

    public static string ContentOf(SqliteConnection connection, bool isChecked = false)
    {
        using var command = connection.CreateCommand();
        if (isChecked)
        {
            command.CommandText = "PRAGMA integrity_check";
            Assert.Equal("ok", (string)command.ExecuteScalar()!); // it always has a row
        }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        command.CommandText = "SELECT id || ':' || value FROM t UNION ALL SELECT id || '=' || n FROM u ORDER BY 1";
        using var rows = command.ExecuteReader();
        while (rows.Read()) hash.AppendData(System.Text.Encoding.UTF8.GetBytes(rows.GetString(0)));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>What a crash now would leave, opened with SQLite's own files.</summary>
    public string ContentAfterCrash() => ContentOfImage(withLog: true);

    /// <summary>What is in the file itself.</summary>
    public string ContentWithoutLog() => ContentOfImage(withLog: false);

    public void Dispose()
    {
        Directory.Delete(Options.DataFolder, recursive: true);
        Directory.Delete(_own, recursive: true);
    }

    private string ContentOfImage(bool withLog)
    {
        var image = System.IO.Path.Combine(_own, $"image{_images++}.db");
        File.Copy(Path, image);
        if (withLog && File.Exists($"{Path}-wal")) File.Copy($"{Path}-wal", $"{image}-wal");
        var content = ContentOf(image);
        File.Delete(image);
        return content;
    }
}
