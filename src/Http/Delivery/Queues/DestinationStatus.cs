using DToC.Twin;

namespace DToC.Http.Delivery.Queues;

/// <summary>Whether a destination is sent to.</summary>
public enum BreakerState
{
    /// <summary>It is.</summary>
    Closed,

    /// <summary>It is not for a while, as it failed again and again.</summary>
    Open,

    /// <summary>One message is sent, to see whether it takes it.</summary>
    HalfOpen,
}

/// <summary>Figures of a destination at a moment. Counters run from the start of the process.</summary>
public sealed record DestinationStatus(string Name, DestinationKind Kind)
{
    /// <summary>Whether anything is sent.</summary>
    public bool IsRunning { get; init; }

    /// <summary>What an operator should know, or null.</summary>
    public string? Problem { get; init; }

    /// <summary>Its circuit breaker.</summary>
    public BreakerState Breaker { get; init; }

    /// <summary>Messages that wait: those read that have not gone, and those that wait for another attempt.</summary>
    public int Queue { get; init; }

    /// <summary>Of them, those that wait for another attempt.</summary>
    public int Retrying { get; init; }

    /// <summary>Messages on their way now.</summary>
    public int InFlight { get; init; }

    /// <summary>Dead letters.</summary>
    public int Dead { get; init; }

    /// <summary>Most dead letters there may be; as many as that, and nothing is given up any more.</summary>
    public int MaxDead { get; init; }

    /// <summary>When the oldest that waits was published; null when nothing waits.</summary>
    public Instant? Oldest { get; init; }

    /// <summary>Messages taken.</summary>
    public long Taken { get; init; }

    /// <summary>Attempts in vain.</summary>
    public long NotTaken { get; init; }

    /// <summary>Messages that were not sent, as their customers had said no by then or were erased.</summary>
    public long Withheld { get; init; }

    /// <summary>Age of the oldest that waits, in seconds; null when nothing waits.</summary>
    public double? OldestSeconds(Instant now) =>
        Oldest is { } oldest ? Math.Max(0, (now.UnixMs - oldest.UnixMs) / 1000.0) : null;
}

/// <summary>Counters of a destination, for as long as the process runs.</summary>
internal sealed class DeliveryCounters
{
    private long _taken;
    private long _notTaken;
    private long _withheld;

    public void Taken() => Interlocked.Increment(ref _taken);

    public void NotTaken() => Interlocked.Increment(ref _notTaken);

    public void Withheld() => Interlocked.Increment(ref _withheld);

    /// <summary>A status with these counters.</summary>
    public DestinationStatus In(DestinationStatus status) => status with
    {
        Taken = Volatile.Read(ref _taken),
        NotTaken = Volatile.Read(ref _notTaken),
        Withheld = Volatile.Read(ref _withheld),
    };
}
