using DToC.Embedded.Storage;

namespace DToC.Embedded.Vaults;

/// <summary>Where a restored folder gets its vault from.</summary>
public abstract record VaultOrigin
{
    private VaultOrigin()
    {
    }

    /// <summary>The vault stands where the folder looks for it.</summary>
    public sealed record InPlace : VaultOrigin;

    /// <summary>It is copied from a vault's folder; the process that uses that one goes on.</summary>
    /// <param name="Folder">The vault's folder.</param>
    public sealed record Copied(string Folder) : VaultOrigin;

    /// <summary>
    /// The vault is lost: the folder begins a new one. Who was erased since the backup is back, and what was
    /// encrypted cannot be read.
    /// </summary>
    public sealed record Begun : VaultOrigin;

    /// <summary>Puts the vault in its place.</summary>
    /// <returns>The id of the vault that the folder belongs to from now on; null for a new one.</returns>
    /// <exception cref="DataFolderException">There is none.</exception>
    internal string? Bring(string? id, EmbeddedOptions options)
    {
        if (id is null || this is Begun) return null;
        var target = VaultFile.PathOf(options);
        if (File.Exists(target)) return id;
        if (this is not Copied { Folder: var folder })
        {
            throw new DataFolderException(
                $"The backup belongs to vault {id}: name its folder, so that erasures since the backup are applied. "
                + "If that vault is lost for good, say that a new one may begin.");
        }
        var source = Path.Combine(Path.GetFullPath(folder), VaultFile.FileName);
        if (!File.Exists(source)) throw new DataFolderException($"There is no vault in '{folder}'.");
        using var original = Database.OpenBeside(source, options);
        if (VaultFile.IdOf(original) is var found && found != id)
            throw new DataFolderException($"'{folder}' is vault {found}; the backup belongs to vault {id}.");
        Directory.CreateDirectory(VaultFile.FolderOf(options));
        using (var copy = Database.CreateCopy(target + ".new", options))
        {
            original.CopyTo(copy, pagesAtOnce: 1_024, CancellationToken.None);
            copy.Execute("PRAGMA journal_mode=WAL");
        }
        DurableFolder.SyncContent(target + ".new");
        File.Move(target + ".new", target);
        DurableFolder.Sync(VaultFile.FolderOf(options));
        return id;
    }
}
