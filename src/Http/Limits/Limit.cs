namespace DToC.Http.Limits;

/// <summary>Limits that a sender or a receiver can hit. Their words label a metric.</summary>
internal enum Limit
{
    /// <summary><see cref="HttpOptions.MaxRequestsInFlight"/>.</summary>
    Requests,

    /// <summary><see cref="HttpOptions.MaxRequestsPerKey"/>.</summary>
    RequestsPerKey,

    /// <summary>A key's own rate of requests.</summary>
    RequestRate,

    /// <summary>A key's own rate of events, or <see cref="HttpOptions.EventsPerSecondPerKey"/>.</summary>
    EventRate,

    /// <summary><see cref="HttpOptions.MaxBytesInFlight"/>.</summary>
    Bytes,

    /// <summary>Half of <see cref="HttpOptions.MaxBytesInFlight"/>.</summary>
    BytesPerKey,

    /// <summary><see cref="HttpOptions.MaxHeapShare"/>.</summary>
    Memory,

    /// <summary><see cref="HttpOptions.MaxChunksInFlight"/>: a chunk waited.</summary>
    Chunks,

    /// <summary><see cref="HttpOptions.MaxStreams"/>.</summary>
    Streams,

    /// <summary><see cref="HttpOptions.MaxStreamsPerKey"/>.</summary>
    StreamsPerKey,

    /// <summary><see cref="HttpOptions.StreamIdle"/>: no line came.</summary>
    StreamIdle,

    /// <summary><see cref="HttpOptions.StreamIdle"/>: answers were not read.</summary>
    UnreadAnswers,

    /// <summary><see cref="HttpOptions.MaxSubscribers"/>.</summary>
    Subscribers,

    /// <summary><see cref="HttpOptions.MaxSubscribersPerKey"/>.</summary>
    SubscribersPerKey,

    /// <summary><see cref="HttpOptions.StreamIdle"/>: a receiver of decisions did not read.</summary>
    SlowReceiver,

    /// <summary><see cref="HttpOptions.MaxBatchEvents"/>.</summary>
    BatchEvents,

    /// <summary>The host's own room: it answered that it is busy.</summary>
    Host,

    /// <summary>
    /// <see cref="HttpOptions.MaxHypotheticalTwins"/>, <see cref="HttpOptions.MaxHypotheticalTwinsPerKey"/> or
    /// <see cref="HttpOptions.MaxHypotheticalBytes"/>.
    /// </summary>
    HypotheticalTwins,
}
