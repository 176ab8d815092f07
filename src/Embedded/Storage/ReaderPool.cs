using System.Collections.Concurrent;
using DToC.Embedded.Sealing;

namespace DToC.Embedded.Storage;

/// <summary>A bounded number of read connections to one partition's file, opened when first needed.</summary>
internal sealed class ReaderPool(
    string path, EmbeddedOptions options, Seals seals, Action<StoreException> onFailure) : IDisposable
{
    private readonly ConcurrentBag<StoreReader> _idle = [];
    private readonly SemaphoreSlim _room = new(options.ReadersPerPartition, options.ReadersPerPartition);
    private volatile bool _closed;

    /// <summary>Reads with one of the connections, waiting for one to be free.</summary>
    /// <exception cref="StoreException">The file could not be read.</exception>
    public async ValueTask<T> ReadAsync<T, TArgument>(
        Func<StoreReader, TArgument, T> read, TArgument argument, CancellationToken cancellation)
    {
        await _room.WaitAsync(cancellation);
        return ReadHere(read, argument);
    }

    /// <summary>The same on a thread that may block.</summary>
    public T Read<T, TArgument>(Func<StoreReader, TArgument, T> read, TArgument argument)
    {
        _room.Wait();
        return ReadHere(read, argument);
    }

    public void Dispose()
    {
        _closed = true;
        while (_idle.TryTake(out var reader)) reader.Dispose();
    }

    private T ReadHere<T, TArgument>(Func<StoreReader, TArgument, T> read, TArgument argument)
    {
        StoreReader? reader = null;
        try
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (!_idle.TryTake(out reader)) reader = new StoreReader(path, options, seals);
            var result = read(reader, argument);
            _idle.Add(reader);
            reader = null;
            return result;
        }
        catch (StoreException exception)
        {
            onFailure(exception);
            throw;
        }
        finally
        {
            // Left over only when reading failed: a connection that did is not used again.
            reader?.Dispose();
            _room.Release();
            if (_closed) Dispose();
        }
    }
}
