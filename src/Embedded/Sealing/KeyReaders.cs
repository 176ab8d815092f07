using System.Security.Cryptography;
using DToC.Embedded.Storage;

namespace DToC.Embedded.Sealing;

/// <summary>
/// Reads keys from the vault beside its writer: a few connections, so that partitions do not wait for each other.
/// </summary>
internal sealed class KeyReaders : IDisposable
{
    private readonly KeyReader[] _readers;

    /// <param name="path">The vault's file.</param>
    /// <param name="vault">Its id.</param>
    /// <param name="wrappingKey">What its keys are wrapped by.</param>
    /// <param name="options">How it is opened, and for how many partitions.</param>
    public KeyReaders(string path, string vault, ReadOnlySpan<byte> wrappingKey, EmbeddedOptions options)
    {
        _readers = new KeyReader[2 * Math.Clamp(options.Partitions, 1, 16)];
        for (var i = 0; i < _readers.Length; i++)
            _readers[i] = new KeyReader(path, vault, new WrappingKey(wrappingKey), options);
    }

    /// <summary>Reads a key; false when it is not there (any more).</summary>
    /// <exception cref="StoreException">The vault could not be read, or is damaged.</exception>
    public bool TryRead(long id, Span<byte> key) =>
        _readers[(uint)Environment.CurrentManagedThreadId % (uint)_readers.Length].TryRead(id, key);

    public void Dispose()
    {
        foreach (var reader in _readers) reader.Dispose();
    }

    private sealed class KeyReader(string path, string vault, WrappingKey wrapping, EmbeddedOptions options)
        : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly byte[] _context = new byte[VaultKeys.ContextBytes];
        private Database? _database;
        private Statement? _find;
        private bool _isClosed;

        public bool TryRead(long id, Span<byte> key)
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isClosed, this);
                try
                {
                    _database ??= Database.OpenBeside(path, options);
                    _find ??= _database.Prepare("SELECT wrapped FROM key WHERE id=?");
                    return TryFind(_find, id, key);
                }
                catch (StoreException)
                {
                    // A connection that failed is not used again.
                    Close();
                    throw;
                }
            }
        }

        public void Dispose()
        {
            lock (_gate)
            {
                _isClosed = true;
                Close();
                wrapping.Dispose();
            }
        }

        private bool TryFind(Statement find, long id, Span<byte> key)
        {
            try
            {
                if (!find.Bind(1, id).Step()) return false;
                wrapping.Unwrap(find.Blob(0), VaultKeys.Context(vault, id, _context), key);
                return true;
            }
            catch (CryptographicException)
            {
                throw StoreException.InStoredRow($"Key {id} of the vault");
            }
            finally
            {
                find.Reset();
            }
        }

        private void Close()
        {
            _database?.Dispose();
            _database = null;
            _find = null;
        }
    }
}
