using System.Globalization;
using System.Security.Cryptography;
using DToC.Embedded.Storage;
using DToC.Embedded.Vaults;

namespace DToC.Embedded.Sealing;

/// <summary>
/// Keys for customers yet to come. A key is given out only when it is durable in the vault, and made in blocks ahead
/// of use, on a thread of the pool: so no commit waits for the vault, but for the first in a process. Blocks grow while
/// customers come faster than they are made.
/// </summary>
internal sealed class KeySupply(VaultFile vault, ReadOnlySpan<byte> wrappingKey) : IDisposable
{
    private const int LeastBlock = 1_024;
    private const int LargestBlock = 32_768;

    private readonly WrappingKey _wrapping = new(wrappingKey);
    private readonly Queue<(long Id, byte[] Key)> _ready = new();
    private readonly object _gate = new();
    private int _block = LeastBlock;
    private bool _isMaking;
    private bool _isClosed;
    private StoreException? _failure;

    /// <summary>A key that nobody has.</summary>
    /// <exception cref="StoreException">The vault could not be written.</exception>
    public (long Id, byte[] Key) Take()
    {
        lock (_gate)
        {
            while (_ready.Count == 0)
            {
                ObjectDisposedException.ThrowIf(_isClosed, this);
                if (_isMaking) _block = Math.Min(2 * _block, LargestBlock);
                else BeginMaking();
                while (_isMaking) Monitor.Wait(_gate);
                if (_ready.Count == 0 && _failure is { } failure) throw failure;
            }
            var taken = _ready.Dequeue();
            if (_ready.Count < _block / 2 && !_isMaking) BeginMaking();
            return taken;
        }
    }

    /// <summary>Removes from the vault what nobody took; its numbers are not given again.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            while (_isMaking) Monitor.Wait(_gate);
            _wrapping.Dispose();
            if (_ready.Count == 0) return;
            var (first, last) = (_ready.Peek().Id, _ready.Last().Id);
            foreach (var (_, key) in _ready) CryptographicOperations.ZeroMemory(key);
            _ready.Clear();
            try
            {
                vault.Write(database => database.Execute(string.Create(
                    CultureInfo.InvariantCulture, $"DELETE FROM key WHERE id BETWEEN {first} AND {last}")));
            }
            catch (StoreException)
            {
                // They stay behind: nothing is sealed with them.
            }
        }
    }

    private void BeginMaking()
    {
        _isMaking = true;
        _failure = null;
        ThreadPool.UnsafeQueueUserWorkItem(static supply => supply.Make(), this, preferLocal: false);
    }

    private void Make()
    {
        var made = new List<(long Id, byte[] Key)>(_block);
        StoreException? failure = null;
        try
        {
            vault.Write(database => Make(database, _block, made));
        }
        catch (StoreException exception)
        {
            made.Clear();
            failure = exception;
        }
        lock (_gate)
        {
            _failure = failure;
            foreach (var key in made) _ready.Enqueue(key);
            _isMaking = false;
            Monitor.PulseAll(_gate);
        }
    }

    private void Make(Database database, int count, List<(long Id, byte[] Key)> made)
    {
        var next = database.Number("SELECT value FROM meta WHERE name='key_next'") ?? VaultKeys.FirstOwn;
        for (var id = next; id < next + count; id++)
        {
            var key = RandomNumberGenerator.GetBytes(MasterKey.KeyBytes);
            VaultKeys.Insert(database, vault.Id, _wrapping, id, key);
            made.Add((id, key));
        }
        database.Execute(string.Create(
            CultureInfo.InvariantCulture, $"UPDATE meta SET value={next + count} WHERE name='key_next'"));
    }
}
