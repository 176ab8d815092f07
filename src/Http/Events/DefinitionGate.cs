namespace DToC.Http.Events;

/// <summary>
/// Keeps the definition still between the reading of events and their turns: events are read into its slots.
/// Also the bound on chunks under way.
/// </summary>
internal sealed class DefinitionGate(HttpOptions options) : IDisposable
{
    private readonly SemaphoreSlim _places = new(options.MaxChunksInFlight);
    private readonly SemaphoreSlim _changing = new(1);

    /// <summary>Waits for a place.</summary>
    public Task EnterAsync(CancellationToken cancellation) => _places.WaitAsync(cancellation);

    /// <summary>Gives it back.</summary>
    public void Leave() => _places.Release();

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

    /// <inheritdoc/>
    public void Dispose()
    {
        _places.Dispose();
        _changing.Dispose();
    }
}
