using System.Net;
using DToC.Twin.Events;

namespace DToC.Http;

/// <summary>How the API behaves. Every limit of the API stands here under its name.</summary>
public sealed record HttpOptions
{
    /// <summary>Limits of one event.</summary>
    public EventLimits Events { get; init; } = EventLimits.Default;

    /// <summary>
    /// Longest body of a batch, in bytes. A stream of lines has no limit but that of a line.
    /// </summary>
    public int MaxBatchBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>Most events, or records of attributes, in one batch. A stream of lines may have any number.</summary>
    public int MaxBatchEvents { get; init; } = 50_000;

    /// <summary>Longest body of any other request, in bytes.</summary>
    public int MaxBodyBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>
    /// Events read from one stream or batch that are not answered yet; at least <see cref="ChunkEvents"/>.
    /// </summary>
    public int MaxEventsInFlight { get; init; } = 2_000;

    /// <summary>Most events that are sent to their grains together.</summary>
    public int ChunkEvents { get; init; } = 250;

    /// <summary>
    /// Chunks of all requests together that wait for their commits; others wait for one of them. Streams and batches
    /// have three quarters of them, one key's half of that; a quarter is kept for single events.
    /// </summary>
    public int MaxChunksInFlight { get; init; } = 256;

    /// <summary>Connections at one time; others are closed as they come.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>Bytes a connection reads ahead of the request it works on; at least 64 KiB.</summary>
    public int MaxReadAheadBytes { get; init; } = 256 * 1024;

    /// <summary>Requests under way, streams and receivers among them; those of operators are let in beyond.</summary>
    public int MaxRequestsInFlight { get; init; } = 2_048;

    /// <summary>Of them, those of one key.</summary>
    public int MaxRequestsPerKey { get; init; } = 1_024;

    /// <summary>Streams of lines open at one time.</summary>
    public int MaxStreams { get; init; } = 256;

    /// <summary>Of them, those of one key.</summary>
    public int MaxStreamsPerKey { get; init; } = 128;

    /// <summary>
    /// Bytes of bodies being read or worked on, and of answers their senders have not read, all requests together; at
    /// least two batches. Streams and long bodies have three quarters of it, and one key has half.
    /// </summary>
    public long MaxBytesInFlight { get; init; } = 256L * 1024 * 1024;

    /// <summary>
    /// Share of the memory the process may use from which on its managed heap lets no new events in.
    /// </summary>
    public double MaxHeapShare { get; init; } = 0.85;

    /// <summary>Events a second for a key that was issued without a rate of its own; 0 for no limit.</summary>
    public int EventsPerSecondPerKey { get; init; }

    /// <summary>When to come back after a limit of requests or bytes was hit.</summary>
    public TimeSpan RetryAfterLimit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a stream may stay without a whole line, or its answers, or decisions, without being read.
    /// </summary>
    public TimeSpan StreamIdle { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Answers to a stream that its sender has not read yet, in bytes; beyond it no more lines are read.
    /// </summary>
    public int MaxUnreadAnswerBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>How long a stream waits for a busy host before it answers a line with <c>retry</c>.</summary>
    public TimeSpan StreamPatience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>When to come back after an answer of a host that is not available.</summary>
    public TimeSpan RetryAfterUnavailable { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The key that identifiers are hashed with where the definition says so, of
    /// <see cref="IdentifierHashing.KeyBytes"/> bytes; a secret. Without one, events that bear such an identifier are
    /// refused.
    /// </summary>
    public ReadOnlyMemory<byte>? IdentifierKey { get; init; }

    /// <summary>How long a customer found by an identifier is remembered.</summary>
    public TimeSpan IdentityMemory { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Most identifiers remembered.</summary>
    public int MaxIdentitiesRemembered { get; init; } = 50_000;

    /// <summary>How long a revocation made by another process may take to be noticed.</summary>
    public TimeSpan KeyMemory { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Receivers of decisions at one time.</summary>
    public int MaxSubscribers { get; init; } = 64;

    /// <summary>Of them, those of one key.</summary>
    public int MaxSubscribersPerKey { get; init; } = 32;

    /// <summary>Time between two signs of life to a receiver of decisions.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Networks that destinations may lie in besides the public internet: receivers in the house, brokers.
    /// </summary>
    public IReadOnlyList<IPNetwork> DeliveryNetworks { get; init; } = [];

    /// <summary>Pages of the console being looked at at one time.</summary>
    public int MaxViewers { get; init; } = 64;

    /// <summary>Sessions of the console; one more ends the oldest.</summary>
    public int MaxSessions { get; init; } = 256;

    /// <summary>How long a session of the console lasts.</summary>
    public TimeSpan SessionLifetime { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Entries of a timeline in one answer, unless fewer are asked for.</summary>
    public int MaxTimelineEntries { get; init; } = 500;

    /// <summary>Quarantined events in one answer, unless fewer are asked for.</summary>
    public int MaxQuarantinePage { get; init; } = 500;

    /// <summary>Hypothetical twins at one time.</summary>
    public int MaxHypotheticalTwins { get; init; } = 1_000;

    /// <summary>Of them, those made with one key.</summary>
    public int MaxHypotheticalTwinsPerKey { get; init; } = 100;

    /// <summary>Most events that are assumed of one hypothetical twin.</summary>
    public int MaxHypotheticalEvents { get; init; } = 1_000;

    /// <summary>Bytes that all hypothetical twins may take together, about.</summary>
    public long MaxHypotheticalBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>
    /// Bytes that the customers and sums of the simulation that runs may take. Customers that take more are read anew
    /// page by page, and such a simulation has no result before its end and does not go on after a restart; sums that
    /// take more are refused.
    /// </summary>
    public long SimulationMemoryBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>
    /// How much the thread of simulations stands back where threads want a processor, by the operating system's
    /// measure: 0 for not at all, to 19. Linux alone heeds it.
    /// </summary>
    public int SimulationNiceness { get; init; } = 10;

    /// <summary>How often the state of the simulation that runs is kept, at most.</summary>
    public TimeSpan SimulationKeepInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often it is told what the simulation that runs comes to so far, at most.</summary>
    public TimeSpan SimulationTellInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Places for chunks of streams and batches.</summary>
    internal int BulkChunks => Math.Max(1, MaxChunksInFlight - MaxChunksInFlight / 4);

    /// <summary>Refuses options that cannot work.</summary>
    /// <exception cref="ArgumentException">Names the option, its value and what it may be.</exception>
    public void Validate()
    {
        AtLeast(nameof(MaxBatchBytes), MaxBatchBytes, Events.MaxEventBytes);
        AtLeast(nameof(MaxBodyBytes), MaxBodyBytes, 1_024);
        AtLeast(nameof(ChunkEvents), ChunkEvents, 1);
        AtLeast(nameof(MaxEventsInFlight), MaxEventsInFlight, ChunkEvents);
        AtLeast(nameof(MaxChunksInFlight), MaxChunksInFlight, 1);
        AtLeast(nameof(MaxUnreadAnswerBytes), MaxUnreadAnswerBytes, 64 * 1024);
        AtLeast(nameof(MaxIdentitiesRemembered), MaxIdentitiesRemembered, 1);
        AtLeast(nameof(MaxSubscribers), MaxSubscribers, 0);
        AtLeast(nameof(MaxViewers), MaxViewers, 0);
        AtLeast(nameof(MaxSessions), MaxSessions, 1);
        AtLeast(nameof(MaxTimelineEntries), MaxTimelineEntries, 1);
        AtLeast(nameof(MaxQuarantinePage), MaxQuarantinePage, 1);
        AtLeast(nameof(MaxBatchEvents), MaxBatchEvents, 1);
        AtLeast(nameof(MaxHypotheticalTwins), MaxHypotheticalTwins, 0);
        AtLeast(nameof(MaxHypotheticalTwinsPerKey), MaxHypotheticalTwinsPerKey, 0);
        AtLeast(nameof(MaxHypotheticalEvents), MaxHypotheticalEvents, 0);
        AtLeast(nameof(MaxHypotheticalBytes), MaxHypotheticalBytes, 0);
        AtLeast(nameof(MaxConnections), MaxConnections, 1);
        AtLeast(nameof(MaxReadAheadBytes), MaxReadAheadBytes, 64 * 1024);
        AtLeast(nameof(MaxRequestsInFlight), MaxRequestsInFlight, 1);
        AtLeast(nameof(MaxRequestsPerKey), MaxRequestsPerKey, 1);
        AtLeast(nameof(MaxStreams), MaxStreams, 0);
        AtLeast(nameof(MaxStreamsPerKey), MaxStreamsPerKey, 0);
        AtLeast(nameof(MaxSubscribersPerKey), MaxSubscribersPerKey, 0);
        AtLeast(nameof(EventsPerSecondPerKey), EventsPerSecondPerKey, 0);
        AtLeast(nameof(SimulationMemoryBytes), SimulationMemoryBytes, 1024 * 1024);
        if (SimulationNiceness is < 0 or > 19)
        {
            throw new ArgumentException(
                $"SimulationNiceness is {SimulationNiceness}; it must be 0 to 19.", paramName: null);
        }
        AtLeast(nameof(MaxBytesInFlight), MaxBytesInFlight, 2L * Math.Max(MaxBatchBytes, MaxBodyBytes));
        if (MaxHeapShare is not (> 0 and <= 1))
        {
            throw new ArgumentException(
                $"MaxHeapShare is {MaxHeapShare}; it must be above 0 and at most 1.", paramName: null);
        }
        if (IdentifierKey is { Length: not IdentifierHashing.KeyBytes } key)
        {
            throw new ArgumentException(
                $"IdentifierKey has {key.Length} bytes; it must have {IdentifierHashing.KeyBytes}.", paramName: null);
        }
        Positive(nameof(StreamIdle), StreamIdle);
        Positive(nameof(Heartbeat), Heartbeat);
        Positive(nameof(SessionLifetime), SessionLifetime);
    }

    private static void Positive(string name, TimeSpan value)
    {
        if (value <= TimeSpan.Zero)
        {
            throw new ArgumentException($"{name} is {value}; it must be above zero.", name);
        }
    }

    private static void AtLeast(string name, long value, long least)
    {
        if (value < least)
        {
            throw new ArgumentException($"{name} is {value}; it must be at least {least}.", name);
        }
    }
}
