using DToC.Embedded.Storage;
using DToC.Embedded.Vaults;

namespace DToC.Embedded.Sealing;

/// <summary>Changes the master key of a folder.</summary>
public static class FolderKeys
{
    /// <summary>
    /// Wraps every key in the vault anew under <see cref="EmbeddedOptions.MasterKey"/>; a start with the same options
    /// does it too. Data files are not touched. Interrupted, the same call goes on.
    /// </summary>
    /// <param name="options">The folder, which no process uses, with both master keys.</param>
    /// <returns>Keys that were wrapped anew; 0 when the change was made before.</returns>
    /// <exception cref="DataFolderException">The folder, or one of the master keys, cannot be used.</exception>
    /// <exception cref="StoreException">The vault could not be read or written.</exception>
    public static long Rotate(EmbeddedOptions options)
    {
        using var folder = DataFolder.OpenExisting(options.DataFolder);
        if (folder.Record.Vault is not { } id) throw NotEncrypted(folder.Location);
        using var vault = VaultFile.Open(options, id);
        if (vault.Use(static database => VaultFile.ReadSecret(database, VaultKeys.Wrapping)) is null)
            throw NotEncrypted(folder.Location);
        return KeyRotation.Finish(vault, options);
    }

    private static DataFolderException NotEncrypted(string folder) => new($"'{folder}' is not encrypted.");
}
