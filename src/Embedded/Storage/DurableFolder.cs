namespace DToC.Embedded.Storage;

/// <summary>
/// Makes the names in a folder durable. After a power cut a file whose content was synced can still be missing, or a
/// renamed one stand under its old name, until the folder itself was synced.
/// </summary>
internal static class DurableFolder
{
    private const int ReadOnly = 0;

    /// <summary>Syncs a folder's names; on Windows the file system does it with the rename.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var handle = SystemFile.Open(folder, ReadOnly);
        if (handle < 0) throw new IOException($"'{folder}' cannot be opened to sync it.");
        try
        {
            if (SystemFile.Sync(handle) != 0) throw new IOException($"'{folder}' cannot be synced.");
        }
        finally
        {
            _ = SystemFile.Close(handle);
        }
    }

    /// <summary>Syncs a file that was written by others, for example by SQLite without syncing.</summary>
    public static void SyncContent(string file)
    {
        using var handle = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        handle.Flush(flushToDisk: true);
    }
}
