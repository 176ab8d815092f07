namespace DToC.Browser.Tests;

/// <summary>Posts events in rising and falling waves until told to stop, and listens to decisions meanwhile.</summary>
internal sealed class Load : IAsyncDisposable
{
    private const int Pause = 100;
    private const int Least = 40;
    private const int Swing = 260;

    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _posting;
    private readonly Task _listening;
    private int _stopped;

    private Load(ApiProcess server)
    {
        _posting = PostAsync(server);
        _listening = ListenAsync(server);
    }

    /// <summary>Events that the server said it accepted.</summary>
    public long Accepted { get; private set; }

    public static Load Start(ApiProcess server) => new(server);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0) return;
        await _stopping.CancelAsync();
        await _posting;
        await _listening;
        _stopping.Dispose();
    }

    private async Task PostAsync(ApiProcess server)
    {
        using var events = Traffic.Events(seed: 3).GetEnumerator();
        for (var round = 0; !_stopping.IsCancellationRequested; round++)
        {
            var wave = Least + (int)(Swing * (1 + Math.Sin(round / 60.0)) / 2);
            var batch = new List<byte[]>(wave);
            while (batch.Count < wave && events.MoveNext()) batch.Add(events.Current);
            if (batch.Count == 0) return;
            Accepted += await server.PostAsync(batch);
            await Task.Delay(Pause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(ApiProcess server)
    {
        try
        {
            await using var decisions = await server.Client.GetStreamAsync(
                new Uri("/v1/decisions", UriKind.Relative), _stopping.Token);
            var buffer = new byte[8_192];
            while (await decisions.ReadAsync(buffer, _stopping.Token) > 0)
            {
                // A subscriber that keeps up.
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
