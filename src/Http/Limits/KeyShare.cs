using DToC.Grains;

namespace DToC.Http.Limits;

/// <summary>What one access key has of what all share, and its rates.</summary>
internal sealed class KeyShare : IDisposable
{
    public KeyShare(KeyRate rate, HttpOptions options, TimeProvider time)
    {
        Rate = rate;
        Requests = new Tally(options.MaxRequestsPerKey);
        Streams = new Tally(options.MaxStreamsPerKey);
        Subscribers = new Tally(options.MaxSubscribersPerKey);
        Bytes = new Tally(options.MaxBytesInFlight / 2);
        Chunks = new SemaphoreSlim(Math.Max(1, options.BulkChunks / 2));
        var events = rate.EventsPerSecond > 0 ? rate.EventsPerSecond : options.EventsPerSecondPerKey;
        if (events > 0) EventRate = new TokenBucket(events, time);
        if (rate.RequestsPerSecond > 0) RequestRate = new TokenBucket(rate.RequestsPerSecond, time);
    }

    /// <summary>The rates it was made for.</summary>
    public KeyRate Rate { get; }

    /// <summary>Requests under way.</summary>
    public Tally Requests { get; }

    /// <summary>Streams of lines that are open.</summary>
    public Tally Streams { get; }

    /// <summary>Receivers of decisions.</summary>
    public Tally Subscribers { get; }

    /// <summary>Bytes of bodies, and of answers nobody has read yet.</summary>
    public Tally Bytes { get; }

    /// <summary>Places for chunks of streams and batches.</summary>
    public SemaphoreSlim Chunks { get; }

    /// <summary>Events a second, or null for no limit.</summary>
    public TokenBucket? EventRate { get; }

    /// <summary>Requests a second, or null for no limit.</summary>
    public TokenBucket? RequestRate { get; }

    /// <inheritdoc/>
    public void Dispose() => Chunks.Dispose();
}
