using DToC.Http.Limits;

namespace DToC.Http.Events;

/// <summary>
/// Keeps the definition still between the reading of events and their turns: events are read into its slots.
/// Also the bound on chunks under way: streams and batches cannot take the places kept for single events, nor one key
/// those of the others.
/// </summary>
internal sealed class DefinitionGate(HttpOptions options, LimitMeters meters) : IDisposable
{
    private readonly SemaphoreSlim _places = new(options.MaxChunksInFlight);
    private readonly SemaphoreSlim _bulk = new(options.BulkChunks);
    private readonly SemaphoreSlim _changing = new(1);

    /// <summary>Waits for a place.</summary>
    public Task EnterAsync(IntakeMode mode, CancellationToken cancellation) =>
        mode.IsBulk ? EnterBulkAsync(mode.Share, cancellation) : _places.WaitAsync(cancellation);

    /// <summary>Gives it back.</summary>
    public void Leave(IntakeMode mode)
    {
        _places.Release();
        if (!mode.IsBulk) return;
        _bulk.Release();
        mode.Share?.Chunks.Release();
    }

    /// <summary>Runs a change while nothing is under way.</summary>
    public async Task ChangeAsync(Func<Task> change, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        var held = 0;
        try
        {
            while (held < options.MaxChunksInFlight)
            {
                await _places.WaitAsync(cancellation);
                held++;
            }
            await change();
        }
        finally
        {
            if (held > 0) _places.Release(held);
            _changing.Release();
        }
    }

    private async Task EnterBulkAsync(KeyShare? share, CancellationToken cancellation)
    {
        if (_bulk.CurrentCount == 0 || share?.Chunks.CurrentCount == 0) meters.Count(Limit.Chunks);
        // The key's own first: those who wait for it hold nothing that others could use.
        if (share is not null) await share.Chunks.WaitAsync(cancellation);
        try
        {
            await _bulk.WaitAsync(cancellation);
            try
            {
                await _places.WaitAsync(cancellation);
            }
            catch
            {
                _bulk.Release();
                throw;
            }
        }
        catch
        {
            share?.Chunks.Release();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _bulk.Dispose();
        _places.Dispose();
        _changing.Dispose();
    }
}
