using System.Diagnostics;
using DToC.Embedded.Sealing;
using DToC.Embedded.Storage;

namespace DToC.Embedded.Backups;

/// <summary>What a backup took.</summary>
/// <param name="Target">The backup's folder.</param>
/// <param name="Manifest">What it holds.</param>
/// <param name="Held">How long commits of the running process were held up.</param>
/// <param name="Took">How long all of it took.</param>
public sealed record BackupReport(string Target, BackupManifest Manifest, TimeSpan Held, TimeSpan Took)
{
    /// <summary>Bytes copied.</summary>
    public long Bytes => Manifest.Files.Sum(file => file.Bytes);
}

/// <summary>
/// Copies a data folder beside the process that uses it. All files are copied as they were at one moment (see
/// <see cref="FolderSnapshot"/>), page by page by SQLite itself, while commits go on; their write-ahead logs grow
/// until the copy is made.
/// </summary>
public static class FolderBackup
{
    private const int PagesAtOnce = 1_024;

    /// <summary>Makes a backup.</summary>
    /// <param name="options">The folder.</param>
    /// <param name="target">A folder that does not exist; made when the backup is complete.</param>
    /// <param name="cancellation">Gives up; what was copied goes.</param>
    /// <exception cref="DataFolderException">The folder cannot be copied, or the target is there.</exception>
    /// <exception cref="StoreException">A file could not be read, or the copy not be written.</exception>
    public static BackupReport Run(EmbeddedOptions options, string target, CancellationToken cancellation)
    {
        var begun = Stopwatch.GetTimestamp();
        var folder = Path.GetFullPath(options.DataFolder);
        target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        var partial = target + ".partial";
        if (Path.Exists(target)) throw new DataFolderException($"'{target}' is there; a backup makes its own folder.");
        if (Path.Exists(partial))
        {
            throw new DataFolderException(
                $"'{partial}' is there: a backup to '{target}' is under way, or was interrupted: then "
                + "remove it.");
        }
        var record = DataFolder.ReadRecord(folder);
        if (record.Format != Schema.Version)
        {
            throw new DataFolderException(
                $"'{folder}' has format {record.Format}; 'dtoc upgrade' or the next start leads it to "
                + $"{Schema.Version}.");
        }
        Directory.CreateDirectory(partial);
        try
        {
            var (manifest, held) = Copy(folder, partial, record, options, cancellation);
            manifest.Write(partial);
            DurableFolder.Sync(partial);
            Directory.Move(partial, target);
            if (Path.GetDirectoryName(target) is { } parent) DurableFolder.Sync(parent);
            return new BackupReport(target, manifest, held, Stopwatch.GetElapsedTime(begun));
        }
        catch
        {
            Directory.Delete(partial, recursive: true);
            throw;
        }
    }

    private static (BackupManifest Manifest, TimeSpan Held) Copy(
        string folder, string target, FolderRecord record, EmbeddedOptions options, CancellationToken cancellation)
    {
        using var snapshot = FolderSnapshot.Open(folder, record.Partitions, options, Seals.Off);
        var takenAt = options.Time.GetUtcNow();
        List<BackupFile> files = [];
        List<BackupPartition> partitions = [];
        for (var i = 0; i < record.Partitions; i++)
        {
            if (snapshot.Find(i) is not { } reader)
            {
                throw new DataFolderException(
                    $"Partition {i} cannot be copied: {snapshot.FailureOf(i)?.Message} Run 'dtoc check'.");
            }
            var name = DataFolder.NameOf(i);
            Copy(reader.Database, Path.Combine(target, name), options, cancellation);
            files.Add(BackupFile.Of(target, name));
            partitions.Add(new BackupPartition(
                i, reader.Database.Number("SELECT count(*) FROM grain") ?? 0,
                reader.Database.Number("SELECT max(seq) FROM journal") ?? 0,
                reader.LastOutbox()));
        }
        record.Write(target);
        files.Add(BackupFile.Of(target, FolderRecord.Name));
        var manifest = new BackupManifest(1, record.FolderId, record.Format, takenAt, files, partitions);
        return (manifest, snapshot.Held);
    }

    private static void Copy(
        Database source, string path, EmbeddedOptions options, CancellationToken cancellation)
    {
        using (var copy = Database.CreateCopy(path, options))
            source.CopyTo(copy, PagesAtOnce, cancellation);
        using var written = Database.OpenWriter(path, options, create: false);
        var verdict = written.Text("PRAGMA quick_check(1)");
        if (verdict != "ok")
        {
            throw new DataFolderException(
                $"'{Path.GetFileName(path)}' is damaged ({verdict}); its copy is no backup. Run 'dtoc check'.");
        }
        PartitionFile.Close(written);
        DurableFolder.SyncContent(path);
    }
}
