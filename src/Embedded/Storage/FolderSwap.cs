using System.Text.Json;

namespace DToC.Embedded.Storage;

/// <summary>
/// Puts files that were prepared in a folder beside in the place of others, as one. What is to be moved is recorded
/// first; a process that is killed in between leaves the record, and whoever takes the folder next completes the
/// moves. Without the record nothing has begun. The old files are kept in a folder that says why.
/// </summary>
/// <param name="Aside">Name of the folder for the old files.</param>
/// <param name="Old">Names of the files to be put aside.</param>
/// <param name="New">Names of the files that take their place, now in <see cref="Prepared"/>.</param>
internal sealed record FolderSwap(string Aside, IReadOnlyList<string> Old, IReadOnlyList<string> New)
{
    /// <summary>Name of the folder in which the new files are prepared.</summary>
    public const string Prepared = "next";

    private const string RecordName = "dtoc.swap";

    /// <summary>True when moves were recorded and not completed.</summary>
    public static bool IsPending(string folder) => File.Exists(Path.Combine(folder, RecordName));

    /// <summary>The files of partitions as they lie, with their logs.</summary>
    public static IEnumerable<string> FilesOf(string folder, int partitions) =>
        Enumerable.Range(0, partitions).SelectMany(i => FilesOf(folder, DataFolder.NameOf(i)));

    /// <summary>The file of a partition, with its log.</summary>
    public static IEnumerable<string> FilesOf(string folder, string name) =>
        new[] { name, name + "-wal", name + "-shm" }.Where(file => File.Exists(Path.Combine(folder, file)));

    /// <summary>An empty folder to prepare new files in; what an earlier attempt left there goes.</summary>
    public static string Prepare(string folder)
    {
        var path = Path.Combine(folder, Prepared);
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        return Directory.CreateDirectory(path).FullName;
    }

    /// <summary>Makes the new files durable, records the moves, and makes them.</summary>
    public void Run(string folder)
    {
        var prepared = Path.Combine(folder, Prepared);
        foreach (var name in New) DurableFolder.SyncContent(Path.Combine(prepared, name));
        DurableFolder.Sync(prepared);
        if (Old.Count > 0) Directory.CreateDirectory(Path.Combine(folder, Aside));
        var draft = Path.Combine(folder, RecordName + ".new");
        using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            JsonSerializer.Serialize(file, this);
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, Path.Combine(folder, RecordName), overwrite: true);
        DurableFolder.Sync(folder);
        Finish(folder);
    }

    /// <summary>Completes moves that were recorded; may be interrupted and called again any number of times.</summary>
    /// <exception cref="DataFolderException">The record cannot be read.</exception>
    public static void Finish(string folder)
    {
        var recordPath = Path.Combine(folder, RecordName);
        if (!File.Exists(recordPath)) return;
        var swap = Read(recordPath);
        var aside = Path.Combine(folder, swap.Aside);
        var prepared = Path.Combine(folder, Prepared);
        foreach (var name in swap.Old)
        {
            // Once it stands aside, a file of its name is the new one.
            if (!File.Exists(Path.Combine(aside, name)) && File.Exists(Path.Combine(folder, name)))
                File.Move(Path.Combine(folder, name), Path.Combine(aside, name));
        }
        if (swap.Old.Count > 0) DurableFolder.Sync(aside);
        foreach (var name in swap.New)
        {
            if (File.Exists(Path.Combine(prepared, name)))
                File.Move(Path.Combine(prepared, name), Path.Combine(folder, name), overwrite: true);
        }
        DurableFolder.Sync(folder);
        File.Delete(recordPath);
        if (Directory.Exists(prepared)) Directory.Delete(prepared, recursive: true);
        DurableFolder.Sync(folder);
    }

    private static FolderSwap Read(string path)
    {
        try
        {
            if (JsonSerializer.Deserialize<FolderSwap>(File.ReadAllBytes(path)) is { } swap) return swap;
        }
        catch (JsonException)
        {
            // Said below: it is written as one, so this is damage.
        }
        throw new DataFolderException(
            $"'{path}' says which files are to be exchanged and cannot be read. The new ones are in '{Prepared}', the "
            + "old ones beside it or in the folder it put them; restore a backup, or put them in place by hand.");
    }
}
