using System.Diagnostics;

namespace DToC.Load.Client;

/// <summary>
/// Connections that each send their next events as soon as their last are answered. One thread goes round several
/// connections: while it waits for one, the answers of the others gather.
/// </summary>
internal static class ClosedLoop
{
    /// <summary>Sends for so long or until the events run out; returns events answered a second.</summary>
    /// <param name="exchanges">The connections; closed at the end.</param>
    /// <param name="threads">Threads that share them.</param>
    /// <param name="length">After it no more are sent.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static async Task<double> RunAsync(
        IReadOnlyList<IExchange> exchanges, int threads, TimeSpan length, CancellationToken cancellation)
    {
        try
        {
            var clock = Stopwatch.StartNew();
            var events = await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => OwnThread.Start(
                () => Run([.. exchanges.Where((_, i) => i % threads == thread)], clock, length, cancellation))));
            return events.Sum() / clock.Elapsed.TotalSeconds;
        }
        finally
        {
            foreach (var exchange in exchanges) exchange.Dispose();
        }
    }

    private static long Run(
        IExchange[] exchanges, Stopwatch clock, TimeSpan length, CancellationToken cancellation)
    {
        var events = 0L;
        var isOpen = Array.ConvertAll(exchanges, exchange => exchange.Send());
        for (var open = isOpen.Count(one => one); open > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var i = 0; i < exchanges.Length; i++)
            {
                if (!isOpen[i]) continue;
                events += exchanges[i].Receive();
                isOpen[i] = clock.Elapsed < length && exchanges[i].Send();
                if (!isOpen[i]) open--;
            }
        }
        return events;
    }
}
