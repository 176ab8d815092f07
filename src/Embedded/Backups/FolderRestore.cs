using DToC.Embedded.Storage;
using DToC.Embedded.Vaults;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Backups;

/// <summary>What was restored.</summary>
/// <param name="Folder">The data folder.</param>
/// <param name="FolderId">Its id, which is new.</param>
/// <param name="Manifest">The backup.</param>
public sealed record RestoreReport(string Folder, string FolderId, BackupManifest Manifest);

/// <summary>
/// Makes a data folder out of a backup. It is another folder than the one that was copied: it has an id of its own,
/// so cursors that are ahead of it are refused, and its effects are numbered above all that were sent after the
/// backup, so that no subscriber takes a new one for an old one.
/// </summary>
public static class FolderRestore
{
    /// <summary>Restores a backup.</summary>
    /// <param name="backup">The backup's folder.</param>
    /// <param name="options">The new folder, which is empty or does not exist.</param>
    /// <param name="vault">Where its vault comes from.</param>
    /// <param name="cancellation">Gives up; the folder is left empty.</param>
    /// <exception cref="DataFolderException">The backup is not what its manifest says, its vault is not there, or the
    /// folder holds something.</exception>
    /// <exception cref="StoreException">A file could not be written.</exception>
    public static RestoreReport Run(
        string backup, EmbeddedOptions options, VaultOrigin vault, CancellationToken cancellation)
    {
        backup = Path.GetFullPath(backup);
        var manifest = BackupManifest.Read(backup);
        Verify(backup, manifest, cancellation);
        var record = FolderRecord.Read(backup)
            ?? throw new DataFolderException($"'{backup}' has no '{FolderRecord.Name}'.");
        var folder = Path.GetFullPath(options.DataFolder);
        Directory.CreateDirectory(folder);
        using var held = DataFolder.Lock(folder);
        FolderSwap.Finish(folder);
        RequireEmpty(folder);
        var restored = record.RestoredAs(
            DataFolder.NewId(), [.. manifest.Partitions.Select(partition => partition.LastOutbox)],
            FloorAt(options.Time.GetUtcNow())) with { Vault = vault.Bring(record.Vault, options) };
        var prepared = FolderSwap.Prepare(folder);
        for (var i = 0; i < record.Partitions; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var name = DataFolder.NameOf(i);
            File.Copy(Path.Combine(backup, name), Path.Combine(prepared, name));
            Rename(Path.Combine(prepared, name), restored.FolderId, options);
        }
        restored.Write(prepared);
        new FolderSwap("", [], [.. manifest.Partitions.Select(p => DataFolder.NameOf(p.Partition)), FolderRecord.Name])
            .Run(folder);
        return new RestoreReport(folder, restored.FolderId, manifest);
    }

    /// <summary>The number above which effects of a folder that begins now are numbered.</summary>
    internal static long FloorAt(DateTimeOffset now) => Readmission.FloorAt(Instant.From(now));

    private static void Verify(string backup, BackupManifest manifest, CancellationToken cancellation)
    {
        var names = manifest.Files.Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
        var all = manifest.Partitions.Select(p => DataFolder.NameOf(p.Partition)).Append(FolderRecord.Name);
        foreach (var needed in all)
        {
            if (!names.Contains(needed))
                throw new DataFolderException($"The manifest of '{backup}' does not name '{needed}'.");
        }
        foreach (var file in manifest.Files)
        {
            cancellation.ThrowIfCancellationRequested();
            if (file.Name != Path.GetFileName(file.Name) || !File.Exists(Path.Combine(backup, file.Name)))
                throw new DataFolderException($"'{file.Name}' of the backup '{backup}' is missing.");
            if (BackupFile.Of(backup, file.Name) != file)
            {
                throw new DataFolderException(
                    $"'{file.Name}' of the backup '{backup}' is not what its manifest says; use another backup.");
            }
        }
    }

    private static void RequireEmpty(string folder)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(folder))
        {
            // The lock is held by this process; the prepared files are of a restore that was interrupted.
            if (Path.GetFileName(path) is DataFolder.LockName or FolderSwap.Prepared or "lost+found"
                or VaultFile.DefaultFolder) continue;
            throw new DataFolderException(
                $"'{folder}' is not empty ('{Path.GetFileName(path)}'). Restore into an empty folder, then put it in "
                + "the place of the other.");
        }
    }

    private static void Rename(string path, string id, EmbeddedOptions options)
    {
        var database = Database.OpenWriter(path, options, create: false);
        try
        {
            database.Execute($"UPDATE meta SET value='{id}' WHERE name='folder'");
            PartitionFile.Close(database);
        }
        finally
        {
            database.Dispose();
        }
    }
}
