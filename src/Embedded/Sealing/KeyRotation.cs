using System.Globalization;
using System.Security.Cryptography;
using DToC.Embedded.Storage;
using DToC.Embedded.Vaults;

namespace DToC.Embedded.Sealing;

/// <summary>
/// Changes the master key: makes a new wrapping key under the new one and wraps every key anew, in steps that are each
/// one transaction. Until the last both wrapping keys are in the vault, each under its own master key, and where the
/// steps have come to; interrupted, it goes on from there when both master keys are given again.
/// </summary>
internal static class KeyRotation
{
    private const int KeysAtOnce = 20_000;
    private const string NextWrapping = "wrapping_next";
    private const string Place = "rotated_to";

    /// <summary>
    /// Begins or goes on with a change when <see cref="EmbeddedOptions.FormerMasterKey"/> is given and the change is
    /// not made yet.
    /// </summary>
    /// <returns>Keys that were wrapped anew.</returns>
    /// <exception cref="DataFolderException">One of the master keys is not the right one, or the former is missing
    /// that an interrupted change needs.</exception>
    public static long Finish(VaultFile vault, EmbeddedOptions options)
    {
        var next = vault.Use(static database => VaultFile.ReadSecret(database, NextWrapping));
        if (options.FormerMasterKey is not { } former) return next is null ? 0 : throw Interrupted();
        var kept = vault.Use(static database => VaultFile.ReadSecret(database, VaultKeys.Wrapping));
        if (kept is not { } wrapped) return 0;
        var master = options.MasterKey
            ?? throw new DataFolderException("A former master key is given, and no master key to change to.");
        if (next is null && Opens(wrapped, vault.Id, master)) return 0;
        var old = VaultKeys.Unwrap(wrapped, vault.Id, former);
        var fresh = next is null ? Begin(vault, master) : VaultKeys.Unwrap(next, vault.Id, master);
        using var from = new WrappingKey(old);
        using var to = new WrappingKey(fresh);
        var count = 0L;
        while (Step(vault, from, to, KeysAtOnce) is > 0 and var done) count += done;
        vault.Write(database =>
        {
            var begun = VaultFile.ReadSecret(database, NextWrapping)!; // just now, or before an interruption
            VaultKeys.SetSecret(database, VaultKeys.Wrapping, begun);
            database.Execute($"DELETE FROM secret WHERE name='{NextWrapping}'; DELETE FROM meta WHERE name='{Place}';");
        });
        return count;
    }

    /// <summary>Refuses a vault whose keys are some under one wrapping key and some under another.</summary>
    /// <exception cref="DataFolderException">A change is under way, or was interrupted.</exception>
    public static void RequireNoneUnderWay(Database vault)
    {
        if (VaultFile.ReadSecret(vault, NextWrapping) is not null) throw Interrupted();
    }

    private static DataFolderException Interrupted() => new(
        "A change of the master key was interrupted: run 'dtoc rotate-key' again with both keys.");

    private static bool Opens(byte[] wrapped, string vault, MasterKey master)
    {
        try
        {
            VaultKeys.Unwrap(wrapped, vault, master);
            return true;
        }
        catch (DataFolderException)
        {
            return false;
        }
    }

    internal static byte[] Begin(VaultFile vault, MasterKey master)
    {
        var key = RandomNumberGenerator.GetBytes(MasterKey.KeyBytes);
        var wrapped = VaultKeys.WrapByMaster(key, vault.Id, master);
        vault.Write(database =>
        {
            VaultKeys.SetSecret(database, NextWrapping, wrapped);
            database.Execute($"INSERT OR REPLACE INTO meta(name, value) VALUES('{Place}', 0)");
        });
        return key;
    }

    internal static int Step(VaultFile vault, WrappingKey from, WrappingKey to, int limit)
    {
        var count = 0;
        vault.Write(database =>
        {
            var place = database.Number($"SELECT value FROM meta WHERE name='{Place}'") ?? 0;
            List<(long Id, byte[] Wrapped)> keys = [];
            using (var rows = new Statement(
                database.Handle, "SELECT id, wrapped FROM key WHERE id>? ORDER BY id LIMIT ?"))
            {
                rows.Bind(1, place).Bind(2, limit);
                while (rows.Step()) keys.Add((rows.Int64(0), rows.Blob(1).ToArray()));
            }
            if (keys.Count == 0) return;
            using var update = new Statement(database.Handle, "UPDATE key SET wrapped=? WHERE id=?");
            foreach (var (id, wrapped) in keys)
            {
                WrapAnew(vault.Id, id, wrapped, from, to);
                update.Bind(1, wrapped).Bind(2, id).Run();
            }
            database.Execute(string.Create(
                CultureInfo.InvariantCulture, $"UPDATE meta SET value={keys[^1].Id} WHERE name='{Place}'"));
            count = keys.Count;
        });
        return count;
    }

    private static void WrapAnew(string vault, long id, Span<byte> wrapped, WrappingKey from, WrappingKey to)
    {
        Span<byte> key = stackalloc byte[MasterKey.KeyBytes];
        Span<byte> context = stackalloc byte[VaultKeys.ContextBytes];
        VaultKeys.Context(vault, id, context);
        try
        {
            from.Unwrap(wrapped, context, key);
        }
        catch (CryptographicException)
        {
            throw StoreException.InStoredRow($"Key {id} of the vault");
        }
        to.Wrap(key, context, wrapped);
        CryptographicOperations.ZeroMemory(key);
    }
}
