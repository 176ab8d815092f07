using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DToC.Embedded.Storage;
using DToC.Embedded.Vaults;

namespace DToC.Embedded.Sealing;

/// <summary>
/// The keys of a folder as its vault has them: the wrapping key under the master key, and under the wrapping key one
/// key a row of the table <c>key</c>. A vault has them from the first start with a master key on.
/// <list type="bullet">
/// <item>1 to 255: the key of the tables of the kind with this number.</item>
/// <item><see cref="RowNames"/>: the secret of <see cref="HiddenNames"/>.</item>
/// <item>from <see cref="FirstOwn"/> on: a customer's own. No number is ever given twice.</item>
/// </list>
/// </summary>
internal static class VaultKeys
{
    /// <summary>The first number of a customer's own key.</summary>
    public const long FirstOwn = 1_024;

    /// <summary>The number of the secret that names of rows are hashed with.</summary>
    public const long RowNames = 256;

    /// <summary>The secret that holds the wrapping key.</summary>
    public const string Wrapping = "wrapping";

    /// <summary>Bytes of what a wrapped key is bound to.</summary>
    public const int ContextBytes = 24;

    public static void SetSecret(Database vault, string name, byte[] value)
    {
        using var row = new Statement(vault.Handle, "INSERT OR REPLACE INTO secret(name, value) VALUES(?,?)");
        row.BindText(1, name).Bind(2, value).Run();
    }

    /// <summary>Gives a vault its wrapping key and those of the tables.</summary>
    public static byte[] Begin(VaultFile vault, MasterKey master)
    {
        var wrappingKey = RandomNumberGenerator.GetBytes(MasterKey.KeyBytes);
        var wrapped = WrapByMaster(wrappingKey, vault.Id, master);
        using var wrapping = new WrappingKey(wrappingKey);
        vault.Write(database =>
        {
            database.Execute(string.Create(CultureInfo.InvariantCulture, $"""
                CREATE TABLE IF NOT EXISTS key(id INTEGER PRIMARY KEY, wrapped BLOB NOT NULL);
                INSERT OR REPLACE INTO meta(name, value) VALUES('key_next', {FirstOwn});
                """));
            SetSecret(database, Wrapping, wrapped);
            for (var id = 1; id <= RowNames; id++)
                Insert(database, vault.Id, wrapping, id, RandomNumberGenerator.GetBytes(MasterKey.KeyBytes));
        });
        return wrappingKey;
    }

    /// <summary>Opens a wrapping key.</summary>
    /// <param name="wrapped">As the vault has it.</param>
    /// <param name="vault">Id of the vault.</param>
    /// <param name="master">The master key; null for none.</param>
    /// <exception cref="DataFolderException">The master key is missing, or is another one.</exception>
    public static byte[] Unwrap(byte[] wrapped, string vault, MasterKey? master)
    {
        if (master is null)
        {
            throw new DataFolderException(
                $"The folder is encrypted, and no master key is given: set {MasterKey.Variable} or "
                + $"{MasterKey.FileVariable}, or name its file.");
        }
        try
        {
            return master.Unwrap(wrapped, MasterContext(vault));
        }
        catch (CryptographicException exception)
        {
            throw new DataFolderException(
                $"The master key is not the one of vault {vault}: give the key that the folder was encrypted with. "
                + "After a change of the master key that was interrupted, run 'dtoc rotate-key' again.", exception);
        }
    }

    public static byte[] WrapByMaster(byte[] wrappingKey, string vault, MasterKey master)
    {
        try
        {
            return master.Wrap(wrappingKey, MasterContext(vault));
        }
        catch (CryptographicException exception)
        {
            throw new DataFolderException($"The master key could not be used: {exception.Message}", exception);
        }
    }

    public static void Insert(Database database, string vault, WrappingKey wrapping, long id, ReadOnlySpan<byte> key)
    {
        Span<byte> wrapped = stackalloc byte[WrappingKey.WrappedBytes];
        wrapping.Wrap(key, Context(vault, id, stackalloc byte[ContextBytes]), wrapped);
        using var insert = new Statement(database.Handle, "INSERT INTO key(id, wrapped) VALUES(?,?)");
        insert.Bind(1, id).Bind(2, wrapped).Run();
    }

    public static void Remove(Database database, IEnumerable<long> ids)
    {
        using var remove = new Statement(database.Handle, "DELETE FROM key WHERE id=?");
        foreach (var id in ids) remove.Bind(1, id).Run();
    }

    /// <summary>What a wrapped key is bound to: its vault and its number.</summary>
    /// <param name="vault">Id of the vault: 16 characters.</param>
    /// <param name="id">The number.</param>
    /// <param name="into"><see cref="ContextBytes"/> bytes.</param>
    public static ReadOnlySpan<byte> Context(string vault, long id, Span<byte> into)
    {
        Encoding.ASCII.GetBytes(vault, into);
        BinaryPrimitives.WriteInt64LittleEndian(into[^sizeof(long)..], id);
        return into;
    }

    private static byte[] MasterContext(string vault) => Encoding.ASCII.GetBytes($"dtoc vault {vault}");
}
