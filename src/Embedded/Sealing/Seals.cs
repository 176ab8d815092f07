using System.Security.Cryptography;
using DToC.Embedded.Storage;
using DToC.Embedded.Vaults;
using DToC.Grains;

namespace DToC.Embedded.Sealing;

/// <summary>
/// Whom a folder's rows are sealed for, and how they are opened. Turns see plain bytes: rows are sealed as a batch is
/// written and opened as they are read. Used by any thread.
/// </summary>
internal sealed class Seals : IDisposable
{
    /// <summary>Of a folder without a master key: everything is written as it is.</summary>
    public static readonly Seals Off = new(null, null, null, handles: 1, keys: 1);

    private readonly VaultFile? _vault;
    private readonly KeyReaders? _readers;
    private readonly KeySupply? _supply;
    private readonly KeyHandles _handles;
    private readonly KeyMemory _memory;
    private readonly HiddenNames? _names;
    private long _destructions;

    private Seals(VaultFile? vault, KeyReaders? readers, KeySupply? supply, int handles, int keys)
    {
        _vault = vault;
        _readers = readers;
        _supply = supply;
        _handles = new KeyHandles(handles);
        _memory = new KeyMemory(keys);
        if (readers is null) return;
        var key = new byte[MasterKey.KeyBytes];
        if (!readers.TryRead(VaultKeys.RowNames, key)) throw StoreException.KeyDestroyed(VaultKeys.RowNames);
        _names = new HiddenNames(key);
    }

    /// <summary>True when what is written is sealed.</summary>
    public bool AreOn => _readers is not null;

    /// <summary>Keys ready for use.</summary>
    public int Handles => _handles.Count;

    /// <summary>The seals of a folder whose vault this process holds.</summary>
    /// <exception cref="DataFolderException">The master key is missing, or is another one.</exception>
    public static Seals Open(EmbeddedOptions options, VaultFile vault)
    {
        KeyRotation.Finish(vault, options);
        var wrapped = vault.Use(static database => VaultFile.ReadSecret(database, VaultKeys.Wrapping));
        if (wrapped is null && options.MasterKey is null) return Off;
        var wrappingKey = wrapped is null
            ? VaultKeys.Begin(vault, options.MasterKey!) // one of the two is not null
            : VaultKeys.Unwrap(wrapped, vault.Id, options.MasterKey);
        return new Seals(
            vault, new KeyReaders(VaultFile.PathOf(options), vault.Id, wrappingKey, options),
            new KeySupply(vault, wrappingKey), options.KeyHandles, options.KeysInMemory);
    }

    /// <summary>The seals of a folder for reading it, beside the process that uses it.</summary>
    /// <exception cref="DataFolderException">The master key is missing, or is another one.</exception>
    public static Seals OpenBeside(EmbeddedOptions options)
    {
        var path = VaultFile.PathOf(options);
        if (!File.Exists(path)) return Off;
        using var vault = Database.OpenBeside(path, options);
        if (VaultFile.ReadSecret(vault, VaultKeys.Wrapping) is not { } wrapped) return Off;
        KeyRotation.RequireNoneUnderWay(vault);
        var id = VaultFile.IdOf(vault) ?? "";
        var wrappingKey = VaultKeys.Unwrap(wrapped, id, options.MasterKey);
        return new Seals(
            vault: null, new KeyReaders(path, id, wrappingKey, options), supply: null, options.KeyHandles,
            options.KeysInMemory);
    }

    /// <summary>
    /// The key that a grain's rows are sealed with from now on: for a customer one of its own, for tables that of their
    /// kind. 0 for none.
    /// </summary>
    /// <exception cref="StoreException">The vault could not be written.</exception>
    public long NewKeyFor(GrainKey grain)
    {
        if (_supply is null) return 0;
        // A probe, which tests of hosts run, is like a customer.
        if (grain.Kind is not (GrainKind.Customer or GrainKind.Probe)) return (long)grain.Kind;
        var (id, key) = _supply.Take();
        _handles.Add(id, key);
        _memory.Keep(id, key);
        CryptographicOperations.ZeroMemory(key);
        return id;
    }

    /// <summary>What lies in place of a row's name; null where that is the name itself.</summary>
    public string? NameOf(GrainKey grain, string row) =>
        _names is not null && HiddenNames.Are(grain.Kind) ? _names.Of(grain, row) : null;

    /// <summary>A copy of what stored bytes hold; of plain ones, of themselves.</summary>
    /// <param name="stored">A column of a row.</param>
    /// <param name="place">The row.</param>
    /// <exception cref="StoreException">The key was destroyed, or is not at hand; or the bytes were changed or
    /// moved, which is damage.</exception>
    public byte[] Open(ReadOnlySpan<byte> stored, ReadOnlySpan<byte> place)
    {
        if (!SealedForm.IsSealed(stored)) return stored.ToArray();
        if (!AreOn) throw StoreException.WithoutMasterKey();
        var head = SealedForm.HeadOf(stored);
        if (head == 0) throw StoreException.InSeal();
        var sealedBytes = stored[(head + SealedForm.NonceBytes)..];
        var plain = new byte[sealedBytes.Length - SealedForm.TagBytes];
        try
        {
            while (!HandleOf(SealedForm.KeyOf(stored)).TryDecrypt(
                stored.Slice(head, SealedForm.NonceBytes), sealedBytes[..plain.Length], sealedBytes[plain.Length..],
                plain, place))
            {
                // Closed since it was found.
            }
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw StoreException.InSeal();
        }
    }

    /// <summary>Why stored bytes cannot be opened in a row; null when they can.</summary>
    public StoreException? Problem(ReadOnlySpan<byte> stored, ReadOnlySpan<byte> place)
    {
        if (!SealedForm.IsSealed(stored)) return null;
        try
        {
            Open(stored, place);
            return null;
        }
        catch (StoreException exception) when (exception.Damaged || exception.KeyIsGone)
        {
            return exception;
        }
    }

    /// <summary>The key, read from memory or from the vault unless it is ready.</summary>
    /// <exception cref="StoreException">It was destroyed, or the vault could not be read.</exception>
    public KeyHandle HandleOf(long id)
    {
        if (_handles.Find(id) is { } ready) return ready;
        if (_readers is null) throw StoreException.WithoutMasterKey();
        Span<byte> key = stackalloc byte[MasterKey.KeyBytes];
        try
        {
            for (;;)
            {
                var before = Volatile.Read(ref _destructions);
                if (!_memory.TryRead(id, key))
                {
                    if (!_readers.TryRead(id, key)) throw StoreException.KeyDestroyed(id);
                    _memory.Keep(id, key);
                }
                var handle = _handles.Add(id, key);
                if (before == Volatile.Read(ref _destructions)) return handle;
                // It may have been this one that was destroyed in between.
                _memory.Remove(id);
                _handles.Remove(id);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>
    /// Destroys customers' keys: what is sealed with them, in backups too, can never be opened again once this returns.
    /// To be called when nothing is written with them any more: a commit that would use one fails as a whole.
    /// </summary>
    /// <param name="ids">Their numbers (<see cref="StoreReader.SealKeysOf"/>); one may be gone already.</param>
    /// <param name="also">What is written to the vault in the same transaction.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is the key of a table.</exception>
    /// <exception cref="StoreException">The vault could not be written; the keys are there.</exception>
    public void Destroy(IReadOnlyCollection<long> ids, Action<Database>? also = null)
    {
        foreach (var id in ids) ArgumentOutOfRangeException.ThrowIfLessThan(id, VaultKeys.FirstOwn, nameof(ids));
        if (_vault is null) throw new InvalidOperationException("These seals are for reading, or there are none.");
        _vault.Write(database =>
        {
            VaultKeys.Remove(database, ids);
            also?.Invoke(database);
        });
        Forget(ids);
        Interlocked.Increment(ref _destructions);
        // Once more: a thread may have read one before it was gone, and put it back before it could see that.
        Forget(ids);
    }

    private void Forget(IEnumerable<long> ids)
    {
        foreach (var id in ids)
        {
            _memory.Remove(id);
            _handles.Remove(id);
        }
    }

    public void Dispose()
    {
        if (this == Off) return;
        _supply?.Dispose();
        _readers?.Dispose();
        _handles.Dispose();
        _memory.Clear();
    }
}
