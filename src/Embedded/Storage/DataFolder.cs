using System.Globalization;
using System.Security.Cryptography;
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
    public const string LockName = "dtoc.lock";

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held, FolderRecord record)
    {
        Location = path;
        _lock = held;
        Record = record;
    }

    /// <summary>The folder's full path.</summary>
    public string Location { get; }

    /// <summary>What its <c>dtoc.json</c> says.</summary>
    public FolderRecord Record { get; private set; }

    /// <summary>Random name of this folder, 16 hexadecimal digits; cursors carry it.</summary>
    public string Id => Record.FolderId;

    /// <summary>Database files, as fixed when the folder was created.</summary>
    public int Partitions => Record.Partitions;

    /// <summary>True until <see cref="MarkReady"/>: nothing was ever accepted here.</summary>
    public bool IsNew => !Record.Ready;

    /// <summary>True when files are of an older format, or may be.</summary>
    public bool IsOlder => Record.Format < Schema.Version;

    /// <summary>Takes the folder for this process, creating it when there is none.</summary>
    /// <exception cref="DataFolderException">Another process holds it, or it is not a folder of this
    /// format.</exception>
    public static DataFolder Open(EmbeddedOptions options, ILogger log)
    {
        var path = Path.GetFullPath(options.DataFolder);
        Directory.CreateDirectory(path);
        var folder = Take(path, options.Partitions);
        if (folder.Partitions != options.Partitions) log.PartitionsAsRecorded(folder.Partitions, options.Partitions);
        return folder;
    }

    /// <summary>Takes a folder that exists for this process.</summary>
    /// <exception cref="DataFolderException">Another process holds it, or it is no folder of this
    /// format.</exception>
    public static DataFolder OpenExisting(string folder)
    {
        var path = Path.GetFullPath(folder);
        return Directory.Exists(path)
            ? Take(path, createWith: null)
            : throw new DataFolderException($"There is no folder '{path}'.");
    }

    /// <summary>What a folder records, without taking it from the process that uses it.</summary>
    /// <exception cref="DataFolderException">It is no folder of a format that this build knows.</exception>
    public static FolderRecord ReadRecord(string folder)
    {
        var path = Path.GetFullPath(folder);
        if (FolderSwap.IsPending(path))
        {
            throw new DataFolderException(
                $"A change of '{path}' was interrupted; the next start, or the same command again, completes it.");
        }
        return FolderRecord.Read(path) is { Ready: true } record
            ? record
            : throw new DataFolderException($"'{path}' is no data folder: it has no complete '{FolderRecord.Name}'.");
    }

    /// <summary>The name of a partition's file.</summary>
    public static string NameOf(int partition) =>
        string.Create(CultureInfo.InvariantCulture, $"partition-{partition:D3}.db");

    /// <summary>A name for a folder, as good as never given twice.</summary>
    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>The file of a partition.</summary>
    public string FileOf(int partition) => Path.Combine(Location, NameOf(partition));

    /// <summary>
    /// Records that all files were created, in today's format: from now on a missing one is damage.
    /// </summary>
    public void MarkReady()
    {
        Record = Record with { Ready = true, Format = Schema.Version };
        Record.Write(Location);
    }

    /// <summary>Records which vault the folder belongs to, from its first start with one on.</summary>
    public void BelongTo(string vault)
    {
        if (Record.Vault == vault) return;
        Record = Record with { Vault = vault };
        Record.Write(Location);
    }

    public void Dispose() => _lock.Dispose();

    private static DataFolder Take(string path, int? createWith)
    {
        var held = Lock(path);
        try
        {
            FolderSwap.Finish(path);
            return new DataFolder(path, held, FolderRecord.Read(path) ?? Create(path, createWith));
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Takes a folder for this process, whatever is in it.</summary>
    /// <exception cref="DataFolderException">Another process holds it.</exception>
    public static FileStream Lock(string path)
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

    private static FolderRecord Create(string path, int? partitions)
    {
        if (Directory.EnumerateFiles(path, "partition-*.db").Any())
        {
            throw new DataFolderException(
                $"'{path}' has database files but no '{FolderRecord.Name}'. Restore that file from a backup; "
                + "without it the placement of customers on files is unknown.");
        }
        if (partitions is not { } count)
            throw new DataFolderException($"'{path}' is no data folder: it has no '{FolderRecord.Name}'.");
        var record = new FolderRecord(Schema.Version, NewId(), count, Ready: false);
        record.Write(path);
        return record;
    }
}
