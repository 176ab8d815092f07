using System.Collections.Concurrent;

namespace DToC.Embedded.Sealing;

/// <summary>
/// The keys ready for use, a bounded number: looked up by any thread without a lock, the coldest put out by CLOCK as
/// grains are (<see cref="Turns.Activations"/>).
/// </summary>
internal sealed class KeyHandles(int limit) : IDisposable
{
    private readonly ConcurrentDictionary<long, KeyHandle> _byId = new();
    private readonly List<KeyHandle> _ring = [];
    private readonly Lock _gate = new();
    private int _hand;
    private bool _isClosed;

    public int Count => _byId.Count;

    public KeyHandle? Find(long id)
    {
        if (!_byId.TryGetValue(id, out var handle)) return null;
        handle.Referenced = true;
        return handle;
    }

    /// <summary>Makes a key ready, or gives the handle that another thread has made meanwhile.</summary>
    public KeyHandle Add(long id, ReadOnlySpan<byte> key)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_byId.TryGetValue(id, out var known)) return known;
            if (_ring.Count >= limit) PutOutColdest();
            var handle = new KeyHandle(id, key) { Slot = _ring.Count };
            _ring.Add(handle);
            _byId[id] = handle;
            return handle;
        }
    }

    /// <summary>Closes a key that is ready; one that is not is left alone.</summary>
    public void Remove(long id)
    {
        lock (_gate)
        {
            if (_byId.TryGetValue(id, out var handle)) Remove(handle);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            _byId.Clear();
            foreach (var handle in _ring) handle.Close();
            _ring.Clear();
        }
    }

    private void PutOutColdest()
    {
        for (; ; _hand++)
        {
            if (_hand >= _ring.Count) _hand = 0;
            if (!_ring[_hand].Referenced) break;
            _ring[_hand].Referenced = false;
        }
        Remove(_ring[_hand]);
    }

    private void Remove(KeyHandle handle)
    {
        _byId.TryRemove(handle.Id, out _);
        var last = _ring[^1];
        _ring[handle.Slot] = last;
        last.Slot = handle.Slot;
        _ring.RemoveAt(_ring.Count - 1);
        handle.Close();
    }
}
