using DToC.Twin;
using Polly;
using Polly.CircuitBreaker;

namespace DToC.Http.Delivery.Queues;

/// <summary>
/// A circuit breaker with the destination's own clock: after attempts that failed almost all it opens for a while,
/// then lets one message through to see, and opens for longer when that fails too.
/// </summary>
internal sealed class Breaker
{
    private const double FailureShare = 0.9;
    private const int Fewest = 5;
    private const int MostDoublings = 16;
    private static readonly TimeSpan Looking = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private readonly CircuitBreakerStateProvider _state = new();
    private readonly ResiliencePipeline<DeliveryAnswer> _pipeline;
    private long _openUntil = Instant.Never.UnixMs;

    public Breaker(TimeProvider time)
    {
        var options = new CircuitBreakerStrategyOptions<DeliveryAnswer>
        {
            FailureRatio = FailureShare,
            MinimumThroughput = Fewest,
            SamplingDuration = Looking,
            StateProvider = _state,
            ShouldHandle = static arguments => new ValueTask<bool>(
                arguments.Outcome is { Result: DeliveryAnswer.NotTaken { IsAlive: false } }),
            BreakDurationGenerator = arguments =>
            {
                var wait = First * Math.Pow(2, Math.Min(arguments.HalfOpenAttempts, MostDoublings));
                if (wait > Longest) wait = Longest;
                Volatile.Write(ref _openUntil, Instant.From(time.GetUtcNow() + wait).UnixMs);
                return new ValueTask<TimeSpan>(wait);
            },
        };
        _pipeline = new ResiliencePipelineBuilder<DeliveryAnswer> { TimeProvider = time }
            .AddCircuitBreaker(options).Build();
    }

    /// <summary>Its state, for operators.</summary>
    public BreakerState State => _state.CircuitState switch
    {
        CircuitState.Closed => BreakerState.Closed,
        CircuitState.HalfOpen => BreakerState.HalfOpen,
        _ => BreakerState.Open,
    };

    /// <summary>When it lets one through to see; <see cref="Instant.Never"/> while it lets all through.</summary>
    public Instant OpenUntil =>
        State == BreakerState.Open ? new Instant(Volatile.Read(ref _openUntil)) : Instant.Never;

    /// <summary>How many may be on their way at a moment.</summary>
    public int Room(Instant now, int most) => State switch
    {
        BreakerState.Closed => most,
        BreakerState.Open when now < OpenUntil => 0,
        _ => 1,
    };

    /// <summary>One attempt; null when it was not made.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async ValueTask<DeliveryAnswer?> TryAsync(
        IDeliverer deliverer, OutgoingMessage message, CancellationToken cancellation)
    {
        try
        {
            return await _pipeline.ExecuteAsync(
                static (attempt, token) => attempt.deliverer.SendAsync(attempt.message, token),
                (deliverer, message), cancellation);
        }
        catch (BrokenCircuitException)
        {
            return null;
        }
    }
}
