using DToC.Embedded.Storage;
using Microsoft.Extensions.Logging;

namespace DToC.Embedded.Backups;

/// <summary>Leads a folder of an older format to today's, as a start does.</summary>
public static class FolderUpgrade
{
    /// <summary>Upgrades a folder that no process uses.</summary>
    /// <returns>The formats it had and has; the same when there was nothing to do.</returns>
    /// <exception cref="DataFolderException">The folder cannot be used; the message says why.</exception>
    /// <exception cref="StoreException">A file could not be written; it has its old format.</exception>
    public static (int From, int To) Run(EmbeddedOptions options, ILogger log)
    {
        using var folder = DataFolder.OpenExisting(options.DataFolder);
        var from = folder.Record.Format;
        for (var i = 0; i < folder.Partitions; i++) PartitionFile.Close(PartitionFile.Open(folder, i, options, log));
        if (folder.IsOlder) folder.MarkReady();
        return (from, Schema.Version);
    }
}
