using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;

namespace DToC.Embedded.Storage;

/// <summary>The data folder cannot be used as it is; the message says what to do.</summary>
public sealed class DataFolderException : IOException
{
    internal DataFolderException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>
/// The folder of one host: its lock, its record <c>dtoc.json</c>, and the names of its files.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const string RecordName = "dtoc.json";
    private const string LockName = "dtoc.lock";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly string _path;
    private readonly FileStream _lock;
    private FolderRecord _record;

    private DataFolder(string path, FileStream held, FolderRecord record)
    {
        _path = path;
        _lock = held;
        _record = record;
    }

    /// <summary>Random name of this folder, 16 hexadecimal digits; cursors carry it.</summary>
    public string Id => _record.FolderId;

    /// <summary>Database files, as fixed when the folder was created.</summary>
    public int Partitions => _record.Partitions;

    /// <summary>True until <see cref="MarkReady"/>: nothing was ever accepted here.</summary>
    public bool IsNew => !_record.Ready;

    /// <summary>Takes the folder for this process.</summary>
    /// <exception cref="DataFolderException">Another process holds it, or it is not a folder of this
    /// format.</exception>
    public static DataFolder Open(EmbeddedOptions options, ILogger log)
    {
        var path = Path.GetFullPath(options.DataFolder);
        Directory.CreateDirectory(path);
        var held = Lock(path);
        try
        {
            var record = Read(path) ?? Create(path, options.Partitions);
            if (record.Partitions != options.Partitions)
                log.PartitionsAsRecorded(record.Partitions, options.Partitions);
            return new DataFolder(path, held, record);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>The file of a partition.</summary>
    public string FileOf(int partition) =>
        Path.Combine(_path, string.Create(CultureInfo.InvariantCulture, $"partition-{partition:D3}.db"));

    /// <summary>Records that all files were created: from now on a missing one is damage.</summary>
    public void MarkReady()
    {
        _record = _record with { Ready = true };
        Write(_path, _record);
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(
                Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new DataFolderException(
                $"The data folder '{path}' is in use by another process (its '{LockName}' is locked). "
                + "Stop that process, or give this one a folder of its own.", exception);
        }
    }

    private static FolderRecord? Read(string path)
    {
        var file = Path.Combine(path, RecordName);
        if (!File.Exists(file))
        {
            return Directory.EnumerateFiles(path, "partition-*.db").Any()
                ? throw new DataFolderException(
                    $"'{path}' has database files but no '{RecordName}'. Restore that file from a backup; "
                    + "without it the placement of customers on files is unknown.")
                : null;
        }
        FolderRecord? record;
        try
        {
            record = JsonSerializer.Deserialize<FolderRecord>(File.ReadAllBytes(file), Json);
        }
        catch (JsonException exception)
        {
            throw new DataFolderException($"'{file}' cannot be read. Restore it from a backup.", exception);
        }
        if (record is null || record.FolderId.Length != 16 || record.Partitions is < 1 or > 256)
            throw new DataFolderException($"'{file}' is not complete. Restore it from a backup.");
        if (record.Format != Schema.Version)
        {
            throw new DataFolderException(
                $"'{path}' has format {record.Format}; this build reads format {Schema.Version}. "
                + "Start the release that wrote it, or upgrade the folder with that release's 'dtoc' first.");
        }
        return record;
    }

    private static FolderRecord Create(string path, int partitions)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var record = new FolderRecord(Schema.Version, id, partitions, Ready: false);
        Write(path, record);
        return record;
    }

    /// <summary>Replaces the record as one: a crash leaves the old one or the new one.</summary>
    private static void Write(string path, FolderRecord record)
    {
        var target = Path.Combine(path, RecordName);
        var draft = target + ".new";
        using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            JsonSerializer.Serialize(file, record, Json);
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, target, overwrite: true);
    }

    private sealed record FolderRecord(
        [property: JsonRequired] int Format, [property: JsonRequired] string FolderId,
        [property: JsonRequired] int Partitions, [property: JsonRequired] bool Ready);
}
