using DToC.Embedded.Storage;
using DToC.Embedded.Vaults;
using Microsoft.Extensions.Logging;

namespace DToC.Embedded.Sealing;

/// <summary>What an encryption sealed.</summary>
/// <param name="Sealed">Rows that were plain and are sealed now, all tables together.</param>
/// <param name="Damaged">Plain rows that are not what was written; they were left as they are.</param>
public sealed record EncryptionReport(long Sealed, long Damaged);

/// <summary>
/// Seals all that lies plain in a folder that got a master key later than its first row. A server seals what it writes;
/// this does the rest at once. Killed, it goes on where it was.
/// </summary>
public static class FolderEncryption
{
    /// <summary>Encrypts a folder that no process uses.</summary>
    /// <param name="options">The folder, with its master key.</param>
    /// <param name="log">Where warnings go.</param>
    /// <param name="cancellation">Gives up; what was sealed stays so.</param>
    /// <exception cref="DataFolderException">The folder or the master key cannot be used; the message says why.</exception>
    /// <exception cref="StoreException">A file could not be read or written.</exception>
    public static EncryptionReport Run(EmbeddedOptions options, ILogger log, CancellationToken cancellation)
    {
        if (options.MasterKey is null)
        {
            throw new DataFolderException(
                $"To encrypt a folder a master key is needed: set {MasterKey.Variable} or {MasterKey.FileVariable}, or "
                + "name its file.");
        }
        using var folder = DataFolder.OpenExisting(options.DataFolder);
        using var vault = VaultFile.Open(options, folder.Record.Vault);
        folder.BelongTo(vault.Id);
        using var seals = Seals.Open(options with { Partitions = folder.Partitions }, vault);
        var (done, damaged) = (0L, 0L);
        for (var i = 0; i < folder.Partitions; i++)
        {
            var file = PartitionFile.Open(folder, i, options, log);
            try
            {
                var encryption = new PartitionEncryption(file, seals, options.CheckpointPages);
                encryption.Run(cancellation);
                done += encryption.Sealed;
                damaged += encryption.Damaged;
                PartitionFile.Close(file);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        if (folder.IsOlder) folder.MarkReady();
        return new EncryptionReport(done, damaged);
    }
}
